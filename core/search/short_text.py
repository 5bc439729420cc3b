"""
``like=text:`` of a few words: the papers about all of what the words say, those that say it as it was said first.

The text is cut at its function words into subjects ("graph neural networks", "weather"). A paper is about a subject by
the part it holds of its words, each as much as it is rare among the papers held (its idf), and of their neighbourhoods:
a soft conjunction with sequential dependence (Metzler and Croft 2005). Who says LLM says "large language models" too,
where the papers held define it; who names a category ("economics", "machine learning") finds its papers too; a word
that no paper holds counts nothing, so that a misspelling empties no feed. Where few papers are about all subjects,
those about most of them are in that are alike beyond that (``core.search.similarity``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Final

from msgspec import Struct

from core.index.bitset import bits_of, rows_of
from core.index.posting_rows import Hits
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import BatchLinks, LoadedBatch
from core.search.categories import rows_in_sets
from core.search.centroid import learn, likeness_in
from core.search.hits import KeywordMatcher, matched_terms
from core.search.plain_match import plain_hits
from core.search.scores import ListedScores, Scores, SummedScores, at_least, millionths
from core.search.similarity import likeness_units
from core.search.subjects import Subject, subjects_of, telling, texts_of

MOST_WORDS: Final = 12
"""A text of more words is compared as a whole: no paper holds most of a paragraph."""
_FEW_WORDS: Final = 5
_LESS_A_WORD: Final = 0.04
"""With each word over ``_FEW_WORDS``, a paper must hold this much less: a whole title is rarely said twice."""
_ABOUT: Final = 0.4
"""A paper that holds this part of a subject is about it: one of two words when it is the rarer one."""
_ENOUGH: Final = 5
"""Where so many papers are about all subjects, nothing else is in."""


_COARSE: Final = 10_000
"""Millionths: to see which papers may hold enough, shares are counted in hundredths, rounded up."""


class Demand(Struct, frozen=True):
    """What a paper must hold at least of the whole text, and how alike it must be; or be about every subject."""

    whole: float
    alike: float = 0.0
    of_each: bool = False


_DEMANDS: Final = (Demand(0.6, of_each=True), Demand(0.5, alike=0.12), Demand(0.35, alike=0.12))
"""The first that enough papers meet counts, together with those before it; the figures are of 37 interests, read."""


def is_short(query: FeedQuery) -> bool:
    """Whether all that is liked is texts of a few words together."""
    texts = texts_of(query)
    return len(texts) == len(query.like) and 0 < sum(map(len, telling(", ".join(texts)))) <= MOST_WORDS


class _SubjectRows(Struct, frozen=True):
    """The papers of a day that hold each word of a subject, and those that may hold each pair: both its words."""

    words: tuple[int, ...]
    pairs_at_most: tuple[int, ...]


class ShortTextRanker:
    """Ranks by the part of the text that a paper holds, then by likeness."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> None:
        self._query = query
        self._terms = KeywordMatcher(query)
        told = " ".join(word for text in texts_of(query) for subject in telling(text) for word in subject)
        self._centroid = learn([told], batches)
        self._subjects = subjects_of(query, batches, links)
        words = sum(len(subject.words) for subject in self._subjects)
        self._less = _LESS_A_WORD * max(words - _FEW_WORDS, 0)
        self._words: dict[int, list[_SubjectRows]] = {}  # by the batch's number
        self._term_hits: dict[tuple[int, str], Hits] = {}  # by the batch's number and the term
        self._demands = self._of_enough(batches)

    def _of_enough(self, batches: Sequence[LoadedBatch]) -> Sequence[Demand]:
        """Return the demands of which one must be met: as many of the first as enough papers take."""
        for number, least in enumerate((_ENOUGH, 1), start=1):
            demands = _DEMANDS[:number]
            found = 0
            for batch in batches:
                rows = bits_of(self._meeting(batch.index, demands), batch.index.count)
                found += (rows & rows_in_sets(batch.index, "c:", self._query.categories.included)).bit_count()
                if found >= least:
                    return demands
        return _DEMANDS

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that hold enough of the text or, with keywords, all that match one of them."""
        held = self._meeting(batch.index, self._demands)
        rows = bits_of(held, batch.index.count)
        if self._query.keywords:
            rows = reduce(or_, (hits.rows for _, hits in self._terms.hits(batch)))
        alike = likeness_in(batch.index, self._centroid, rows)
        return rows, ListedScores({row: held.get(row, 0) + likeness_units(each) for row, each in alike.items()})

    def _meeting(self, index: BatchIndex, demands: Sequence[Demand]) -> Mapping[int, int]:
        """Return the rows that meet one of the demands, and how much of the text each holds, in millionths."""
        subjects = self._rows_of_subjects(index)
        least = min(demand.whole for demand in demands) - self._less
        promising = self._promising(subjects, least)
        held = dict.fromkeys(rows_of(promising), 0)
        about_all = set(held)
        for subject, stands in zip(self._subjects, subjects, strict=True) if held else ():
            of_subject = _held_of(subject, (*stands.words, *_pair_rows(index, subject, stands, promising)), held)
            for row, share in of_subject.items():
                held[row] += share
            about_all -= {row for row, share in of_subject.items() if share < round(_ABOUT * subject.whole)}
        met: dict[int, int] = {}
        for demand in demands:
            least_held = millionths(demand.whole - self._less)
            held_rows = about_all if demand.of_each else held
            rows = [row for row in held_rows if held[row] >= least_held and row not in met]
            if demand.alike:
                alike = likeness_in(index, self._centroid, bits_of(rows, index.count))
                rows = [row for row in rows if likeness_units(alike[row]) >= millionths(demand.alike)]
            met.update((row, held[row]) for row in rows)
        return met

    def _rows_of_subjects(self, index: BatchIndex) -> Sequence[_SubjectRows]:
        """Where a day holds the words; a long form, its acronym or the category has all of its words. It is kept."""
        number = index.memo.number
        if number not in self._words:
            self._words[number] = [_rows_of_subject(index, subject) for subject in self._subjects]
        return self._words[number]

    def _promising(self, subjects: Sequence[_SubjectRows], least: float) -> int:
        """Return the rows that may hold so much of the text: all, if all words of pairs follow one another in them."""
        most_held = SummedScores()
        matching_rows = 0
        for subject, subject_rows in zip(self._subjects, subjects, strict=True):
            word_and_pair_rows = (*subject_rows.words, *subject_rows.pairs_at_most)
            for rows, share in zip(word_and_pair_rows, subject.shares, strict=True):
                most_held.add(rows, -(-share // _COARSE))
                matching_rows |= rows
        return at_least(most_held, matching_rows, millionths(least) // _COARSE)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then what of the text a paper holds: long forms in place of their words."""
        held_terms: list[Term] = []
        for subject in self._subjects:
            subject_words = dict(enumerate(subject.words))
            for term, inside in subject.long_forms:
                if self._hits(batch.index, term).rows >> row & 1:
                    held_terms.append(term)
                    for at in inside:
                        subject_words.pop(at, None)
            held_terms += subject_words.values()
        yield from self._terms.matched(batch, row)
        yield from matched_terms(batch.index, row, ((term, self._hits(batch.index, term)) for term in held_terms))

    def _hits(self, index: BatchIndex, term: Term) -> Hits:
        """Where a term that may be told stands; it is kept for the day's other papers."""
        batch_term = (index.memo.number, term.text)
        if batch_term not in self._term_hits:
            self._term_hits[batch_term] = plain_hits(index, term, index.all_rows)
        return self._term_hits[batch_term]


def _rows_of_subject(index: BatchIndex, subject: Subject) -> _SubjectRows:
    named = rows_in_sets(index, "c:", subject.categories)
    words = [plain_hits(index, word, index.all_rows).rows | named for word in subject.words]
    for term, inside in subject.long_forms:
        whole = plain_hits(index, term, index.all_rows).rows
        for at in inside:
            words[at] |= whole
    pairs = (words[at] & words[at + 1] | plain_hits(index, pair, 0).rows for pair, at in subject.pairs)
    return _SubjectRows(tuple(words), tuple(pairs))


def _held_of(subject: Subject, rows: Iterable[int], wanted: Iterable[int]) -> dict[int, int]:
    """Return what each wanted row holds of a subject, whose words and pairs stand in these rows, in millionths."""
    shares = [*zip(rows, subject.shares, strict=True)]
    return {row: sum([share for some, share in shares if some >> row & 1]) for row in wanted}


def _pair_rows(index: BatchIndex, subject: Subject, stands: _SubjectRows, within: int) -> Iterator[int]:
    for (pair, _), at_most in zip(subject.pairs, stands.pairs_at_most, strict=True):
        yield plain_hits(index, pair, at_most & within).rows if at_most & within else 0
