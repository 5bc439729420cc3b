"""Where a sentence of an abstract ends."""

import re
from typing import Final

_END: Final = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]?[A-Z0-9$])|[。！？]")
_NO_END: Final = re.compile(
    r"(?:\b(?:[A-Z]|e\.g|i\.e|al|cf|vs|resp|etc|approx|Fig|Figs|Eq|Eqs|Sec|Ref|Refs|No|Dr|Prof|St))\.$"
)
"""A full stop that shortens a word or a name; a sentence seldom ends so."""


def first_sentences(text: str, number: int, most: int) -> str:
    """Return the first few sentences whole, as many as ``most`` characters hold; "" when not even one fits."""
    found = ""
    for end in _END.finditer(text):
        if end.end() > most or not number:
            return found
        if not _NO_END.search(text[: end.start() + 1]):
            found = text[: end.end()]
            number -= 1
    return text if number and len(text) <= most else found
