"""Which papers of a batch a term matches: sets of rows as integers, a bit each. Every answer is kept."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain, repeat
from operator import itemgetter, rshift, sub
from typing import Final, NamedTuple

from msgspec.structs import replace

from core.index.bitset import bits_of
from core.index.memo import MemoKind, bits_size
from core.index.posting_rows import Hits
from core.index.postings import PLACE_BITS
from core.index.reader import BatchIndex
from core.language.terms import Clause, Term
from core.search.acronyms import defined_otherwise
from core.search.authors import author_rows
from core.search.categories import rows_in_sets
from core.search.comments import comment_rows, institution_rows
from core.search.variants import MOST_WORDS_CHANGED, spelling_variants, word_numbers
from core.search.word_forms import SpellingVariant, VariantWord
from core.search.work import WORD_WORK, spend

_CLAUSE_WORK: Final = 16
"""A clause, on a day, in microseconds of CPU; as the next."""
_VARIANT_WORK: Final = 100
"""A way to write it that the day may hold."""
_POSTING_WORK: Final = 2.0
"""The places of a word in one paper."""
_REPEATED_PHRASE_BYTES: Final = 100
"""What a row's number and its count take in a dictionary."""
_MATCH_PLACE: Final = (1 << PLACE_BITS) - 1

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
    for matched_clause in term.clauses:
        hits = find(index, matched_clause)
        if matched_clause.negated:
            matching_rows &= ~hits.rows
        else:
            matching_rows &= hits.rows
            title_rows &= hits.title
    return Hits(matching_rows, title_rows & matching_rows)


def clause_hits(index: BatchIndex, clause: Clause) -> Hits:
    """Return where one clause holds, negation set aside. Raises BadQuery when that is too much to look for."""
    spend(_CLAUSE_WORK)
    if clause.field in ("cat", "set"):
        return Hits(rows_in_sets(index, "c:" if clause.field == "cat" else "", clause.categories), 0)
    if clause.field == "comment":
        return Hits(comment_rows(index, clause), 0)
    if clause.field == "inst":
        return Hits(institution_rows(index, clause), 0)
    if clause.field == "au":
        return Hits(author_rows(index, clause), 0)
    find = _abstract_hits if clause.field == "abs" else _variant_hits
    matching_rows = title_rows = 0
    for variant_rows, variant_title_rows in find(index, clause):
        matching_rows |= variant_rows
        title_rows |= variant_title_rows
    return Hits(title_rows, title_rows) if clause.field == "ti" else Hits(matching_rows, title_rows)


def _variant_hits(index: BatchIndex, clause: Clause) -> list[Hits]:
    """Return where each spelling of a clause stands."""
    one_word_variants, dictionary, hits_of = spelling_variants(clause).one_word, index.words, index.postings.hits
    matching_words = (word_numbers(dictionary, variant_word) for variant_word in one_word_variants)
    return [*map(hits_of, chain.from_iterable(matching_words)), phrases(index, clause).hits]


class _Phrases(NamedTuple):
    """Where a clause stands as several words, and how often in the rows that have it more than once."""

    hits: Hits
    repeated: Mapping[int, int]


_PHRASES: Final = MemoKind[_Phrases](
    "phrases", lambda phrase: 2 * bits_size(phrase.hits.rows) + _REPEATED_PHRASE_BYTES * len(phrase.repeated)
)


_NO_PHRASES: Final = _Phrases(Hits(0, 0), {})


def phrases(index: BatchIndex, clause: Clause) -> _Phrases:
    if len(clause.words) == 1 and not _phrase_variants(index, clause):  # as of most words: not worth keeping
        return _NO_PHRASES
    return index.memo.remembered(_PHRASES, clause.text, lambda: _read_phrases(index, _phrase_variants(index, clause)))


def _phrase_variants(index: BatchIndex, clause: Clause) -> list[SpellingVariant]:
    """Return the ways of several words in which a clause may stand in a day's papers."""
    variants, rows_of_words, words_without_match = spelling_variants(clause), [], 0
    for query_keys in variants.query_keys:
        spend(WORD_WORK)
        rows_of_words.append(_rows_with_any(index, query_keys))
        words_without_match += not rows_of_words[-1]
        if words_without_match > MOST_WORDS_CHANGED:
            return []
    return variants.phrases_matching(index.words, rows_of_words)


