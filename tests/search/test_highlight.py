"""Words in titles that let a paper in."""

import pytest

from core.language.term_list import parse_terms
from core.search.highlight import highlight

CASES = [
    ("kv cache", "Compressing KV-Caches of LLMs", "Compressing [KV]-[Caches] of LLMs"),
    ("LLM", "LLMs, and an LLM's limits", "[LLMs], and an [LLM's] limits"),
    ("RAG", "A rag doll for RAG", "A rag doll for [RAG]"),
    ("quantiz*", "Quantizing and Quantization", "[Quantizing] and [Quantization]"),
    ("C++", "From C++ to C", "From [C++] to C"),
    ("detection in models", "In Trams: Detection in Models", "In Trams: [Detection] [in] [Models]"),
    ("llm AND NOT survey", "A Survey of LLMs", "A Survey of [LLMs]"),
    ("naive", "A Naïve View", "A [Naïve] View"),
    ("cache", "<b>Cache</b> & Co", "<b>[Cache]</b> & Co"),
    ("unrelated", "Nothing here", "Nothing here"),
]


@pytest.mark.parametrize(("terms", "title", "expected"), CASES)
def test_matched_words_are_marked(terms: str, title: str, expected: str):
    """Words that a term asks for are marked in whatever form they stand; nothing of the title is lost."""
    pieces = highlight(title, parse_terms(terms))
    assert "".join(f"[{piece.text}]" if piece.highlighted else piece.text for piece in pieces) == expected
    assert "".join(piece.text for piece in pieces) == title
