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

_FEW: Final = 3
"""So many rows are listed: more papers of one day do not mean something that hardly any other paper means."""
_Defined = Sequence[tuple[int, tuple[str, ...]]]


class DaysAcronym(Struct, frozen=True):
    """A short form by its key, what it stands for, how many say so, their rows if few, and who says otherwise."""

    short: str
    long: tuple[str, ...]
    papers: int
    rows: tuple[int, ...]
    otherwise: tuple[int, ...]


def write_acronyms(papers: Sequence[Paper], holding: Callable[[str], int]) -> bytes:
    """Write those of a day; ``holding`` tells how many of its papers hold a word, by its key."""
    defined: defaultdict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for row, paper in enumerate(papers):
        for each in dict.fromkeys(acronym_definitions(f"{paper.title}. {paper.abstract}")):
            defined[each.short].append((row, each.long))
    shared = sorted(short for short, each in defined.items() if len(each) > 1 or holding(word_key(short)) > 1)
    return "\n".join(_line(short, defined[short]) for short in shared).encode()


def _line(short: str, defined: _Defined) -> str:
    counts = Counter(tuple(map(word_key, long)) for _, long in defined)
    most = min(counts, key=lambda each: (-counts[each], each))
    written = {long for _, long in defined if tuple(map(word_key, long)) == most}
    long = min(written, key=lambda each: (len("".join(each)), each))
    rows = [row for row, each in defined if long_forms_agree(each, long)]
    otherwise = [row for row, each in defined if not long_forms_agree(each, long)]
    few = rows if len(rows) <= _FEW else []
    return "\t".join((short, " ".join(long), str(len(rows)), " ".join(map(str, few)), " ".join(map(str, otherwise))))


def read_acronyms(text: str) -> Iterator[DaysAcronym]:
    for line in text.split("\n") if text else ():
        short, long, papers, rows, otherwise = line.split("\t")
        yield DaysAcronym(short, tuple(long.split(" ")), int(papers), _numbers(rows), _numbers(otherwise))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))
