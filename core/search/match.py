"""Which papers of a batch a term matches: sets of rows as integers, a bit each. Every answer is kept."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

from msgspec.structs import replace

from core.index.bitset import bits_of, rows_of
from core.index.dictionary import Dictionary
from core.index.memo import MemoKind, bits_size
from core.index.posting_rows import Hits
from core.index.postings import PLACE_BITS
from core.index.reader import BatchIndex
from core.language.spelling import american_beginnings, american_spelling
from core.language.stem import singular
from core.language.terms import Clause, Term
from core.search.acronyms import defined_otherwise
from core.search.authors import author_rows
from core.search.categories import rows_in_sets
from core.search.comments import comment_rows, institution_rows
from core.search.variants import MOST_WORDS_CHANGED, spelling_variants
from core.search.word_forms import SpellingVariant, VariantWord
from core.search.work import CLAUSE_WORK, WORD_WORK, spend

_ROW_BYTES: Final = 100
"""What a row's number and its count take in a dictionary."""
_PLACE: Final = (1 << PLACE_BITS) - 1

_BY_WORDS: Final = MemoKind[Hits]("by words", lambda hits: bits_size(hits.rows) + bits_size(hits.title))
_BY_CLAUSE: Final = MemoKind[Hits]("by clause", lambda hits: bits_size(hits.rows) + bits_size(hits.title))


def term_hits(index: BatchIndex, term: Term) -> Hits:
    """Return where all clauses of a term hold; it stands in the title when every wanted clause does."""
    found = index.memo.remembered(_BY_WORDS, term.text, lambda: all_clauses(index, term, clause_hits))

    def remembered(clause: Clause) -> Hits:
        return index.memo.remembered(_BY_CLAUSE, clause.text, lambda: clause_hits(index, clause))

    return in_other_words(index, term, found, remembered)


def in_other_words(index: BatchIndex, term: Term, found: Hits, find: Callable[[Clause], Hits]) -> Hits:
    """Add to where a term stands as it is written where ``find`` finds other words for it, if they mean the same."""
    for other in term.also:
        hits = find(other.clause)
        short, long = (hits, found) if other.is_acronym else (found, hits)
        meant = ~defined_otherwise(index, other)
        found = Hits(short.rows & meant | long.rows, short.title & meant | long.title)
    return found


def base_rows(index: BatchIndex, term: Term) -> int:
    """Return where a term stands as it is written, and not in other words for it."""
    return term_hits(index, replace(term, also=())).rows if term.also else term_hits(index, term).rows


def all_clauses(index: BatchIndex, term: Term, find: Callable[[BatchIndex, Clause], Hits]) -> Hits:
    if len(term.clauses) == 1:
        return find(index, term.clauses[0])
    rows = title = index.all_rows
    for clause in term.clauses:
        hits = find(index, clause)
        if clause.negated:
            rows &= ~hits.rows
        else:
            rows &= hits.rows
            title &= hits.title
    return Hits(rows, title & rows)


def clause_hits(index: BatchIndex, clause: Clause) -> Hits:
    """Return where one clause holds, negation set aside. Raises BadQuery when that is too much to look for."""
    spend(CLAUSE_WORK)
    if clause.field in ("cat", "set"):
        return Hits(rows_in_sets(index, "c:" if clause.field == "cat" else "", clause.categories), 0)
    if clause.field == "comment":
        return Hits(comment_rows(index, clause), 0)
    if clause.field == "inst":
        return Hits(institution_rows(index, clause), 0)
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
    ways, words, hits = spelling_variants(clause), index.words, index.postings.hits
    found = [hits(number) for item in ways.one_word for number in word_numbers(words, item)]
    return [*found, phrases(index, clause).hits]


class _Phrases(NamedTuple):
    """Where a clause stands as several words, and how often in the rows that have it more than once."""

    hits: Hits
    repeated: Mapping[int, int]


_PHRASES: Final = MemoKind[_Phrases](
    "phrases", lambda found: 2 * bits_size(found.hits.rows) + _ROW_BYTES * len(found.repeated)
)


_NO_PHRASES: Final = _Phrases(Hits(0, 0), {})


def phrases(index: BatchIndex, clause: Clause) -> _Phrases:
    if len(clause.words) == 1 and not _ways(index, clause):  # as of most words: not worth keeping
        return _NO_PHRASES
    return index.memo.remembered(_PHRASES, clause.text, lambda: _read_phrases(index, _ways(index, clause)))


