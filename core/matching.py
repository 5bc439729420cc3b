"""Which papers of a batch a term matches: sets of rows as integers, a bit each. Every answer is kept."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial, reduce
from operator import or_
from typing import Final, NamedTuple, TypeVar

from core.index import PLACE_BITS, BatchIndex
from core.indexing import build_index
from core.links import LoadedBatch
from core.names import Name, parse_name
from core.paper import Paper
from core.planes import bits_of, rows_of
from core.plurals import singular
from core.spellings import Item, Spelling, spellings
from core.terms import Clause, Term
from core.words import fold

__all__ = ["BatchIndex", "Hits", "build_index", "counts_of", "hits_of", "name_rows", "remember", "term_hits"]

_MOST_KEPT: Final = 4096
_PLACE: Final = (1 << PLACE_BITS) - 1

Found = TypeVar("Found")


class Hits(NamedTuple):
    """The rows that match, and those of them in whose title."""

    rows: int
    title: int


NOTHING: Final = Hits(0, 0)


def term_hits(index: BatchIndex, term: Term) -> Hits:
    """Return where all clauses of a term hold; it stands in the title when every wanted clause does."""
    kept = index.memo.get(term.text)
    if not isinstance(kept, Hits):
        kept = remember(index, term.text, _all_clauses(index, term, partial(clause_hits, index)))
    return kept


def remember(index: BatchIndex, name: str, found: Found) -> Found:
    """Keep what was found out about a batch, up to a number of answers."""
    if len(index.memo) >= _MOST_KEPT:
        index.memo.clear()
    index.memo[name] = found
    return found


def hits_of(batch: LoadedBatch, term: Term, match: str) -> Hits:
    """Return where a term matches: by words or, as the old bot did, by ``substring``."""
    if match == "substring":
        return substring_hits(batch.index, batch.papers, term)
    return term_hits(batch.index, term)


def name_rows(index: BatchIndex, name: Name) -> int:
    """Return the papers of somebody."""
    kept = index.memo.get(key := f"author {name.text}")
    if not isinstance(kept, Hits):
        kept = remember(index, key, Hits(_rows_with(index, name.surname[-1], name.fits), 0))
    return kept.rows


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


def _all_clauses(index: BatchIndex, term: Term, find: Callable[[Clause], Hits]) -> Hits:
    rows = title = index.everything
    for clause in term.clauses:
        hits = find(clause)
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
    rows = title = 0
    for way, numbers in spellings(clause).in_question(index):
        hits = _way_hits(index, way, numbers, in_abstract=clause.field == "abs")
        rows |= hits.rows
        title |= hits.title
    return Hits(title, title) if clause.field == "ti" else Hits(rows, title)


def _way_hits(index: BatchIndex, way: Spelling, known: list[int], *, in_abstract: bool) -> Hits:
    """Return where these items follow each other."""
    if len(way) == 1 and not in_abstract:
        return _word_hits(index, _numbers(index, way[0]) if way[0].is_prefix else known)
    starts = _starts(index, way)
    if not starts:
        return NOTHING
    if in_abstract:
        starts = {place for place in starts if place & _PLACE >= index.spans[place >> PLACE_BITS]}
    rows = bits_of({place >> PLACE_BITS for place in starts}, index.count)
    in_title = {place >> PLACE_BITS for place in starts if place & _PLACE < index.spans[place >> PLACE_BITS]}
    return Hits(rows, bits_of(in_title, index.count))


def _numbers(index: BatchIndex, item: Item) -> list[int]:
    if not item.is_prefix:
        return [number for number in map(index.look_up, item.probes) if number >= 0]
    (prefix,) = item.keys
    found = index.beginning(prefix) | index.beginning(prefix.upper())
    wholes = (singular(prefix), prefix[:-1] + "y" if prefix.endswith("i") else prefix)
    whole = {index.find(key) for key in wholes} - {-1}
    # A word that hyphens join is wider than it looks: nothing can follow it at a fixed distance.
    return sorted(whole | {number for word, number in found.items() if item.is_last or "-" not in word})


def _word_hits(index: BatchIndex, numbers: Iterable[int]) -> Hits:
    rows = title = 0
    for number in numbers:
        rows |= index.rows(number)
        title |= index.title_rows(number)
    return Hits(rows, title)


def _starts(index: BatchIndex, way: Spelling) -> set[int]:
    """Return the places at which the first item begins and all the others follow."""
    found: list[list[int]] = []
    for item in reversed(way):  # the first one is there, most likely: that is why this way is looked at
        numbers = _numbers(index, item)
        if not numbers:
            return set()
        found.insert(0, numbers)
    common = index.everything
    for numbers in found:
        common &= reduce(or_, map(index.rows, numbers))
    if not common:
        return set()
    starts: set[int] | None = None
    for item, numbers in zip(way, found, strict=True):
        places = {place - item.offset for number in numbers for place in index.places(number, common)}
        starts = places if starts is None else starts & places
    return starts or set()


def counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    """Return how often each row holds a term, at most as often as the rarest of its clauses."""
    name = f"counts {term.text}"
    kept = index.memo.get(name)
    return kept if isinstance(kept, dict) else remember(index, name, _counts_of(index, term))


def _counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    each = [_clause_counts(index, clause) for clause in term.clauses if not clause.negated]
    return {row: min(counts.get(row, 1) for counts in each) for row in rows_of(term_hits(index, term).rows)}


def _clause_counts(index: BatchIndex, clause: Clause) -> Counter[int]:
    counts: Counter[int] = Counter()
    if clause.field in ("au", "cat"):
        return counts
    for way, _ in spellings(clause).in_question(index):
        if len(way) == 1:
            for number in _numbers(index, way[0]):
                counts.update(index.counts(number))
        else:
            counts.update(place >> PLACE_BITS for place in _starts(index, way))
    return counts


# -- the old bot's way


def substring_hits(index: BatchIndex, papers: Sequence[Paper], term: Term) -> Hits:
    """Match a term as the old bot does: its characters anywhere in title and abstract, as arXiv wrote them."""
    name = f"substring {term.text}"
    kept = index.memo.get(name)
    if not isinstance(kept, Hits):
        kept = remember(index, name, _all_clauses(index, term, partial(_substrings, index, papers)))
    return kept


def _substrings(index: BatchIndex, papers: Sequence[Paper], clause: Clause) -> Hits:
    if clause.field in ("au", "cat"):
        return clause_hits(index, clause)
    wanted = clause.literal.lower()
    texts = _lowered(index, papers)
    in_title = bits_of((row for row, (title, _) in enumerate(texts) if wanted in title), index.count)
    if clause.field == "ti":
        return Hits(in_title, in_title)
    if clause.field == "abs":
        return Hits(bits_of((row for row, (_, abstract) in enumerate(texts) if wanted in abstract), index.count), 0)
    whole = (row for row, (title, abstract) in enumerate(texts) if wanted in f"{title} {abstract}")
    return Hits(bits_of(whole, index.count), in_title)


def _lowered(index: BatchIndex, papers: Sequence[Paper]) -> list[tuple[str, str]]:
    kept = index.memo.get("lowered")
    if isinstance(kept, list):
        return kept
    return remember(index, "lowered", [(paper.title.lower(), paper.abstract.lower()) for paper in papers])
