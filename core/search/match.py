"""Which papers of a batch a term matches: sets of rows as integers, a bit each. Every answer is kept."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial, reduce
from itertools import chain
from operator import or_
from typing import Final

from msgspec.structs import replace

from core.index.memo import MemoKind, bits_size
from core.index.posting_rows import Hits
from core.index.postings import FREQUENT
from core.index.reader import BatchIndex
from core.language.terms import Clause, Term
from core.search.acronyms import defined_otherwise
from core.search.authors import author_rows
from core.search.categories import rows_in_sets
from core.search.comments import comment_rows, institution_rows
from core.search.phrases import PLACES_WORK, abstract_rows_at, hits_at, phrase_variants_of, phrases, starts
from core.search.variants import spelling_variants, word_numbers
from core.search.word_forms import plain_variant
from core.search.work import WORD_WORK, spend

_CLAUSE_WORK: Final = 6
"""A clause, on a day, in microseconds of CPU."""

_TERM_HITS: Final = MemoKind[Hits]("by words", lambda hits: bits_size(hits.rows) + bits_size(hits.title))
_CLAUSE_HITS: Final = MemoKind[Hits]("by clause", lambda hits: bits_size(hits.rows) + bits_size(hits.title))


def term_hits(index: BatchIndex, term: Term) -> Hits:
    """Return where all clauses of a term hold; it stands in the title when every wanted clause does."""
    hits_as_written = index.memo.remembered(_TERM_HITS, term.text, lambda: all_clauses(index, term, clause_hits))

    def alternative_hits(clause: Clause) -> Hits:
        return index.memo.remembered(_CLAUSE_HITS, clause.text, lambda: clause_hits(index, clause))

    return in_other_words(index, term, hits_as_written, alternative_hits)


def in_other_words(index: BatchIndex, term: Term, hits: Hits, find: Callable[[Clause], Hits]) -> Hits:
    """Add to where a term stands as it is written where ``find`` finds other words for it, if they mean the same."""
    for alternative in term.alternatives:
        alternative_hits = find(alternative.clause)
        acronym_hits, long_form_hits = (alternative_hits, hits) if alternative.is_acronym else (hits, alternative_hits)
        meant_rows = ~defined_otherwise(index, alternative)
        matching_rows = acronym_hits.rows & meant_rows | long_form_hits.rows
        hits = Hits(matching_rows, acronym_hits.title & meant_rows | long_form_hits.title)
    return hits


def base_rows(index: BatchIndex, term: Term) -> int:
    """Return where a term stands as it is written, and not in other words for it."""
    return term_hits(index, replace(term, alternatives=())).rows if term.alternatives else term_hits(index, term).rows


def all_clauses(index: BatchIndex, term: Term, find: Callable[[BatchIndex, Clause], Hits]) -> Hits:
    if len(term.clauses) == 1:
        return find(index, term.clauses[0])
    matching_rows = title_rows = index.all_rows
    for matched_clause in sorted(term.clauses, key=_reading_order):
        if not matching_rows:
            break
        hits = find(index, matched_clause)
        if matched_clause.negated:
            matching_rows &= ~hits.rows
        else:
            matching_rows &= hits.rows
            title_rows &= hits.title
    return Hits(matching_rows, title_rows & matching_rows)


def _reading_order(clause: Clause) -> tuple[bool, bool, bool]:
    """What leaves rows out, and costs little, is read first: mostly no row is left before the rest is read."""
    return clause.negated, len(clause.words) > 1, clause.field == "abs"


def clause_hits(index: BatchIndex, clause: Clause) -> Hits:
    """Return where one clause holds, negation set aside. Raises BadQuery when that is too much to look for."""
    spend(_CLAUSE_WORK)
    if rows_of_field := _ROWS_OF_FIELDS.get(clause.field):
        return Hits(rows_of_field(index, clause), 0)
    if clause.field == "ti":
        title_rows = reduce(or_, _title_rows(index, clause), 0)
        return Hits(title_rows, title_rows)
    matching_rows = title_rows = 0
    for variant_rows, variant_title_rows in _variant_hits(index, clause):
        matching_rows |= variant_rows
        title_rows |= variant_title_rows
    return Hits(matching_rows, title_rows)


def _variant_hits(index: BatchIndex, clause: Clause) -> list[Hits]:
    """Return where each spelling of a clause stands."""
    one_word_variants, dictionary, hits_of = spelling_variants(clause).one_word, index.words, index.postings.hits
    matching_words = (word_numbers(dictionary, variant_word) for variant_word in one_word_variants)
    return [*map(hits_of, chain.from_iterable(matching_words)), phrases(index, clause).hits]


def _title_rows(index: BatchIndex, clause: Clause) -> Iterator[int]:
    """Give where each spelling stands in the title: its places are read in the few rows that have all words there."""
    hits_of = index.postings.hits
    for variant_word in spelling_variants(clause).one_word:
        yield from (hits_of(number).title for number in word_numbers(index.words, variant_word))
    for variant in phrase_variants_of(index, clause):
        possible_rows = index.all_rows
        for variant_word in variant:
            if not possible_rows:
                break
            spend(2 * WORD_WORK)
            numbers = word_numbers(index.words, variant_word)
            possible_rows &= reduce(or_, (hits_of(number).title for number in numbers), 0)
        if possible_rows:
            yield hits_at(index, starts(index, variant, possible_rows)).title


def _abstract_rows(index: BatchIndex, clause: Clause) -> int:
    return reduce(or_, _rows_after_titles(index, clause), 0)


def _rows_after_titles(index: BatchIndex, clause: Clause) -> Iterator[int]:
    """Give where each spelling stands after the title; of one word, only rows that have it in the title are read."""
    for variant_word in spelling_variants(clause).one_word:
        for word_number in word_numbers(index.words, variant_word):
            word_rows, word_title_rows = index.postings.hits(word_number)
            spend(PLACES_WORK * word_title_rows.bit_count())
            word_places = index.postings.places(word_number, word_title_rows)
            yield word_rows & ~word_title_rows | abstract_rows_at(index, word_places)
    for variant in phrase_variants_of(index, clause):
        yield abstract_rows_at(index, starts(index, variant))


def _category_rows(index: BatchIndex, clause: Clause) -> int:
    return rows_in_sets(index, "c:", clause.categories)


def _set_rows(index: BatchIndex, clause: Clause) -> int:
    return rows_in_sets(index, "", clause.categories)


_ROWS_OF_FIELDS: Final[Mapping[str, Callable[[BatchIndex, Clause], int]]] = {
    "cat": _category_rows,
    "set": _set_rows,
    "comment": comment_rows,
    "inst": institution_rows,
    "au": author_rows,
    "abs": _abstract_rows,
}
"""Of the fields beside the title."""


def plain_hits(index: BatchIndex, term: Term, within: int) -> Hits:
    """
    Return where a term of one clause without a field stands as it is written, or its acronym or long form.

    Half of the time of ``term_hits``, which looks for every spelling of phrases and of frequent words too; enough to
    order papers by many terms. Several words that follow one another are looked for in the rows of a set alone.
    """
    find = partial(_plain_clause_hits, index, within=within)
    return in_other_words(index, term, find(term.clauses[0]), find)


def _plain_clause_hits(index: BatchIndex, clause: Clause, within: int) -> Hits:
    matching_rows = title_rows = 0
    for variant_word in spelling_variants(clause).one_word:
        for word_number in word_numbers(index.words, variant_word):
            word_rows, word_title_rows = index.postings.hits(word_number)
            matching_rows, title_rows = matching_rows | word_rows, title_rows | word_title_rows
    if len(clause.words) == 1:
        if matching_rows.bit_count() * FREQUENT <= index.count:  # of a frequent word, that is how it is written
            split_hits = phrases(index, clause).hits
            matching_rows, title_rows = matching_rows | split_hits.rows, title_rows | split_hits.title
    else:
        phrase_hits = hits_at(index, starts(index, plain_variant(clause.words), within))
        matching_rows, title_rows = matching_rows | phrase_hits.rows, title_rows | phrase_hits.title
    return Hits(matching_rows, title_rows)
