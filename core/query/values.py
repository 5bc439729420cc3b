"""Reading and spelling the values of parameters. Every parser raises ParseError that says what is allowed."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.errors import ParseError
from core.language.names import Name
from core.language.terms import Term
from core.paper import AnnounceType, ArxivId, parse_arxiv_id
from core.taxonomy import CategoryFilter, parse_categories

MOST_LIKED: Final = 20
MOST_ALSO: Final = 50
MOST_LIKED_CHARACTERS: Final = 4000
"""The longest text to be compared with; arXiv's longest abstracts have half of it."""
_TEXT: Final = "text:"
_FEWEST_WORDS: Final = 3
_ID: Final = re.compile(r"\d{4}\.\d{4,5}|/\d{7}")

TYPES: Final = {
    "new": (AnnounceType.NEW,),
    "cross": (AnnounceType.CROSS,),
    "replace": (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS),
}
_NUMBER: Final = re.compile(r"\d{1,4}(\.\d{1,6})?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,6}", re.ASCII)
_HIGHEST_SCORE: Final = 1000


class LikedText(Struct, frozen=True):
    """Words to be compared with, instead of a paper: a title, an abstract, or an interest in somebody's own words."""

    text: str

    def __str__(self) -> str:
        return _TEXT + self.text


def quoted(text: str) -> str:
    """What was typed, as an error may repeat it."""
    return f'"{text[:40]}"'


def parse_sorted(text: str) -> CategoryFilter:
    """Read categories into one order, so that the same set is the same query."""
    found = parse_categories(text)
    terms = sorted(found.terms, key=lambda term: (term.startswith("-"), term))
    return replace(found, terms=tuple(terms))


def spell_terms(terms: Sequence[Term]) -> str:
    return ",".join(map(str, terms))


def spell_names(names: Sequence[Name]) -> str:
    return ";".join(map(str, names))


def parse_types(text: str) -> frozenset[AnnounceType]:
    names = [name for name in re.split(r"[,+\s]+", text.lower()) if name]
    for name in names:
        if name not in TYPES:
            raise ParseError(f"must be some of {', '.join(TYPES)}, got {quoted(name)}")
    if not names:
        raise ParseError(f"names no type; allowed are {', '.join(TYPES)}")
    return frozenset(kind for name in names for kind in TYPES[name])


def spell_types(types: frozenset[AnnounceType]) -> str:
    return ",".join(name for name, members in TYPES.items() if members[0] in types)


def parse_score(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()) or float(text) > _HIGHEST_SCORE:
        raise ParseError(f"must be a number between 0 and {_HIGHEST_SCORE}, got {quoted(text)}")
    return float(text)


def parse_day(text: str) -> date:
    """Read a day as ISO 8601 writes it."""
    if not _DAY.fullmatch(text.strip()):
        raise ParseError(f"must be a day such as 2026-01-12, got {quoted(text)}")
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ParseError(f"must be a day of the calendar such as 2026-01-12, got {quoted(text)}") from error


def up_to(most: int, *, least: int = 1) -> Callable[[str], int]:
    """Make the parser of a whole number between ``least`` and ``most``."""

    def parse(text: str) -> int:
        if not _WHOLE.fullmatch(text.strip()) or not least <= int(text) <= most:
            raise ParseError(f"must be a whole number between {least} and {most}, got {quoted(text)}")
        return int(text)

    return parse


def one_of(allowed: Sequence[str]) -> Callable[[str], str]:
    """Make the parser of one word of several, in any case."""

    def parse(text: str) -> str:
        chosen = text.strip().lower()
        if chosen not in allowed:
            raise ParseError(f"must be one of {', '.join(allowed)}, got {quoted(text)}")
        return chosen

    return parse


def language_among(languages: Sequence[str]) -> Callable[[str], str]:
    """Make the parser of a language of summaries: those that the deployment writes, in their spelling."""

    def parse(text: str) -> str:
        found = {each.lower(): each for each in languages}.get(text.strip().lower(), "")
        if not found:
            raise ParseError(f"must be one of {', '.join(languages)}, got {quoted(text)}")
        return found

    return parse


def parse_liked(text: str) -> "tuple[ArxivId | LikedText, ...]":
    """Read arXiv ids, and after ``text:`` words; what has several words and no id in it is words, too."""
    before, sign, after = text.partition(_TEXT)
    parts = [part for part in re.split(r"[,\s]+", before) if part]
    if not sign and len(parts) >= _FEWEST_WORDS and not any(_ID.search(part) for part in parts):
        parts, after = [], text
    ids = dict.fromkeys(parse_arxiv_id(part)[0] for part in parts)
    if len(ids) > MOST_LIKED:
        raise ParseError(f"names {len(ids)} papers; at most {MOST_LIKED} are allowed")
    if len(after) > MOST_LIKED_CHARACTERS:
        raise ParseError(f"has a text of {len(after)} characters; at most {MOST_LIKED_CHARACTERS} are allowed")
    words = " ".join(after.split())
    if sign and not words:
        raise ParseError(f"has no words after {_TEXT}")
    return (*ids, LikedText(words)) if words else tuple(ids)
