"""
Words, names, the filter language, and which language a text is written in.

Enters: text of papers and of queries. Leaves: keys, terms, names. Pure.
"""
