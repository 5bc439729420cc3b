"""
Summaries by a language model.

Enters: ranked papers, a budget, a deadline. Leaves: checked summaries, published.
"""
