"""
The parameters of a feed.

Enters: an address's parameters and the settings. Leaves: a FeedQuery, validated and in one spelling, or a BadQuery that
names the parameter and what is allowed. Pure.
"""
