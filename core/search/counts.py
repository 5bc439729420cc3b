"""How often the papers of a batch hold a term: what BM25 asks beside where it stands."""

from collections import Counter
from typing import Final

from core.index.bitset import rows_of
from core.index.memo import MemoKind
from core.index.reader import BatchIndex
from core.language.terms import NOT_OF_TEXT, Clause, Term
from core.search.match import term_hits
from core.search.phrases import phrases
from core.search.variants import spelling_variants, word_numbers
from core.search.work import spend

_COUNTED_ROW_WORK: Final = 0.2
"""A word or phrase in one paper, in microseconds of CPU."""
_MATCHED_COUNT_BYTES: Final = 100
"""What a row's number and its count take in a dictionary."""
_TERM_COUNTS: Final = MemoKind[dict[int, int]]("counts", lambda term_counts: _MATCHED_COUNT_BYTES * len(term_counts))


def counts_of(index: BatchIndex, term: Term) -> dict[int, int]:
    """Return how often each row holds a term, at most as often as the rarest of its clauses."""
    term_texts = (term.text, *(alternative.clause.text for alternative in term.alternatives))
    return index.memo.remembered(_TERM_COUNTS, term_texts, lambda: _count_term(index, term))


def _count_term(index: BatchIndex, term: Term) -> dict[int, int]:
    matching_rows = term_hits(index, term).rows
    if not matching_rows:
        return {}
    counts_of_first_clause, *counts_of_other_clauses = [
        _clause_counts(index, clause) for clause in term.clauses if not clause.negated
    ]
    for alternative in term.alternatives:
        counts_of_first_clause += _clause_counts(index, alternative.clause)
    term_counts = {row: counts_of_first_clause.get(row, 1) for row in rows_of(matching_rows)}
    for counts_of_clause in counts_of_other_clauses:
        term_counts = {row: min(term_count, counts_of_clause.get(row, 1)) for row, term_count in term_counts.items()}
    return term_counts


def _clause_counts(index: BatchIndex, clause: Clause) -> Counter[int]:
    term_counts: Counter[int] = Counter()
    if clause.field in NOT_OF_TEXT:
        return term_counts
    for spelled_word in spelling_variants(clause).one_word:
        for word_number in word_numbers(index.words, spelled_word):
            word_counts = dict(index.postings.counts(word_number))
            spend(_COUNTED_ROW_WORK * len(word_counts))
            term_counts.update(word_counts)
    phrase_hits, repeated_phrases = phrases(index, clause)
    spend(_COUNTED_ROW_WORK * phrase_hits.rows.bit_count())
    term_counts.update(rows_of(phrase_hits.rows))
    term_counts.update({row: term_count - 1 for row, term_count in repeated_phrases.items()})
    return term_counts
