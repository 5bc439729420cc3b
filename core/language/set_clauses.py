"""Clauses that ask for sets of papers and not for words: ``cat:cs.LG``, ``has:code``, ``venue:NeurIPS``."""

import re
from typing import Final

from core.errors import ParseError
from core.language.terms import Clause, Word
from core.taxonomy import parse_categories

ALLOWED: Final = {"has": ("code", "data", "model", "project", "venue"), "is": ("withdrawn",)}
SET_FIELDS: Final = frozenset(("cat", "has", "is", "venue"))
_VENUE: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


def set_clause(field: str, literal: str, *, negated: bool) -> Clause:
    """Read what stands after one of ``SET_FIELDS``. Raises ParseError that says what is allowed."""
    if field == "cat":
        return _category_clause(literal, negated=negated)
    value = "-".join(literal.lower().split())
    allowed = ALLOWED.get(field)
    if allowed and value not in allowed:
        raise ParseError(f"{field}: wants one of {', '.join(allowed)}")
    if not _VENUE.fullmatch(value):
        raise ParseError(f"{field}: wants a name, such as venue:neurips")
    name = f"{field}:{value}"
    return Clause(name, (Word(value),), "set", negated, frozenset((name,)), name)


def _category_clause(literal: str, *, negated: bool) -> Clause:
    wanted = parse_categories(literal)
    if wanted.excluded or len(wanted.terms) != 1:
        raise ParseError("cat: wants one category, such as cat:cs.LG or cat:cs")
    spelled = wanted.terms[0]
    return Clause(spelled, (Word(spelled),), "cat", negated, wanted.included, f"cat:{spelled}")
