"""
Words, names and the filter language.

Enters: text of papers and of queries. Leaves: keys, terms, names. Pure.
"""
