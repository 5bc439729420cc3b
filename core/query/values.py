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

MOST_LIKE_VALUE_PAPERS: Final = 20
MOST_ALSO_PAPERS: Final = 50
MOST_LIKE_VALUE_CHARACTERS: Final = 4000
"""The longest text to be compared with; arXiv's longest abstracts have half of it."""
_TEXT_VALUE_SIGN: Final = "text:"
_FEWEST_TEXT_VALUE_WORDS: Final = 3
_ARXIV_ID_VALUE: Final = re.compile(r"\d{4}\.\d{4,5}|/\d{7}")

ANNOUNCE_TYPE_VALUES: Final = {
    "new": (AnnounceType.NEW,),
    "cross": (AnnounceType.CROSS,),
    "replace": (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS),
}
_SCORE_VALUE: Final = re.compile(r"\d{1,4}(\.\d{1,6})?", re.ASCII)
_DAY_VALUE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE_NUMBER_VALUE: Final = re.compile(r"\d{1,6}", re.ASCII)
_HIGHEST_SCORE_VALUE: Final = 1000


class LikedText(Struct, frozen=True):
    """Words to be compared with, instead of a paper: a title, an abstract, or an interest in somebody's own words."""

    text: str

    def __str__(self) -> str:
        return _TEXT_VALUE_SIGN + self.text


def quoted_value(parameter_value: str) -> str:
    """What was typed, as an error may repeat it."""
    return f'"{parameter_value[:40]}"'


def parse_sorted_categories(parameter_text: str) -> CategoryFilter:
    """Read categories into one order, so that the same set is the same query."""
    category_values = parse_categories(parameter_text)
    sorted_values = sorted(category_values.terms, key=lambda spelled: (spelled.startswith("-"), spelled))
    return replace(category_values, terms=tuple(sorted_values))


def spell_terms(spelled_terms: Sequence[Term]) -> str:
    return ",".join(map(str, spelled_terms))


def spell_names(spelled_authors: Sequence[AuthorName]) -> str:
    return ";".join(map(str, spelled_authors))


def parse_announce_types(parameter_text: str) -> frozenset[AnnounceType]:
    type_values = [type_value for type_value in re.split(r"[,+\s]+", parameter_text.lower()) if type_value]
    for type_value in type_values:
        if type_value not in ANNOUNCE_TYPE_VALUES:
            raise ParseError(f"must be some of {', '.join(ANNOUNCE_TYPE_VALUES)}, got {quoted_value(type_value)}")
    if not type_values:
        raise ParseError(f"names no type; allowed are {', '.join(ANNOUNCE_TYPE_VALUES)}")
    return frozenset(announce_type for type_value in type_values for announce_type in ANNOUNCE_TYPE_VALUES[type_value])


def spell_announce_types(announce_types: frozenset[AnnounceType]) -> str:
    return ",".join(
        type_value
        for type_value, announce_types_of_value in ANNOUNCE_TYPE_VALUES.items()
        if announce_types_of_value[0] in announce_types
    )


def parse_score(parameter_text: str) -> float:
    if not _SCORE_VALUE.fullmatch(parameter_text.strip()) or float(parameter_text) > _HIGHEST_SCORE_VALUE:
        raise ParseError(f"must be a number between 0 and {_HIGHEST_SCORE_VALUE}, got {quoted_value(parameter_text)}")
    return float(parameter_text)


def parse_day(parameter_text: str) -> date:
    """Read a day as ISO 8601 writes it."""
    if not _DAY_VALUE.fullmatch(parameter_text.strip()):
        raise ParseError(f"must be a day such as 2026-01-12, got {quoted_value(parameter_text)}")
    try:
        return date.fromisoformat(parameter_text.strip())
    except ValueError as day_value_error:
        allowed_day = f"must be a day of the calendar such as 2026-01-12, got {quoted_value(parameter_text)}"
        raise ParseError(allowed_day) from day_value_error


def whole_number_up_to(highest: int, *, least: int = 1) -> Callable[[str], int]:
    """Make the parser of a whole number between ``least`` and ``highest``."""

    def parse_whole_number(parameter_text: str) -> int:
        if not _WHOLE_NUMBER_VALUE.fullmatch(parameter_text.strip()) or not least <= int(parameter_text) <= highest:
            allowed_range = f"a whole number between {least} and {highest}"
            raise ParseError(f"must be {allowed_range}, got {quoted_value(parameter_text)}")
        return int(parameter_text)

    return parse_whole_number


def choice_among(allowed_values: Sequence[str]) -> Callable[[str], str]:
    """Make the parser of one word of several, in any case."""

    def parse_choice(parameter_text: str) -> str:
        choice_value = parameter_text.strip().lower()
        if choice_value not in allowed_values:
            raise ParseError(f"must be one of {', '.join(allowed_values)}, got {quoted_value(parameter_text)}")
        return choice_value

    return parse_choice


def language_among(languages: Sequence[str]) -> Callable[[str], str]:
    """Make the parser of a language of summaries: those that the deployment writes, in their spelling."""

    def parse_lang(parameter_text: str) -> str:
        lang_value = {known_lang.lower(): known_lang for known_lang in languages}.get(
            parameter_text.strip().lower(), ""
        )
        if not lang_value:
            lang_values, got_lang = ", ".join(languages), quoted_value(parameter_text)
            if parameter_text.strip().lower().startswith("zh"):
                raise ParseError(f"must be one of {lang_values}, got {got_lang}; the page itself is Chinese with ui=zh")
            raise ParseError(f"must be one of {lang_values}, got {got_lang}")
        return lang_value

    return parse_lang


def parse_liked(parameter_text: str) -> "tuple[ArxivId | LikedText, ...]":
    """Read arXiv ids, and after ``text:`` words; what has several words and no id in it is words, too."""
    ids_value, text_sign, text_value = parameter_text.partition(_TEXT_VALUE_SIGN)
    id_values = [id_value for id_value in re.split(r"[,\s]+", ids_value) if id_value]
    has_id_or_text_sign = bool(text_sign) or any(_ARXIV_ID_VALUE.search(id_value) for id_value in id_values)
    if not has_id_or_text_sign and len(id_values) >= _FEWEST_TEXT_VALUE_WORDS:
        id_values, text_value = [], parameter_text
    like_values = dict.fromkeys(parse_arxiv_id(id_value)[0] for id_value in id_values)
    if len(like_values) > MOST_LIKE_VALUE_PAPERS:
        raise ParseError(f"names {len(like_values)} papers; at most {MOST_LIKE_VALUE_PAPERS} are allowed")
    if len(text_value) > MOST_LIKE_VALUE_CHARACTERS:
        raise ParseError(
            f"has a text of {len(text_value)} characters; at most {MOST_LIKE_VALUE_CHARACTERS} are allowed"
        )
    like_words = " ".join(text_value.split())
    if text_sign and not like_words:
        raise ParseError(f"has no words after {_TEXT_VALUE_SIGN}")
    return (*like_values, LikedText(like_words)) if like_words else tuple(like_values)
