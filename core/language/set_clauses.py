"""Clauses that ask for sets of papers and not for words: ``cat:cs.LG``, ``has:code``, ``venue:NeurIPS``."""

import re
from typing import Final

from core.errors import ParseError
from core.language.terms import Clause, TermWord
from core.taxonomy import parse_categories

ALLOWED_SETS: Final = {"has": ("code", "data", "model", "project", "venue"), "is": ("withdrawn",)}
SET_FIELDS: Final = frozenset(("cat", "has", "is", "venue"))
_CLAUSE_VENUE: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


def set_clause(set_field: str, literal: str, *, negated: bool) -> Clause:
    """Read what stands after one of ``SET_FIELDS``. Raises ParseError that says what is allowed."""
    if set_field == "cat":
        return _category_clause(literal, negated=negated)
    set_member = "-".join(literal.lower().split())
    allowed_sets = ALLOWED_SETS.get(set_field)
    if allowed_sets and set_member not in allowed_sets:
        raise ParseError(f"{set_field}: wants one of {', '.join(allowed_sets)}")
    if not _CLAUSE_VENUE.fullmatch(set_member):
        raise ParseError(f"{set_field}: wants a name, such as venue:neurips")
    set_name = f"{set_field}:{set_member}"
    return Clause(set_name, (TermWord(set_member),), "set", negated, frozenset((set_name,)), set_name)


def _category_clause(literal: str, *, negated: bool) -> Clause:
    clause_categories = parse_categories(literal)
    if clause_categories.excluded or len(clause_categories.terms) != 1:
        raise ParseError("cat: wants one category, such as cat:cs.LG or cat:cs")
    clause_category = clause_categories.terms[0]
    return Clause(
        clause_category,
        (TermWord(clause_category),),
        "cat",
        negated,
        clause_categories.included,
        f"cat:{clause_category}",
    )
