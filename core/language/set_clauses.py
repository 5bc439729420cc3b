"""Clauses that ask for sets of papers and not for words: ``cat:cs.LG``, ``has:code``, ``venue:NeurIPS``."""

import re
from typing import Final

from core.errors import ParseError
from core.language.terms import Clause, TermWord
from core.taxonomy import parse_categories

ALLOWED_SETS: Final = {"has": ("code", "data", "model", "project", "venue"), "is": ("withdrawn",)}
SET_FIELDS: Final = frozenset(("cat", "has", "is", "venue"))
_VENUE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


def set_clause(field: str, literal: str, *, negated: bool) -> Clause:
    """Read what stands after one of ``SET_FIELDS``. Raises ParseError that says what is allowed."""
    if field == "cat":
        return _category_clause(literal, negated=negated)
    set_member = "-".join(literal.lower().split())
    allowed_members = ALLOWED_SETS.get(field)
    if allowed_members and set_member not in allowed_members:
        raise ParseError(f"{field}: wants one of {', '.join(allowed_members)}")
    if not _VENUE_NAME.fullmatch(set_member):
        raise ParseError(f"{field}: wants a name, such as venue:neurips")
    set_name = f"{field}:{set_member}"
    return Clause(set_name, (TermWord(set_member),), "set", negated, frozenset((set_name,)), set_name)


def _category_clause(literal: str, *, negated: bool) -> Clause:
    category_filter = parse_categories(literal)
    if category_filter.excluded or len(category_filter.terms) != 1:
        raise ParseError("cat: wants one category, such as cat:cs.LG or cat:cs")
    category = category_filter.terms[0]
    return Clause(category, (TermWord(category),), "cat", negated, category_filter.included, f"cat:{category}")
