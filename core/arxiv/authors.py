"""Author lists: the one string in which arXiv's feeds give them."""

import re
from typing import Final

from core.paper import Author

_AUTHOR_SUFFIX: Final = re.compile(r"(?:Jr|Sr|Junior|Senior|II|III|IV)\.?", re.IGNORECASE)
_LEADING_AUTHOR_AND: Final = re.compile(r"(?:and|&) (?=\S+ \S)")
"""Before the last name of a list; a name alone may be And."""
_AUTHOR_WHITE_SPACE: Final = re.compile(r"\s+")


def parse_authors(arxiv_author_list: str) -> tuple[Author, ...]:
    """
    Split ``Ann Lee (Univ. A, Dept. B), Bo Ek, Jr.`` into authors with affiliations; linear in the text's length.

    Commas inside brackets do not split. A bracket that is never closed is an ordinary character.
    """
    arxiv_authors: list[Author] = []
    for arxiv_author in _split_arxiv_authors(arxiv_author_list):
        author = _read_arxiv_author(arxiv_author)
        if arxiv_authors and _AUTHOR_SUFFIX.fullmatch(author.name) and not arxiv_authors[-1].affiliation:
            arxiv_authors[-1] = Author(f"{arxiv_authors[-1].name}, {author.name}", author.affiliation)
        elif author.name or author.affiliation:
            arxiv_authors.append(author)
    return tuple(arxiv_authors)


def parse_author_name(arxiv_author: str) -> tuple[Author, ...]:
    """Read one name that stands alone, brackets and commas included: a colon is nobody, "and Ada Example" is Ada."""
    arxiv_name = _without_leading_and(_AUTHOR_WHITE_SPACE.sub(" ", arxiv_author).strip(" :"))
    return (Author(arxiv_name),) if arxiv_name else ()


def _without_leading_and(arxiv_author: str) -> str:
    leading_and = _LEADING_AUTHOR_AND.match(arxiv_author)
    return arxiv_author[leading_and.end() :] if leading_and else arxiv_author


def _split_arxiv_authors(arxiv_author_list: str) -> list[str]:
    """Split at the commas, and the colons after collaborations, that stand in no bracket."""
    arxiv_authors, author_start, affiliation_end = [], 0, -1
    affiliation_ends = matching_brackets(arxiv_author_list)
    for position, separator in enumerate(arxiv_author_list):
        if position < affiliation_end:
            continue
        affiliation_end = affiliation_ends.get(position, affiliation_end)
        if separator == "," or (separator == ":" and arxiv_author_list[position + 1 : position + 2] in ("", " ", ",")):
            arxiv_authors.append(arxiv_author_list[author_start:position])
            author_start = position + 1
    return [*arxiv_authors, arxiv_author_list[author_start:]]


def matching_brackets(arxiv_author: str) -> dict[int, int]:
    """Where the round bracket that opens at a position closes; unpaired ones are left out."""
    affiliation_ends, affiliation_starts = {}, []
    for affiliation_bracket in re.finditer(r"[()]", arxiv_author):
        if affiliation_bracket[0] == "(":
            affiliation_starts.append(affiliation_bracket.start())
        elif affiliation_starts:
            affiliation_ends[affiliation_starts.pop()] = affiliation_bracket.start()
    return affiliation_ends


def _read_arxiv_author(arxiv_author: str) -> Author:
    """Take the first bracket for the affiliation; ``Ng (Jack)`` reads the same, arXiv makes no difference."""
    arxiv_author = _without_leading_and(_AUTHOR_WHITE_SPACE.sub(" ", arxiv_author).strip())
    affiliation_ends = matching_brackets(arxiv_author)
    affiliation_start = min(affiliation_ends, default=-1)
    if affiliation_start < 0:
        return Author(arxiv_author)
    affiliation_end = affiliation_ends[affiliation_start]
    affiliation = arxiv_author[affiliation_start + 1 : affiliation_end].strip()
    author_name = f"{arxiv_author[:affiliation_start].strip()} {arxiv_author[affiliation_end + 1 :].strip()}".strip()
    return Author(author_name, affiliation) if author_name else Author(arxiv_author)
