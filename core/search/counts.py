"""How often the papers of a batch hold a term: what BM25 asks beside where it stands."""

from collections import Counter
from typing import Final

from core.index.bitset import rows_of
from core.index.memo import Kind
from core.index.reader import BatchIndex
from core.language.terms import NOT_OF_TEXT, Clause, Term
from core.search.match import phrases, term_hits, word_numbers
from core.search.variants import spellings

_COUNT_BYTES: Final = 100
"""What a row's number and its count take in a dictionary."""
_COUNTS: Final = Kind[dict[int, int]]("counts", lambda counts: _COUNT_BYTES * len(counts))


def counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    """Return how often each row holds a term, at most as often as the rarest of its clauses."""
    name = (term.text, *(other.clause.text for other in term.also))
    return index.memo.remembered(_COUNTS, name, lambda: _counts_of(index, term))


def _counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    first, *others = [_clause_counts(index, clause) for clause in term.clauses if not clause.negated]
    for other in term.also:
        first += _clause_counts(index, other.clause)
    found = {row: first.get(row, 1) for row in rows_of(term_hits(index, term).rows)}
    for counts in others:
        found = {row: min(count, counts.get(row, 1)) for row, count in found.items()}
    return found


def _clause_counts(index: BatchIndex, clause: Clause) -> Counter[int]:
    counts: Counter[int] = Counter()
    if clause.field in NOT_OF_TEXT:
        return counts
    ways = spellings(clause)
    for item in ways.alone:
        for number in word_numbers(index.words, item):
            counts.update(dict(index.postings.counts(number)))
    hits, repeated = phrases(index, clause)
    counts.update(rows_of(hits.rows))
    counts.update({row: count - 1 for row, count in repeated.items()})
    return counts
