"""
Which papers make a feed, in which order, and why.

Enters: a FeedQuery and batches. Leaves: entries. Pure.
"""
