"""
What a day's papers define short forms as: a line a short form that two papers or more hold.

``LLM``, its most frequent long form, how many papers define it so, the rows of these when they are few, and the rows of
those that define it otherwise, between tabs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from core.language.acronyms import acronym_definitions, long_forms_agree
from core.language.words import word_key
from core.paper import Paper

_FEW_ROWS_LISTED: Final = 3
"""So many rows are listed: more papers of one day do not mean something that hardly any other paper means."""
_IndexedLongForms = Sequence[tuple[int, tuple[str, ...]]]


class IndexedAcronym(Struct, frozen=True):
    """A short form by its key, what it stands for, how many say so, their rows if few, and who says otherwise."""

    short: str
    long: tuple[str, ...]
    defining_papers: int
    defining_rows: tuple[int, ...]
    otherwise_rows: tuple[int, ...]


def write_acronyms(indexed_papers: Sequence[Paper], holding_papers: Callable[[str], int]) -> bytes:
    """Write those of a day; ``holding_papers`` tells how many of its papers hold a word, by its key."""
    indexed_long_forms: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for row, indexed_paper in enumerate(indexed_papers):
        for indexed_definition in dict.fromkeys(
            acronym_definitions(f"{indexed_paper.title}. {indexed_paper.abstract}")
        ):
            indexed_long_forms[indexed_definition.acronym].append((row, indexed_definition.long_form))
    indexed_acronyms = (
        indexed_short_form
        for indexed_short_form, rows in indexed_long_forms.items()
        if len(rows) > 1 or holding_papers(word_key(indexed_short_form)) > 1
    )
    return "\n".join(
        _acronym_line(indexed_short_form, indexed_long_forms[indexed_short_form])
        for indexed_short_form in sorted(indexed_acronyms)
    ).encode()


def _acronym_line(indexed_short_form: str, indexed_rows_and_long_forms: _IndexedLongForms) -> str:
    indexed_long_keys = Counter(
        tuple(map(word_key, indexed_long_form)) for _, indexed_long_form in indexed_rows_and_long_forms
    )
    main_indexed_key = min(
        indexed_long_keys, key=lambda indexed_long_key: (-indexed_long_keys[indexed_long_key], indexed_long_key)
    )
    indexed_spellings = {
        indexed_long_form
        for _, indexed_long_form in indexed_rows_and_long_forms
        if tuple(map(word_key, indexed_long_form)) == main_indexed_key
    }
    main_indexed_form = min(
        indexed_spellings, key=lambda indexed_spelling: (len("".join(indexed_spelling)), indexed_spelling)
    )
    defining_rows = [
        row
        for row, indexed_long_form in indexed_rows_and_long_forms
        if long_forms_agree(indexed_long_form, main_indexed_form)
    ]
    otherwise_rows = [
        row
        for row, indexed_long_form in indexed_rows_and_long_forms
        if not long_forms_agree(indexed_long_form, main_indexed_form)
    ]
    listed_rows = " ".join(map(str, defining_rows)) if len(defining_rows) <= _FEW_ROWS_LISTED else ""
    otherwise_column = " ".join(map(str, otherwise_rows))
    return "\t".join(
        (indexed_short_form, " ".join(main_indexed_form), str(len(defining_rows)), listed_rows, otherwise_column)
    )


def read_acronyms(acronyms_part: str) -> Iterator[IndexedAcronym]:
    for acronym_line in acronyms_part.split("\n") if acronyms_part else ():
        indexed_short_form, indexed_long_form, defining_papers, defining_rows, otherwise_rows = acronym_line.split("\t")
        rows_and_otherwise = _listed_rows(defining_rows), _listed_rows(otherwise_rows)
        yield IndexedAcronym(
            indexed_short_form, tuple(indexed_long_form.split(" ")), int(defining_papers), *rows_and_otherwise
        )


def _listed_rows(row_column: str) -> tuple[int, ...]:
    return tuple(map(int, row_column.split()))
