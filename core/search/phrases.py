"""Where a clause stands as several words, one after the other: places are read in the rows that have all of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, repeat
from operator import itemgetter, rshift, sub
from typing import Final, NamedTuple

from core.index.bitset import bits_of
from core.index.memo import MemoKind, bits_size
from core.index.posting_rows import Hits
from core.index.postings import PLACE_BITS
from core.index.reader import BatchIndex
from core.language.terms import Clause
from core.search.variants import MOST_WORDS_CHANGED, spelling_variants, word_numbers
from core.search.word_forms import SpellingVariant, VariantWord
from core.search.work import WORD_WORK, spend

_VARIANT_WORK: Final = 52
"""A way to write it that the day may hold, in microseconds of CPU; as the next."""
PLACES_WORK: Final = 0.9
"""The places of a word in one paper."""
_REPEATED_PHRASE_BYTES: Final = 100
"""What a row's number and its count take in a dictionary."""
_MATCH_PLACE: Final = (1 << PLACE_BITS) - 1


class _Phrases(NamedTuple):
    """Where a clause stands as several words, and how often in the rows that have it more than once."""

    hits: Hits
    repeated: Mapping[int, int]


_PHRASES: Final = MemoKind[_Phrases](
    "phrases", lambda phrase: 2 * bits_size(phrase.hits.rows) + _REPEATED_PHRASE_BYTES * len(phrase.repeated)
)


_NO_PHRASES: Final = _Phrases(Hits(0, 0), {})


def phrases(index: BatchIndex, clause: Clause) -> _Phrases:
    """Return where a clause stands as several words in any spelling, and how often."""
    if len(clause.words) > 1:
        return index.memo.remembered(
            _PHRASES, clause.text, lambda: _read_phrases(index, phrase_variants_of(index, clause))
        )
    phrase_variants = phrase_variants_of(index, clause)
    if not phrase_variants:  # as of most words: not worth keeping
        return _NO_PHRASES
    return index.memo.remembered(_PHRASES, clause.text, lambda: _read_phrases(index, phrase_variants))


def phrase_variants_of(index: BatchIndex, clause: Clause) -> list[SpellingVariant]:
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


def hits_at(index: BatchIndex, phrase_starts: Collection[int]) -> Hits:
    spans = index.spans
    matching_rows = {phrase_start >> PLACE_BITS for phrase_start in phrase_starts}
    title_rows = {
        phrase_start >> PLACE_BITS
        for phrase_start in phrase_starts
        if phrase_start & _MATCH_PLACE < spans[phrase_start >> PLACE_BITS]
    }
    return Hits(bits_of(matching_rows, index.count), bits_of(title_rows, index.count))


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
        spend(PLACES_WORK * min(row_count, phrase_rows.bit_count()))
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


def abstract_rows_at(index: BatchIndex, phrase_starts: Iterable[int]) -> int:
    """Return the rows of those places that are after the title."""
    spans = index.spans
    abstract_rows = {
        phrase_start >> PLACE_BITS
        for phrase_start in phrase_starts
        if phrase_start & _MATCH_PLACE >= spans[phrase_start >> PLACE_BITS]
    }
    return bits_of(abstract_rows, index.count)
