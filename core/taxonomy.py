"""arXiv's categories: names, aliases, and the set algebra of ``cs.AI+cs.LG-cs.CY``, ``cs``, ``cs.*``."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from core.errors import ParseError

_TABLE: Final = json.loads(Path(__file__).with_name("taxonomy.json").read_text(encoding="utf-8"))
CATEGORIES: Final[dict[str, str]] = _TABLE["categories"]
"""The canonical categories and their names: ``{"cs.AI": "Artificial Intelligence", …}``."""
ARCHIVES: Final[dict[str, str]] = _TABLE["archives"]
ALIASES: Final[dict[str, str]] = _TABLE["aliases"] | _TABLE["subsumed"]
"""Other names of a category, retired archives included: ``{"math.IT": "cs.IT", "cmp-lg": "cs.CL", …}``."""
EVERYDAY: Final[dict[str, list[str]]] = _TABLE["everyday"]
"""What people call a field that arXiv calls otherwise: ``{"nlp": ["cs.CL"], …}``; suggested, never taken."""
MOST_CHARACTERS: Final = 2048
"""Of a filter: all names there are fit in, each once."""
_MOST_MEANT: Final = 3
"""Categories are asked back at once."""
_BY_LOWER: Final = {name.lower(): name for name in (*CATEGORIES, *ARCHIVES, *ALIASES)}


def canonical(category: str) -> str:
    """Fold an alias: ``math.IT`` is ``cs.IT``. A name that is not known is returned as it is."""
    return ALIASES.get(category, category)


def is_category(name: str) -> bool:
    """Whether this is a category that can be announced, in its canonical spelling."""
    return name in CATEGORIES


@cache
def members(archive: str) -> frozenset[str]:
    """The canonical categories of an archive, and those of which it holds an alias (``math`` has ``cs.IT``)."""
    own = {name for name in CATEGORIES if name == archive or name.startswith(archive + ".")}
    return frozenset(own | {target for name, target in ALIASES.items() if name.startswith(archive + ".")})


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


def parse_categories(text: str) -> CategoryFilter:
    """
    Read ``cs.AI+cs.LG-cs.CY`` or ``cs, -cs.CY``: ``+``, ``,``, ``;`` and blanks join, ``-`` takes away.

    Names are read in any case; an archive (``cs`` or ``cs.*``) means all of its categories. Raises ParseError when it
    is too long, or with the name that is unknown and the nearest real category.
    """
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"is longer than {MOST_CHARACTERS} characters")
    terms: dict[str, None] = {}
    included: set[str] = set()
    excluded: set[str] = set()
    for sign, name in _pieces(text):
        spelled, categories = _lookup(name, text)
        terms[("-" if sign else "") + spelled] = None
        (excluded if sign else included).update(categories)
    if not included and not excluded:
        raise ParseError("names no category; an example is cs.AI+cs.LG")
    if not included:
        included = set(CATEGORIES)
    return CategoryFilter(frozenset(included), frozenset(excluded), tuple(terms))


def _pieces(text: str) -> list[tuple[bool, str]]:
    """Split at ``+ ,`` and blanks, and at a ``-`` that begins a name rather than standing in one (``hep-th``)."""
    found = []
    for word in re.split(r"[+,;，、；\s]+", text.strip()):
        for position, part in enumerate(_split_minus(word)):
            if part:
                found.append((position > 0, part))
    return found


def _split_minus(word: str) -> list[str]:
    """``cs.LG-cs.CY-hep-th`` as ``["cs.LG", "cs.CY", "hep-th"]``; a leading minus leaves an empty first part."""
    if "-" not in word:
        return [word]
    parts = [""] if word.startswith("-") else []
    rest = word.removeprefix("-")
    while rest:
        lower = rest.lower()
        whole = max((name for name in _BY_LOWER if _begins(lower, name)), key=len, default="")
        # a misspelt category of an archive with a hyphen is one name all the same: q-bio.BMM
        archive = max((name for name in ARCHIVES if "-" in name and lower.startswith(name)), key=len, default="")
        end = len(whole) if whole else rest.find("-", len(archive)) % (len(rest) + 1)
        end += 2 if rest[end : end + 2] == ".*" else 0
        parts.append(rest[:end])
        rest = rest[end:].removeprefix("-")
    return parts


def _begins(text: str, name: str) -> bool:
    return (text.startswith(name) and text[len(name) : len(name) + 1] in ("", "-")) or text.startswith(name + ".*")


def _lookup(name: str, text: str) -> tuple[str, frozenset[str]]:
    known = _BY_LOWER.get(name.removesuffix(".*").lower())
    if known is None:
        raise ParseError(_unknown(name, text))
    folded = canonical(known)
    if folded in ARCHIVES and folded not in CATEGORIES:
        return folded, members(folded)
    if known in ARCHIVES and name.endswith(".*"):
        return folded, members(folded)
    return folded, frozenset([folded])


def _unknown(name: str, text: str) -> str:
    """Say what is unknown, by the words that stand together: "machine learning" is one field, and two names to us."""
    phrase = next((each for each in re.split(r"[+,;，、；]", text) if name.lower() in each.lower()), name)
    words = " ".join(word for word in phrase.strip(" -").split() if word.lower() not in _BY_LOWER)
    for said in (words, name):
        if meant := _called(said.lower().replace("-", " ")):
            return f'unknown category "{said[:40]}"; did you mean {" or ".join(meant)}?'
    return f'unknown category "{name[:40]}"{_suggestion(name)}'


def _called(words: str) -> list[str]:
    """The categories that are called so: by people, by arXiv in full, or with other words beside these."""
    names = CATEGORIES | ARCHIVES
    whole = [key for key, full in names.items() if full.lower() == words]
    among = [
        key for key, full in names.items() if len(words) > 3 and re.search(rf"\b{re.escape(words)}\b", full.lower())
    ]
    return (EVERYDAY.get(words) or whole or among)[:_MOST_MEANT]


def _suggestion(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

    near = get_close_matches(name.lower(), _BY_LOWER, n=3, cutoff=0.5)
    if not near:
        return "; see https://arxiv.org/category_taxonomy for the names"
    return "; did you mean " + " or ".join(_BY_LOWER[key] for key in near) + "?"
