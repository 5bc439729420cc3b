"""
A paper's full text for one reading.

Enters: a paper and a client. Leaves: sections; nothing of it is stored.
"""
