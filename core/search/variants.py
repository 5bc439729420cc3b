"""How a clause may be written: ``fine-tuning`` stands for ``fine tuning`` and ``finetuning`` too."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress
from operator import and_, not_
from typing import Final

from core.index.dictionary import Dictionary, dictionary_probe
from core.language.spelling import american_beginnings, american_spelling
from core.language.stem import singular
from core.language.terms import Clause, Term, TermWord
from core.language.words import WORD_GAP, asked_keys, fold_word
from core.lru import ByteBoundedCache
from core.search.word_forms import (
    SpellingChange,
    SpellingVariant,
    VariantWord,
    as_one,
    as_variant_word,
    joins,
    may_join,
    other_forms,
    plain_variant,
    splits,
    variant_sequence,
)
from core.search.work import WORD_WORK, may_give_way, spend

VARIANTS_BYTES: Final = 4 * 2**20
_QUERY_WORD_BYTES: Final = 1500
"""What a word of a clause takes in all its spellings, beside its letters."""
MOST_WORDS_CHANGED: Final = 2
"""Words that one change touches at most: where more are missing, no way of several words stands."""
_LONG_QUERY_WORD: Final = 12
"""Letters of a word from which on it pays to look for its beginning first."""
_BEGINNING_LETTERS: Final = 6
_PREFIX_WORD_WORK: Final = 4
"""A word that a prefix stands for, in microseconds of CPU."""
_LETTER_WORK: Final = 6
"""A letter of a word after which it may be cut, in microseconds of CPU; once for all days."""
_PROBES_A_WORK: Final = 1.4
"""Pieces of words that are looked for in a day's dictionary in a microsecond."""
_QUERY_LETTER_BYTES: Final = 700
"""What a place takes at which a word might be cut: a probe, and where it leads, some of it made."""


class SpellingVariants:
    """
    All ways in which a clause may be written: as one word, and as several.

    ``fine-tuning`` has ``finetuning`` alone, and 14 ways of several words: ``fine tuning``, ``fi ne tuning``, ``fine
    tun ing``, ``fine-X tuning`` of a wider compound … Each is as asked for but for one change. Most stand in no paper:
    a way is made only when a paper has all the other words, and the day the rarest piece of the change (``uning`` for
    ``fine t uning``), for which the dictionary is asked once for all.
    """

    def __init__(self, query_words: Sequence[TermWord]) -> None:
        self._query_words = query_words
        self.query_keys = tuple(
            () if query_word.is_prefix else asked_keys(query_word.text) for query_word in query_words
        )
        """The keys of each word as it is asked for; none for what is a beginning only."""
        self.one_word = tuple(dict.fromkeys(_one_word_variants(query_words)))
        self._plain_variant = plain_variant(query_words) if len(query_words) > 1 else ()
        self._changes: dict[int, SpellingChanges] = {}
        query_letters = sum(len(query_word.text) for query_word in query_words)
        self.size = _QUERY_WORD_BYTES * len(query_words) + _QUERY_LETTER_BYTES * query_letters
        """Bytes that all of it takes once everything is made, estimated."""

    def phrases_matching(self, dictionary: Dictionary, rows_of_words: Sequence[int]) -> list[SpellingVariant]:
        """Return the ways of several words that may stand in a day's papers, of which some rows have each word."""
        query_words = self._query_words
        count = len(query_words)
        rows_before = [-1, *accumulate(rows_of_words, and_)]  # -1 has every row
        rows_after = [*reversed([*accumulate(reversed(rows_of_words), and_, initial=-1)]), 0]
        variants = [self._plain_variant] if count > 1 and rows_before[count] else []
        for at in range(count):
            changes_one = bool(rows_before[at] & rows_after[at + 1])
            changes_two = bool(rows_before[at] & rows_after[at + 2])
            if changes_one or changes_two:
                if at not in self._changes:
                    self._changes[at] = SpellingChanges(query_words, at)
                variants += self._changes[at].matching(dictionary, one=changes_one, two=changes_two)
        return variants


class SpellingChanges:
    """What may be written otherwise from one word of a clause on, and the keys to look for first."""

    def __init__(self, query_words: Sequence[TermWord], at: int) -> None:
        self._query_words, query_word = query_words, query_words[at]
        may_give_way(_LETTER_WORK * len(query_word.text))
        self._variants: dict[int, SpellingVariant] = {}  # made so far, by the number of the change
        own_changes = [] if len(query_words) == 1 else [*other_forms(query_words, at)]
        split_changes = [SpellingChange(at, 1, pieces) for pieces in splits(query_word)]
        join_changes = [*joins(query_words, at)]
        self._changes = (*own_changes, *split_changes, *join_changes)
        is_long = len(query_word.text) > _LONG_QUERY_WORD
        self._beginning = fold_word(query_word.text)[:_BEGINNING_LETTERS] if is_long else ""
        has_beginning = [self._beginning and _has_beginning(change, self._beginning) for change in split_changes]
        numbered_splits = [*enumerate(split_changes, len(own_changes))]
        self._beginning_probes = _change_probes(compress(numbered_splits, has_beginning))
        """Of a long word, the cuts whose first piece begins as it does: if no word begins so, none is there."""
        self._split_probes = _change_probes(compress(numbered_splits, map(not_, has_beginning)))
        self._join_probes = _change_probes(enumerate(join_changes, len(own_changes) + len(split_changes)))
        probed_changes = {change for _, change in (*self._beginning_probes, *self._split_probes, *self._join_probes)}
        self._unprobed_changes = tuple(at for at in range(len(self._changes)) if at not in probed_changes)

    def matching(self, dictionary: Dictionary, *, one: bool, two: bool) -> Iterator[SpellingVariant]:
        """Give what a day's words allow, with one word changed and with two: where all the others stand together."""
        probes = [*self._split_probes] if one else []
        if one and self._beginning_probes and dictionary.has_beginning(self._beginning):
            probes += self._beginning_probes
        if two:
            probes += self._join_probes
        spend(WORD_WORK + len(probes) / _PROBES_A_WORK)
        for change_number in (*dict.fromkeys(dictionary.find_all(probes)), *self._unprobed_changes):
            change = self._changes[change_number]
            if (one if change.width == 1 else two) and _may_match(change, dictionary):
                if change_number not in self._variants:
                    self._variants[change_number] = _changed_variant(self._query_words, change)
                yield self._variants[change_number]


