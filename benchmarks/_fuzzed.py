"""Queries by chance over the whole grammar: every field, sign and parameter, words common, rare and unheard of."""

import random
import string
from typing import Final

COMMON: Final = "the of and a in to we for is on with that this by model data learning".split()  # noqa: SIM905
NAMES: Final = "wang li zhang chen liu kim lee sun de van garcia".split()  # noqa: SIM905
_FIELDS: Final = ("", "", "", "ti:", "abs:", "au:", "comment:")
_SETS: Final = ("cat:cs", "cat:cs.LG", "has:code", "is:withdrawn", "venue:icml")
_MOST_CHARACTERS: Final = 1800


def query(chance: random.Random, telling: list[str]) -> dict[str, str]:
    """One query; ``telling`` are words of the corpus."""
    asked = {"keywords": _terms(chance, telling, chance.choice((1, 4, 20, 60)))}
    if chance.random() < 0.3:
        asked["exclude"] = _terms(chance, telling, chance.choice((1, 10, 40)))
    if chance.random() < 0.3:
        asked["authors"] = ";".join(_name(chance).title() for _ in range(chance.choice((1, 10, 50))))
    if chance.random() < 0.2:
        asked["like"] = "text:" + " ".join(chance.choices(telling + COMMON, k=chance.choice((3, 12, 200))))
        asked.pop("keywords" if chance.random() < 0.5 else "exclude", None)
    for name, values in _OTHERS.items():
        if chance.random() < 0.2:
            asked[name] = chance.choice(values)
    return asked


_OTHERS: Final = {
    "match": ("substring",),
    "rank": ("best", "bm25"),
    "sort": ("date",),
    "expand": ("no",),
    "min_score": ("1", "3", "999"),
    "per_day": ("1", "500"),
    "limit": ("1", "500"),
    "days": ("1", "35"),
    "types": ("new", "new,cross,replace"),
    "content": ("title", "abstract"),
    "primary": ("cs.LG",),
}


def _terms(chance: random.Random, telling: list[str], most: int) -> str:
    made: list[str] = []
    for _ in range(most):
        made.append(_term(chance, telling))
        if sum(map(len, made)) > _MOST_CHARACTERS:
            made.pop()
            break
    return ",".join(made)


def _term(chance: random.Random, telling: list[str]) -> str:
    clauses = [_clause(chance, telling) for _ in range(chance.choice((1, 1, 1, 2, 4)))]
    joined = clauses[0]
    for clause in clauses[1:]:
        joined += chance.choice((" AND ", " AND NOT ")) + clause
    return joined + chance.choice(("", "", "^2", "^0.5"))


def _clause(chance: random.Random, telling: list[str]) -> str:
    if chance.random() < 0.05:
        return chance.choice(_SETS)
    field = chance.choice(_FIELDS)
    if field == "au:":
        return field + _name(chance)
    words = [_word(chance, telling) for _ in range(chance.choice((1, 1, 2, 3, 8 if not field else 2)))]
    return field + chance.choice((" ", " ", "-")).join(words[:12])


def _word(chance: random.Random, telling: list[str]) -> str:
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(telling)
    if kind < 0.75:
        return chance.choice(COMMON)
    made = "".join(chance.choices(string.ascii_letters, k=chance.choice((2, 4, 12, 50))))
    return made + "*" if chance.random() < 0.3 else made.lower()


def _name(chance: random.Random) -> str:
    return " ".join(chance.choices([*NAMES, *string.ascii_lowercase], k=chance.choice((1, 2, 3))))
