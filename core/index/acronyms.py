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
_RowsAndLongForms = Sequence[tuple[int, tuple[str, ...]]]


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
        for definition in dict.fromkeys(acronym_definitions(f"{indexed_paper.title}. {indexed_paper.abstract}")):
            indexed_long_forms[definition.acronym].append((row, definition.long_form))
    indexed_acronyms = (
        short for short, rows in indexed_long_forms.items() if len(rows) > 1 or holding_papers(word_key(short)) > 1
    )
    return "\n".join(_acronym_line(short, indexed_long_forms[short]) for short in sorted(indexed_acronyms)).encode()


def _acronym_line(short: str, rows_and_long_forms: _RowsAndLongForms) -> str:
    long_key_counts = Counter(tuple(map(word_key, long)) for _, long in rows_and_long_forms)
    main_long_key = min(long_key_counts, key=lambda long_key: (-long_key_counts[long_key], long_key))
    main_spellings = {long for _, long in rows_and_long_forms if tuple(map(word_key, long)) == main_long_key}
    main_long = min(main_spellings, key=lambda spelling: (len("".join(spelling)), spelling))
    defining_rows = [row for row, long in rows_and_long_forms if long_forms_agree(long, main_long)]
    otherwise_rows = [row for row, long in rows_and_long_forms if not long_forms_agree(long, main_long)]
    listed_rows = " ".join(map(str, defining_rows)) if len(defining_rows) <= _FEW_ROWS_LISTED else ""
    otherwise_column = " ".join(map(str, otherwise_rows))
    return "\t".join((short, " ".join(main_long), str(len(defining_rows)), listed_rows, otherwise_column))


def read_acronyms(acronyms_part: str) -> Iterator[IndexedAcronym]:
    for acronym_line in acronyms_part.split("\n") if acronyms_part else ():
        short, long, defining_papers, defining_rows, otherwise_rows = acronym_line.split("\t")
        rows_and_otherwise = _listed_rows(defining_rows), _listed_rows(otherwise_rows)
        yield IndexedAcronym(short, tuple(long.split(" ")), int(defining_papers), *rows_and_otherwise)


def _listed_rows(row_column: str) -> tuple[int, ...]:
    return tuple(map(int, row_column.split()))
