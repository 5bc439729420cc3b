"""
The match index of one announcement day.

Enters: papers, at refresh. Leaves: one blob; from it, rows and places. Pure.
"""
