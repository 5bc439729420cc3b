"""Author lists: the one string in which arXiv's feeds give them."""

import re
from typing import Final

from core.paper import Author

_SUFFIX: Final = re.compile(r"(?:Jr|Sr|Junior|Senior|II|III|IV)\.?", re.IGNORECASE)
_AND: Final = re.compile(r"(?:and|&) (?=\S+ \S)")
"""Before the last name of a list; a name alone may be And."""
_SPACE: Final = re.compile(r"\s+")


def parse_authors(text: str) -> tuple[Author, ...]:
    """
    Split ``Ann Lee (Univ. A, Dept. B), Bo Ek, Jr.`` into authors with affiliations; linear in the text's length.

    Commas inside brackets do not split. A bracket that is never closed is an ordinary character.
    """
    authors: list[Author] = []
    for piece in _split(text):
        author = _author(piece)
        if authors and _SUFFIX.fullmatch(author.name) and not authors[-1].affiliation:
            authors[-1] = Author(f"{authors[-1].name}, {author.name}", author.affiliation)
        elif author.name or author.affiliation:
            authors.append(author)
    return tuple(authors)


def parse_name(text: str) -> tuple[Author, ...]:
    """Read one name that stands alone, brackets and commas included: a colon is nobody, "and Ada Example" is Ada."""
    name = _without_and(_SPACE.sub(" ", text).strip(" :"))
    return (Author(name),) if name else ()


def _without_and(name: str) -> str:
    listed = _AND.match(name)
    return name[listed.end() :] if listed else name


def _split(text: str) -> list[str]:
    """Split at the commas, and the colons after collaborations, that stand in no bracket."""
    pieces, begin, closes_at = [], 0, -1
    closing = matching_brackets(text)
    for position, character in enumerate(text):
        if position < closes_at:
            continue
        closes_at = closing.get(position, closes_at)
        if character == "," or (character == ":" and text[position + 1 : position + 2] in ("", " ", ",")):
            pieces.append(text[begin:position])
            begin = position + 1
    return [*pieces, text[begin:]]


def matching_brackets(text: str) -> dict[int, int]:
    """Where the round bracket that opens at a position closes; unpaired ones are left out."""
    pairs, opened = {}, []
    for position, character in enumerate(text):
        if character == "(":
            opened.append(position)
        elif character == ")" and opened:
            pairs[opened.pop()] = position
    return pairs


def _author(piece: str) -> Author:
    """Take the first bracket for the affiliation; ``Ng (Jack)`` reads the same, arXiv makes no difference."""
    piece = _without_and(_SPACE.sub(" ", piece).strip())
    closing = matching_brackets(piece)
    start = min(closing, default=-1)
    if start < 0:
        return Author(piece)
    inside, after = piece[start + 1 : closing[start]].strip(), piece[closing[start] + 1 :].strip()
    name = f"{piece[:start].strip()} {after}".strip()
    return Author(name, inside) if name else Author(piece)
