"""
Feeds as bytes: RSS, Atom, JSON Feed, HTML bodies.

Enters: entries and a head. Leaves: the same bytes each time. Pure.
"""
