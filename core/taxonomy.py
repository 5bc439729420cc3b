"""arXiv's categories: names, aliases, and the set algebra of ``cs.AI+cs.LG-cs.CY``, ``cs``, ``cs.*``."""

import json
import re
from collections.abc import Iterable
from functools import cache, partial
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
MOST_CATEGORIES_CHARACTERS: Final = 2048
"""Of a filter: all names there are fit in, each once."""
_MOST_SUGGESTED_CATEGORIES: Final = 3
"""Categories are asked back at once."""
_CATEGORIES_BY_LOWER_CASE: Final = {name.lower(): name for name in (*CATEGORIES, *ARCHIVES, *ALIASES)}


def canonical_category(category: str) -> str:
    """Fold an alias: ``math.IT`` is ``cs.IT``. A name that is not known is returned as it is."""
    return ALIASES.get(category, category)


def fold_categories(category_names: Iterable[str]) -> tuple[str, ...]:
    """Fold aliases, keep the order (primary first), name each once."""
    category_names = filter(None, map(str.strip, category_names))
    return tuple(dict.fromkeys(map(canonical_category, category_names)))


def is_category(category: str) -> bool:
    """Whether this is a category that can be announced, in its canonical spelling."""
    return category in CATEGORIES


def archive_of(category: str) -> str:
    """``cs`` of ``cs.LG``; a category that is an archive of its own stays."""
    return category.partition(".")[0]


@cache
def archive_members(archive: str) -> frozenset[str]:
    """The canonical categories of an archive, and those of which it holds an alias (``math`` has ``cs.IT``)."""
    archive_categories = {category for category in CATEGORIES if archive in (category, archive_of(category))}
    aliased_categories = {category for alias, category in ALIASES.items() if alias.startswith(archive + ".")}
    return frozenset(archive_categories | aliased_categories)


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


def parse_categories(category_filter_text: str) -> CategoryFilter:
    """
    Read ``cs.AI+cs.LG-cs.CY`` or ``cs, -cs.CY``: ``+``, ``,``, ``;`` and blanks join, ``-`` takes away.

    Names are read in any case; an archive (``cs`` or ``cs.*``) means all of its categories. Raises ParseError when it
    is too long, or with the name that is unknown and the nearest real category.
    """
    if len(category_filter_text) > MOST_CATEGORIES_CHARACTERS:
        raise ParseError(f"is longer than {MOST_CATEGORIES_CHARACTERS} characters")
    category_terms: dict[str, None] = {}
    included_categories, excluded_categories = set[str](), set[str]()
    for is_excluded, category_name in _category_terms(category_filter_text):
        category, categories = _look_up_category(category_name, category_filter_text)
        category_terms[("-" if is_excluded else "") + category] = None
        (excluded_categories if is_excluded else included_categories).update(categories)
    if not included_categories and not excluded_categories:
        raise ParseError("names no category; an example is cs.AI+cs.LG")
    included = frozenset(included_categories or CATEGORIES)
    return CategoryFilter(included, frozenset(excluded_categories), tuple(category_terms))


def _category_terms(category_filter_text: str) -> list[tuple[bool, str]]:
    """Split at ``+ ,`` and blanks, and at a ``-`` that begins a name rather than standing in one (``hep-th``)."""
    return [
        (category_at > 0, category_name)
        for category_words in re.split(r"[+,;，、；\s]+", category_filter_text.strip())
        for category_at, category_name in enumerate(_split_excluded(category_words))
        if category_name
    ]


def _split_excluded(category_words: str) -> list[str]:
    """``cs.LG-cs.CY-hep-th`` as ``["cs.LG", "cs.CY", "hep-th"]``; a leading minus leaves an empty first part."""
    if "-" not in category_words:
        return [category_words]
    category_names = [""] if category_words.startswith("-") else []
    rest_of_categories = category_words.removeprefix("-")
    while rest_of_categories:
        lower_case = rest_of_categories.lower()
        begins_with = partial(_begins_with_category, lower_case)
        category_end = max(map(len, filter(begins_with, _CATEGORIES_BY_LOWER_CASE)), default=0)
        if not category_end:
            # a misspelt category of an archive with a hyphen is one name all the same: q-bio.BMM
            hyphened_archives = (archive for archive in ARCHIVES if "-" in archive)
            archive_lengths = map(len, filter(lower_case.startswith, hyphened_archives))
            category_end = rest_of_categories.find("-", max(archive_lengths, default=0)) % (len(rest_of_categories) + 1)
        category_end += 2 if rest_of_categories[category_end : category_end + 2] == ".*" else 0
        category_names.append(rest_of_categories[:category_end])
        rest_of_categories = rest_of_categories[category_end:].removeprefix("-")
    return category_names


def _begins_with_category(category_words: str, category_name: str) -> bool:
    stands_alone = category_words[len(category_name) : len(category_name) + 1] in ("", "-")
    return (category_words.startswith(category_name) and stands_alone) or category_words.startswith(
        category_name + ".*"
    )


def _look_up_category(category_name: str, category_filter_text: str) -> tuple[str, frozenset[str]]:
    known_category = _CATEGORIES_BY_LOWER_CASE.get(category_name.removesuffix(".*").lower())
    if known_category is None:
        raise ParseError(_unknown_category(category_name, category_filter_text))
    category = canonical_category(known_category)
    if category in ARCHIVES and category not in CATEGORIES:
        return category, archive_members(category)
    if known_category in ARCHIVES and category_name.endswith(".*"):
        return category, archive_members(category)
    return category, frozenset([category])


def _unknown_category(category_name: str, category_filter_text: str) -> str:
    """Say what is unknown, by the words that stand together: "machine learning" is one field, and two names to us."""
    category_phrases = re.split(r"[+,;，、；]", category_filter_text)
    said_phrases = (phrase for phrase in category_phrases if category_name.lower() in phrase.lower())
    said_words = next(said_phrases, category_name).strip(" -").split()
    unknown_words = [said_word for said_word in said_words if said_word.lower() not in _CATEGORIES_BY_LOWER_CASE]
    for said_category in (" ".join(unknown_words), category_name):
        if meant_categories := _categories_called(said_category.lower().replace("-", " ")):
            return f'unknown category "{said_category[:40]}"; did you mean {" or ".join(meant_categories)}?'
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
    """The categories of which this is a misspelling: where many are as near, none is more likely than another."""
    lower_case = category_name.lower()
    near_categories = [name for name in _CATEGORIES_BY_LOWER_CASE if _differs_by_one_letter(lower_case, name)]
    if not 0 < len(near_categories) <= _MOST_SUGGESTED_CATEGORIES:
        return "; see https://arxiv.org/category_taxonomy for the names"
    return "; did you mean " + " or ".join(_CATEGORIES_BY_LOWER_CASE[category] for category in near_categories) + "?"


def _differs_by_one_letter(one_category: str, other_category: str) -> bool:
    """Whether one letter is another one, missing, or too many."""
    same_letters = next(
        (
            letter_at
            for letter_at, (category_letter, other_letter) in enumerate(zip(one_category, other_category, strict=False))
            if category_letter != other_letter
        ),
        min(len(one_category), len(other_category)),
    )
    one_rest, other_rest = one_category[same_letters:], other_category[same_letters:]
    return one_rest[1:] in (other_rest, other_rest[1:]) or one_rest == other_rest[1:]