def _rows_with_any(index: BatchIndex, query_keys: Sequence[str]) -> int:
    """Return the rows that hold one of some keys; all for none."""
    matching_rows = 0 if query_keys else index.all_rows
    for word_number in index.words.numbers(query_keys):
        matching_rows |= index.postings.rows(word_number)
    return matching_rows


def _read_phrases(index: BatchIndex, phrase_variants: Sequence[SpellingVariant]) -> _Phrases:
    matching_rows = title_rows = 0
    all_starts: list[int] = []
    for phrase_starts in filter(None, (starts(index, variant) for variant in phrase_variants)):
        variant_rows, variant_title_rows = hits_at(index, phrase_starts)
        matching_rows, title_rows = matching_rows | variant_rows, title_rows | variant_title_rows
        all_starts += phrase_starts
    if len(all_starts) == matching_rows.bit_count():
        return _Phrases(Hits(matching_rows, title_rows), {})
    phrase_counts = Counter(map(rshift, all_starts, repeat(PLACE_BITS)))
    repeated_phrases = {row: phrase_count for row, phrase_count in phrase_counts.items() if phrase_count > 1}
    return _Phrases(Hits(matching_rows, title_rows), repeated_phrases)


def _abstract_hits(index: BatchIndex, clause: Clause) -> Iterator[Hits]:
    """Give where each spelling stands after the title."""
    one_word_variants = ((variant_word,) for variant_word in spelling_variants(clause).one_word)
    for variant in (*one_word_variants, *_phrase_variants(index, clause)):
        yield hits_at(index, [start for start in starts(index, variant) if not _is_title_match(index, start)])


def hits_at(index: BatchIndex, phrase_starts: Collection[int]) -> Hits:
    spans = index.spans
    matching_rows = {phrase_start >> PLACE_BITS for phrase_start in phrase_starts}
    title_rows = {
        phrase_start >> PLACE_BITS
        for phrase_start in phrase_starts
        if phrase_start & _MATCH_PLACE < spans[phrase_start >> PLACE_BITS]
    }
    return Hits(bits_of(matching_rows, index.count), bits_of(title_rows, index.count))


def _is_title_match(index: BatchIndex, phrase_start: int) -> bool:
    return phrase_start & _MATCH_PLACE < index.spans[phrase_start >> PLACE_BITS]


def starts(index: BatchIndex, variant: SpellingVariant, within: int = -1) -> Collection[int]:
    """
    Return the places in the rows of a set, else in all, at which the first word begins and all the others follow.

    Rare words are read first, the others only in the rows that are left: a phrase costs what its rarest words cost.
    """
    spend(_VARIANT_WORK)
    matching_words: list[tuple[int, VariantWord, Sequence[int]]] = []
    phrase_rows = index.all_rows & within
    for variant_word in variant:
        matching_numbers = word_numbers(index.words, variant_word)
        variant_word_rows = 0
        for matching_number in matching_numbers:
            variant_word_rows |= index.postings.rows(matching_number)
        phrase_rows &= variant_word_rows
        if not phrase_rows:
            return ()
        matching_words.append((variant_word_rows.bit_count(), variant_word, matching_numbers))
    matching_words.sort(key=itemgetter(0))
    phrase_starts: set[int] | None = None
    for row_count, variant_word, matching_numbers in matching_words:
        spend(_POSTING_WORK * min(row_count, phrase_rows.bit_count()))
        matches = chain.from_iterable(index.postings.places(number, phrase_rows) for number in matching_numbers)
        word_offset = variant_word.word_offset
        possible_starts = map(sub, matches, repeat(word_offset)) if word_offset else matches
        phrase_starts = {*possible_starts} if phrase_starts is None else phrase_starts.intersection(possible_starts)
        if not phrase_starts:
            return ()
        phrase_rows = _rows_at(phrase_starts, phrase_rows, index.count)
    return phrase_starts or ()


def _rows_at(phrase_starts: Collection[int], phrase_rows: int, row_count: int) -> int:
    """Return the rows of some places, if they are few enough for it to be worth the while."""
    if len(phrase_starts) * 2 > phrase_rows.bit_count():
        return phrase_rows
    # A start before its paper's first word is no start: it is none of the first word's places, which all must be.
    starting_rows = {phrase_start >> PLACE_BITS for phrase_start in phrase_starts if phrase_start >= 0}
    return bits_of(starting_rows, row_count) & phrase_rows
