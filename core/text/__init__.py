"""
Text as people read it.

Enters: what arXiv wrote, with TeX, controls and odd spaces. Leaves: XML-safe Unicode. Pure.
"""