def _has_beginning(change: SpellingChange, beginning: str) -> bool:
    first_piece = change.pieces[0]
    if not isinstance(first_piece, TermWord):
        return False
    return all(piece_key.startswith(beginning) for piece_key in asked_keys(first_piece.text))


def _change_probes(numbered_changes: Iterable[tuple[int, SpellingChange]]) -> list[tuple[str, int]]:
    """Write the keys to look for, each with the number of its change."""
    return [
        (dictionary_probe(piece_key), change_number)
        for change_number, change in numbered_changes
        for piece_key in _rarest_piece_keys(change)
    ]


def _may_match(change: SpellingChange, dictionary: Dictionary) -> bool:
    """Whether a compound, or a name with a version, is among a day's words; words themselves were looked for."""
    (piece, *_) = change.pieces
    if isinstance(piece, TermWord):
        return True
    if piece.joined_variant_prefix:
        return bool(dictionary.joined(piece.joined_variant_prefix))
    return bool(dictionary.versions(piece.versioned_variant))


def _rarest_piece_keys(change: SpellingChange) -> tuple[str, ...]:
    """Return the keys of the longest piece, for which to look first."""
    whole_pieces = [piece.text for piece in change.pieces if isinstance(piece, TermWord) and not piece.is_prefix]
    return asked_keys(max(whole_pieces, key=len)) if whole_pieces else ()


def _changed_variant(query_words: Sequence[TermWord], change: SpellingChange) -> SpellingVariant:
    change_end = change.first + change.width
    words_before, words_after = query_words[: change.first], query_words[change_end:]
    last_changed = query_words[change_end - 1]
    glued_pieces = (piece if isinstance(piece, TermWord) else last_changed for piece in change.pieces)
    changed_words = (*words_before, *change.pieces, *words_after)
    variant_words = [piece if isinstance(piece, VariantWord) else as_variant_word(piece) for piece in changed_words]
    return variant_sequence(variant_words, (*words_before, *glued_pieces, *words_after), (change.first, change.wide))


SPELLING_VARIANTS: Final = ByteBoundedCache[str, SpellingVariants](VARIANTS_BYTES)


def spelling_variants(clause: Clause) -> SpellingVariants:
    """List the spellings that agree with a clause: hyphen, space and joined forms of its words."""
    return SPELLING_VARIANTS.remembered(clause.text, lambda: SpellingVariants(clause.words), lambda made: made.size)


def count_spellings(terms: Iterable[Term]) -> None:
    """Note what it takes to find the spellings of some terms, made once for all days; they may be at hand."""
    clauses = (clause for term in terms for clause in term.clauses)
    spend(_LETTER_WORK * sum(len(clause_word.text) for clause in clauses for clause_word in clause.words))


def _one_word_variants(query_words: Sequence[TermWord]) -> Iterator[VariantWord]:
    """Give the ways to write a clause as one word."""
    if len(query_words) == 1:
        yield as_variant_word(query_words[0], exact=True)
        for change in other_forms(query_words, 0):
            yield from (piece for piece in change.pieces if isinstance(piece, VariantWord))
    elif (
        may_join(*query_words)
        if len(query_words) == 2
        else all(each.joining_sign != WORD_GAP for each in query_words[1:])
    ):
        yield as_variant_word(as_one(query_words))


def word_numbers(words: Dictionary, variant_word: VariantWord) -> Sequence[int]:
    """Return the numbers of the words that one position of a variant may be. Raises BadQuery when they are too many."""
    if variant_word.variant_keys:
        return words.numbers(variant_word.variant_keys)
    if variant_word.joined_variant_prefix:
        return words.joined(variant_word.joined_variant_prefix)
    if variant_word.versioned_variant:
        return words.versions(variant_word.versioned_variant)
    query_prefix = variant_word.variant_prefix
    prefix_as_word = query_prefix[:-1] + "y" if query_prefix.endswith("i") else query_prefix
    matching_words = {*words.numbers((singular(american_spelling(query_prefix)), prefix_as_word))}
    matching_words.update(words.beginning(query_prefix.upper()))
    for american_beginning in american_beginnings(query_prefix):
        matching_words.update(words.beginning(american_beginning))
    spend(_PREFIX_WORD_WORK * len(matching_words))
    if variant_word.is_last_variant_word:  # a word that hyphens join is wider than it looks: nothing can follow it
        matching_words.update(words.joined(query_prefix))
    return sorted(matching_words)
