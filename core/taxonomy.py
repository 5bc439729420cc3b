"""arXiv's categories: names, aliases, and the set algebra of ``cs.AI+cs.LG-cs.CY``, ``cs``, ``cs.*``."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from core.errors import ParseError

_TAXONOMY: Final = json.loads(Path(__file__).with_name("taxonomy.json").read_text(encoding="utf-8"))
CATEGORIES: Final[dict[str, str]] = _TAXONOMY["categories"]
"""The canonical categories and their names: ``{"cs.AI": "Artificial Intelligence", …}``."""
ARCHIVES: Final[dict[str, str]] = _TAXONOMY["archives"]
ALIASES: Final[dict[str, str]] = _TAXONOMY["aliases"] | _TAXONOMY["subsumed"]
"""Other names of a category, retired archives included: ``{"math.IT": "cs.IT", "cmp-lg": "cs.CL", …}``."""
EVERYDAY_NAMES: Final[dict[str, list[str]]] = _TAXONOMY["everyday"]
"""What people call a field that arXiv calls otherwise: ``{"nlp": ["cs.CL"], …}``; suggested, never taken."""
MOST_FILTER_CHARACTERS: Final = 2048
"""Of a filter: all names there are fit in, each once."""
_MOST_SUGGESTED_CATEGORIES: Final = 3
"""Categories are asked back at once."""
_LOWER_CASE_NAMES: Final = {name.lower(): name for name in (*CATEGORIES, *ARCHIVES, *ALIASES)}


def canonical_category(category: str) -> str:
    """Fold an alias: ``math.IT`` is ``cs.IT``. A name that is not known is returned as it is."""
    return ALIASES.get(category, category)


def fold_categories(category_names: Iterable[str]) -> tuple[str, ...]:
    """Fold aliases, keep the order (primary first), name each once."""
    category_names = filter(None, map(str.strip, category_names))
    return tuple(dict.fromkeys(map(canonical_category, category_names)))


def is_category(name: str) -> bool:
    """Whether this is a category that can be announced, in its canonical spelling."""
    return name in CATEGORIES


def archive_of(category: str) -> str:
    """``cs`` of ``cs.LG``; a category that is an archive of its own stays."""
    return category.partition(".")[0]


@cache
def archive_members(archive: str) -> frozenset[str]:
    """The canonical categories of an archive, and those of which it holds an alias (``math`` has ``cs.IT``)."""
    archive_categories = {name for name in CATEGORIES if name == archive or name.startswith(archive + ".")}
    return frozenset(
        archive_categories
        | {canonical_name for name, canonical_name in ALIASES.items() if name.startswith(archive + ".")}
    )


class CategoryFilter(Struct, frozen=True):
    """
    A set of categories as a person wrote it: what to include, less what to exclude.

    A paper is in when one of its categories is included and none is excluded.
    """

    included: frozenset[str]
    excluded: frozenset[str]
    terms: tuple[str, ...]  # canonical spelling, in the order written: ("cs.AI", "cs.LG", "-cs.CY")

    def __str__(self) -> str:
        return ",".join(self.terms)


def parse_categories(filter_text: str) -> CategoryFilter:
    """
    Read ``cs.AI+cs.LG-cs.CY`` or ``cs, -cs.CY``: ``+``, ``,``, ``;`` and blanks join, ``-`` takes away.

    Names are read in any case; an archive (``cs`` or ``cs.*``) means all of its categories. Raises ParseError when it
    is too long, or with the name that is unknown and the nearest real category.
    """
    if len(filter_text) > MOST_FILTER_CHARACTERS:
        raise ParseError(f"is longer than {MOST_FILTER_CHARACTERS} characters")
    category_terms: dict[str, None] = {}
    included: set[str] = set()
    excluded: set[str] = set()
    for excludes, category_name in _category_terms(filter_text):
        category, categories = _look_up_category(category_name, filter_text)
        category_terms[("-" if excludes else "") + category] = None
        (excluded if excludes else included).update(categories)
    if not included and not excluded:
        raise ParseError("names no category; an example is cs.AI+cs.LG")
    if not included:
        included = set(CATEGORIES)
    return CategoryFilter(frozenset(included), frozenset(excluded), tuple(category_terms))


def _category_terms(filter_text: str) -> list[tuple[bool, str]]:
    """Split at ``+ ,`` and blanks, and at a ``-`` that begins a name rather than standing in one (``hep-th``)."""
    category_terms = []
    for filter_word in re.split(r"[+,;，、；\s]+", filter_text.strip()):
        for position, category_name in enumerate(_split_excluded(filter_word)):
            if category_name:
                category_terms.append((position > 0, category_name))
    return category_terms


def _split_excluded(filter_word: str) -> list[str]:
    """``cs.LG-cs.CY-hep-th`` as ``["cs.LG", "cs.CY", "hep-th"]``; a leading minus leaves an empty first part."""
    if "-" not in filter_word:
        return [filter_word]
    category_names = [""] if filter_word.startswith("-") else []
    rest_of_word = filter_word.removeprefix("-")
    while rest_of_word:
        lower_case = rest_of_word.lower()
        known_category = max(
            (name for name in _LOWER_CASE_NAMES if _begins_with_category(lower_case, name)),
            key=len,
            default="",
        )
        # a misspelt category of an archive with a hyphen is one name all the same: q-bio.BMM
        archive = max(
            (name for name in ARCHIVES if "-" in name and lower_case.startswith(name)),
            key=len,
            default="",
        )
        category_end = (
            len(known_category) if known_category else rest_of_word.find("-", len(archive)) % (len(rest_of_word) + 1)
        )
        category_end += 2 if rest_of_word[category_end : category_end + 2] == ".*" else 0
        category_names.append(rest_of_word[:category_end])
        rest_of_word = rest_of_word[category_end:].removeprefix("-")
    return category_names


def _begins_with_category(filter_word: str, name: str) -> bool:
    stands_alone = filter_word[len(name) : len(name) + 1] in ("", "-")
    return (filter_word.startswith(name) and stands_alone) or filter_word.startswith(name + ".*")


def _look_up_category(category_name: str, filter_text: str) -> tuple[str, frozenset[str]]:
    known_category = _LOWER_CASE_NAMES.get(category_name.removesuffix(".*").lower())
    if known_category is None:
        raise ParseError(_unknown_category(category_name, filter_text))
    category = canonical_category(known_category)
    if category in ARCHIVES and category not in CATEGORIES:
        return category, archive_members(category)
    if known_category in ARCHIVES and category_name.endswith(".*"):
        return category, archive_members(category)
    return category, frozenset([category])


def _unknown_category(category_name: str, filter_text: str) -> str:
    """Say what is unknown, by the words that stand together: "machine learning" is one field, and two names to us."""
    phrase = next(
        (
            filter_phrase
            for filter_phrase in re.split(r"[+,;，、；]", filter_text)
            if category_name.lower() in filter_phrase.lower()
        ),
        category_name,
    )
    words = " ".join(word for word in phrase.strip(" -").split() if word.lower() not in _LOWER_CASE_NAMES)
    for said_name in (words, category_name):
        if meant_categories := _categories_called(said_name.lower().replace("-", " ")):
            return f'unknown category "{said_name[:40]}"; did you mean {" or ".join(meant_categories)}?'
    return f'unknown category "{category_name[:40]}"{_category_suggestion(category_name)}'


def _categories_called(category_words: str) -> list[str]:
    """The categories that are called so: by people, by arXiv in full, or with other words beside these."""
    category_names = CATEGORIES | ARCHIVES
    exact_categories = [
        category for category, full_name in category_names.items() if full_name.lower() == category_words
    ]
    partial_categories = [
        category
        for category, full_name in category_names.items()
        if len(category_words) > 3 and re.search(rf"\b{re.escape(category_words)}\b", full_name.lower())
    ]
    return (EVERYDAY_NAMES.get(category_words) or exact_categories or partial_categories)[:_MOST_SUGGESTED_CATEGORIES]


def _category_suggestion(category_name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    near_categories = get_close_matches(category_name.lower(), _LOWER_CASE_NAMES, n=3, cutoff=0.5)
    if not near_categories:
        return "; see https://arxiv.org/category_taxonomy for the names"
    return "; did you mean " + " or ".join(_LOWER_CASE_NAMES[category] for category in near_categories) + "?"