def _ways(index: BatchIndex, clause: Clause) -> list[SpellingVariant]:
    """Return the ways of several words in which a clause may stand in a day's papers."""
    ways, rows, absent = spelling_variants(clause), [], 0
    for some in ways.query_keys:
        rows.append(_rows_with(index, some))
        absent += not rows[-1]
        if absent > MOST_WORDS_CHANGED:
            return []
    return ways.phrases_matching(index.words, rows)


def _rows_with(index: BatchIndex, some: Sequence[str]) -> int:
    """Return the rows that hold one of some keys; all for none."""
    rows = 0 if some else index.all_rows
    for number in index.words.numbers(some):
        rows |= index.postings.rows(number)
    return rows


def _read_phrases(index: BatchIndex, ways: Sequence[SpellingVariant]) -> _Phrases:
    rows = title = 0
    counts: Counter[int] = Counter()
    for places in filter(None, (starts(index, way) for way in ways)):
        some, titled = hits_at(index, places)
        rows, title = rows | some, title | titled
        if len(places) > some.bit_count() or rows != some:
            counts.update(place >> PLACE_BITS for place in places)
        else:
            counts.update(rows_of(some))
    return _Phrases(Hits(rows, title), {row: count for row, count in counts.items() if count > 1})


def _abstract_hits(index: BatchIndex, clause: Clause) -> Iterator[Hits]:
    """Give where each spelling stands after the title."""
    for way in (*((item,) for item in spelling_variants(clause).one_word), *_ways(index, clause)):
        yield hits_at(index, [place for place in starts(index, way) if not _in_title(index, place)])


def hits_at(index: BatchIndex, places: Collection[int]) -> Hits:
    in_title = {place >> PLACE_BITS for place in places if _in_title(index, place)}
    return Hits(bits_of({place >> PLACE_BITS for place in places}, index.count), bits_of(in_title, index.count))


def _in_title(index: BatchIndex, place: int) -> bool:
    return place & _PLACE < index.spans[place >> PLACE_BITS]


def word_numbers(words: Dictionary, item: VariantWord) -> Sequence[int]:
    if item.word_keys:
        return words.numbers(item.word_keys)
    if item.joined_prefix:
        return words.joined(item.joined_prefix)
    if item.versioned_name:
        return words.versions(item.versioned_name)
    prefix = item.word_prefix
    wholes = (singular(american_spelling(prefix)), prefix[:-1] + "y" if prefix.endswith("i") else prefix)
    found = {*words.numbers(wholes), *words.beginning(prefix.upper())}
    for beginning in american_beginnings(prefix):
        found.update(words.beginning(beginning))
    spend(WORD_WORK * len(found))
    if item.is_last_word:  # a word that hyphens join is wider than it looks: nothing can follow it at a fixed distance
        found.update(words.joined(prefix))
    return sorted(found)


def starts(index: BatchIndex, way: SpellingVariant, within: int = -1) -> Collection[int]:
    """
    Return the places in the rows of a set, else in all, at which the first item begins and all the others follow.

    Rare items are read first, the others only in the rows that are left: a phrase costs what its rarest words cost.
    """
    found: list[tuple[int, VariantWord, Sequence[int]]] = []
    common = index.all_rows & within
    for item in way:
        numbers = word_numbers(index.words, item)
        rows = 0
        for number in numbers:
            rows |= index.postings.rows(number)
        common &= rows
        if not common:
            return ()
        found.append((rows.bit_count(), item, numbers))
    found.sort(key=lambda each: each[0])
    begun: set[int] | None = None
    for count, item, numbers in found:
        spend(min(count, common.bit_count()))
        read = chain.from_iterable(index.postings.places(number, common) for number in numbers)
        places = {place - item.word_offset for place in read if place & _PLACE >= item.word_offset}
        begun = places if begun is None else begun & places
        if not begun:
            return ()
        common = _rows_at(begun, common, index.count)
    return begun or ()


def _rows_at(starts: Collection[int], common: int, count: int) -> int:
    """Return the rows of some places, if they are few enough for it to be worth the while."""
    if len(starts) * 2 > common.bit_count():
        return common
    return bits_of({start >> PLACE_BITS for start in starts}, count)
