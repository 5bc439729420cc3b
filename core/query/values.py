"""Reading and spelling the values of parameters. Every parser raises ParseError that says what is allowed."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.errors import ParseError
from core.language.names import AuthorName
from core.language.terms import Term
from core.paper import AnnounceType, ArxivId, parse_arxiv_id
from core.taxonomy import CategoryFilter, parse_categories

MOST_LIKED: Final = 20
MOST_ALSO: Final = 50
MOST_LIKED_CHARACTERS: Final = 4000
"""The longest text to be compared with; arXiv's longest abstracts have half of it."""
_TEXT_SIGN: Final = "text:"
_FEWEST_LIKED_WORDS: Final = 3
_LIKED_ID: Final = re.compile(r"\d{4}\.\d{4,5}|/\d{7}")

TYPES_BY_NAME: Final = {
    "new": (AnnounceType.NEW,),
    "cross": (AnnounceType.CROSS,),
    "replace": (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS),
}
_SCORE_NUMBER: Final = re.compile(r"\d{1,4}(\.\d{1,6})?", re.ASCII)
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE_NUMBER: Final = re.compile(r"\d{1,6}", re.ASCII)
_HIGHEST_SCORE: Final = 1000


class LikedText(Struct, frozen=True):
    """Words to be compared with, instead of a paper: a title, an abstract, or an interest in somebody's own words."""

    text: str

    def __str__(self) -> str:
        return _TEXT_SIGN + self.text


def quoted_value(text: str) -> str:
    """What was typed, as an error may repeat it."""
    return f'"{text[:40]}"'


def parse_sorted(text: str) -> CategoryFilter:
    """Read categories into one order, so that the same set is the same query."""
    category_filter = parse_categories(text)
    sorted_terms = sorted(category_filter.terms, key=lambda term: (term.startswith("-"), term))
    return replace(category_filter, terms=tuple(sorted_terms))


def spell_terms(terms: Sequence[Term]) -> str:
    return ",".join(map(str, terms))


def spell_names(names: Sequence[AuthorName]) -> str:
    return ";".join(map(str, names))


def parse_types(text: str) -> frozenset[AnnounceType]:
    type_names = [type_name for type_name in re.split(r"[,+\s]+", text.lower()) if type_name]
    for type_name in type_names:
        if type_name not in TYPES_BY_NAME:
            raise ParseError(f"must be some of {', '.join(TYPES_BY_NAME)}, got {quoted_value(type_name)}")
    if not type_names:
        raise ParseError(f"names no type; allowed are {', '.join(TYPES_BY_NAME)}")
    return frozenset(announce_type for type_name in type_names for announce_type in TYPES_BY_NAME[type_name])


def spell_types(types: frozenset[AnnounceType]) -> str:
    return ",".join(type_name for type_name, announce_types in TYPES_BY_NAME.items() if announce_types[0] in types)


def parse_score(text: str) -> float:
    if not _SCORE_NUMBER.fullmatch(text.strip()) or float(text) > _HIGHEST_SCORE:
        raise ParseError(f"must be a number between 0 and {_HIGHEST_SCORE}, got {quoted_value(text)}")
    return float(text)


def parse_day(text: str) -> date:
    """Read a day as ISO 8601 writes it."""
    if not _ISO_DAY.fullmatch(text.strip()):
        raise ParseError(f"must be a day such as 2026-01-12, got {quoted_value(text)}")
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ParseError(f"must be a day of the calendar such as 2026-01-12, got {quoted_value(text)}") from error


def up_to(highest: int, *, least: int = 1) -> Callable[[str], int]:
    """Make the parser of a whole number between ``least`` and ``highest``."""

    def parse_whole_number(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text.strip()) or not least <= int(text) <= highest:
            raise ParseError(f"must be a whole number between {least} and {highest}, got {quoted_value(text)}")
        return int(text)

    return parse_whole_number


def one_of(allowed_words: Sequence[str]) -> Callable[[str], str]:
    """Make the parser of one word of several, in any case."""

    def parse_word(text: str) -> str:
        chosen_word = text.strip().lower()
        if chosen_word not in allowed_words:
            raise ParseError(f"must be one of {', '.join(allowed_words)}, got {quoted_value(text)}")
        return chosen_word

    return parse_word


def language_among(languages: Sequence[str]) -> Callable[[str], str]:
    """Make the parser of a language of summaries: those that the deployment writes, in their spelling."""

    def parse_language(text: str) -> str:
        chosen_language = {language.lower(): language for language in languages}.get(text.strip().lower(), "")
        if not chosen_language:
            raise ParseError(f"must be one of {', '.join(languages)}, got {quoted_value(text)}")
        return chosen_language

    return parse_language


def parse_liked(text: str) -> "tuple[ArxivId | LikedText, ...]":
    """Read arXiv ids, and after ``text:`` words; what has several words and no id in it is words, too."""
    ids_text, text_sign, words_text = text.partition(_TEXT_SIGN)
    id_parts = [id_part for id_part in re.split(r"[,\s]+", ids_text) if id_part]
    if (
        not text_sign
        and len(id_parts) >= _FEWEST_LIKED_WORDS
        and not any(_LIKED_ID.search(id_part) for id_part in id_parts)
    ):
        id_parts, words_text = [], text
    liked_ids = dict.fromkeys(parse_arxiv_id(id_part)[0] for id_part in id_parts)
    if len(liked_ids) > MOST_LIKED:
        raise ParseError(f"names {len(liked_ids)} papers; at most {MOST_LIKED} are allowed")
    if len(words_text) > MOST_LIKED_CHARACTERS:
        raise ParseError(f"has a text of {len(words_text)} characters; at most {MOST_LIKED_CHARACTERS} are allowed")
    liked_words = " ".join(words_text.split())
    if text_sign and not liked_words:
        raise ParseError(f"has no words after {_TEXT_SIGN}")
    return (*liked_ids, LikedText(liked_words)) if liked_words else tuple(liked_ids)
