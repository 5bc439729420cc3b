"""Full texts of papers, as arXiv gives them."""

PDF_LINES = [
    "An Invented Study",
    "Ada Example",
    "Abstract",
    "We invent.",
    "1 Introduction",
    "This opening line is long enough to run on into the one that fol-",
    "lows, as lines do. It says so. And then there are more words to read.",
    "2 Method",
    "We quantize. The number 3 stands here for once, at the beginning of nothing.",
    "3 models were tried and none of them was a heading of any kind, as they say",
    "3 Experiments",
    "It works.",
    "4 Conclusion",
    "It worked.",
    "References",
    "[1] A. Author. An earlier study.",
]
