"""
Fictional papers, for a machine that has none of arXiv's.

Enters: a date. Leaves: three announcement days, marked.
"""
