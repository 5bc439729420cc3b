"""Which papers of a batch a term matches: sets of rows as integers, a bit each. Every answer is kept."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Final

from core.index.bitset import bits_of, rows_of
from core.index.dictionary import Dictionary
from core.index.memo import Kind, bits_size
from core.index.postings import PLACE_BITS, Hits
from core.index.reader import BatchIndex
from core.language.names import Name, parse_name
from core.language.stem import singular
from core.language.terms import Clause, Term
from core.language.words import fold
from core.search.variants import Item, Spelling, spellings

_PLACE: Final = (1 << PLACE_BITS) - 1
_COUNT_BYTES: Final = 100
"""What a row's number and its count take in a dictionary."""

_BY_WORDS: Final = Kind[Hits]("by words", lambda hits: bits_size(hits.rows) + bits_size(hits.title))
_BY_NAME: Final = Kind[int]("by name", bits_size)
_COUNTS: Final = Kind[dict[int, int]]("counts", lambda counts: _COUNT_BYTES * len(counts))


def term_hits(index: BatchIndex, term: Term) -> Hits:
    """Return where all clauses of a term hold; it stands in the title when every wanted clause does."""
    return index.memo.remembered(_BY_WORDS, term.text, lambda: all_clauses(index, term, clause_hits))


def name_rows(index: BatchIndex, name: Name) -> int:
    """Return the papers of somebody."""
    return index.memo.remembered(_BY_NAME, name.text, lambda: _rows_with(index, name.surname[-1], name.fits))


def author_rows(index: BatchIndex, clause: Clause) -> int:
    """Return where ``au:`` holds: these words in one author's name, or a name that fits as in ``authors=``."""
    words = [fold(word.text) for word in clause.words]
    pattern = re.compile(r"\b" + " ".join(map(re.escape, words)) + ("" if clause.words[-1].is_prefix else r"\b"))
    rows = bits_of({_row_at(index, found.start()) for found in pattern.finditer(index.authors)}, index.count)
    if len(words) > 1 and not clause.words[-1].is_prefix:
        name = parse_name(clause.literal)
        rows |= _rows_with(index, name.surname[-1], name.fits)
    return rows


def _rows_with(index: BatchIndex, last: str, fits: Callable[[Sequence[str]], bool]) -> int:
    """Return the rows with an author who fits, among those whose surname ends in the word ``last``."""
    text = index.authors
    rows = set()
    for found in re.finditer(rf"\b{re.escape(last)}(?: (?:jr|sr|ii|iii|iv))?\|", text):
        if fits(text[text.rfind("|", 0, found.start()) + 1 : found.end() - 1].split()):
            rows.add(_row_at(index, found.start()))
    return bits_of(rows, index.count)


def _row_at(index: BatchIndex, place: int) -> int:
    """Return the row to whose line of authors this character belongs."""
    return bisect_right(index.author_starts, place) - 1


def all_clauses(index: BatchIndex, term: Term, find: Callable[[BatchIndex, Clause], Hits]) -> Hits:
    if len(term.clauses) == 1:
        return find(index, term.clauses[0])
    rows = title = index.everything
    for clause in term.clauses:
        hits = find(index, clause)
        if clause.negated:
            rows &= ~hits.rows
        else:
            rows &= hits.rows
            title &= hits.title
    return Hits(rows, title & rows)


def clause_hits(index: BatchIndex, clause: Clause) -> Hits:
    """Return where one clause holds, negation set aside."""
    if clause.field == "cat":
        found = 0
        for name in clause.categories:
            found |= index.sets.get("c:" + name, 0)
        return Hits(found, 0)
    if clause.field == "au":
        return Hits(author_rows(index, clause), 0)
    find = _abstract_hits if clause.field == "abs" else _written
    rows = title = 0
    for some, titled in find(index, clause):
        rows |= some
        title |= titled
    return Hits(title, title) if clause.field == "ti" else Hits(rows, title)


def _written(index: BatchIndex, clause: Clause) -> list[Hits]:
    """Return where each spelling of a clause stands."""
    ways, words, hits = spellings(clause), index.words, index.postings.hits
    found = [hits(number) for item in ways.alone for number in _numbers(words, item)]
    return found + [_hits_at(index, places) for way in ways.phrases_in(words) if (places := _starts(index, way))]


def _abstract_hits(index: BatchIndex, clause: Clause) -> Iterator[Hits]:
    """Give where each spelling stands after the title."""
    ways = spellings(clause)
    for way in (*((item,) for item in ways.alone), *ways.phrases_in(index.words)):
        yield _hits_at(index, [place for place in _starts(index, way) if not _in_title(index, place)])


def _hits_at(index: BatchIndex, places: Collection[int]) -> Hits:
    in_title = {place >> PLACE_BITS for place in places if _in_title(index, place)}
    return Hits(bits_of({place >> PLACE_BITS for place in places}, index.count), bits_of(in_title, index.count))


def _in_title(index: BatchIndex, place: int) -> bool:
    return place & _PLACE < index.spans[place >> PLACE_BITS]


def _numbers(words: Dictionary, item: Item) -> Sequence[int]:
    if item.keys:
        return words.numbers(item.keys)
    if item.joined:
        return words.joined(item.joined)
    prefix = item.prefix
    wholes = (singular(prefix), prefix[:-1] + "y" if prefix.endswith("i") else prefix)
    found = {*words.numbers(wholes), *words.beginning(prefix), *words.beginning(prefix.upper())}
    if item.is_last:  # a word that hyphens join is wider than it looks: nothing can follow it at a fixed distance
        found.update(words.joined(prefix))
    return sorted(found)


def _starts(index: BatchIndex, way: Spelling) -> Collection[int]:
    """Return the places at which the first item begins and all the others follow."""
    found = []
    for item in way:
        numbers = _numbers(index.words, item)
        if not numbers:
            return ()
        found.append(numbers)
    common = index.everything
    for numbers in found:
        rows = 0
        for number in numbers:
            rows |= index.postings.hits(number).rows
        common &= rows
        if not common:
            return ()
    starts: set[int] | None = None
    for item, numbers in zip(way, found, strict=True):
        places = {place - item.offset for number in numbers for place in index.postings.places(number, common)}
        starts = places if starts is None else starts & places
    return starts or ()


def counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    """Return how often each row holds a term, at most as often as the rarest of its clauses."""
    return index.memo.remembered(_COUNTS, term.text, lambda: _counts_of(index, term))


def _counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    each = [_clause_counts(index, clause) for clause in term.clauses if not clause.negated]
    return {row: min(counts.get(row, 1) for counts in each) for row in rows_of(term_hits(index, term).rows)}


def _clause_counts(index: BatchIndex, clause: Clause) -> Counter[int]:
    counts: Counter[int] = Counter()
    if clause.field in ("au", "cat"):
        return counts
    ways = spellings(clause)
    for item in ways.alone:
        for number in _numbers(index.words, item):
            counts.update(index.postings.counts(number))
    for way in ways.phrases_in(index.words):
        counts.update(place >> PLACE_BITS for place in _starts(index, way))
    return counts


# -- the old bot's way
