"""
A feed from a query.

Enters: a query and the store. Leaves: a snapshot, a feed's bytes, and whether it is fresh.
"""
