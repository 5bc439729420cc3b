"""
Saved feeds that learn.

Enters: rules, votes, seeds, and a snapshot. Leaves: what a profile's feed shows, ranked when votes or papers come in.
"""
