"""
arXiv: the only HTTP client, and pure parsers.

Enters: a category and a day. Leaves: papers as announced, or errors by name.
"""
