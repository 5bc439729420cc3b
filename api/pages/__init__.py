"""
The pages for people.

Enters: an address and the snapshot. Leaves: HTML that works without JavaScript, OPML, BibTeX. ``routes`` is all that a
feed's cold start loads of it.
"""
