"""Where a sentence of an abstract ends."""

import re
from typing import Final

_SENTENCE_END: Final = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9$])|[。！？]")
_ABBREVIATION_END: Final = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|al|cf|vs|resp|etc|approx|Fig|Figs|Eq|Eqs|Sec|Ref|Refs|No|Dr|Prof|St))\.$"
)
"""A full stop that shortens a word or a name; a sentence seldom ends so."""


def first_sentences(text: str, most_sentences: int, most_characters: int) -> str:
    """Return the first few sentences whole, as many as ``most_characters`` hold; "" when not even one fits."""
    whole_sentences = ""
    for sentence_end in _SENTENCE_END.finditer(text):
        if sentence_end.end() > most_characters or not most_sentences:
            return whole_sentences
        if not _ABBREVIATION_END.search(text[: sentence_end.start() + 1]):
            whole_sentences = text[: sentence_end.end()]
            most_sentences -= 1
    return text if most_sentences and len(text) <= most_characters else whole_sentences
