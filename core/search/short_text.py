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
from core.search.batch import BatchLinks, LoadedBatch, newest_batches
from core.search.categories import rows_in_sets
from core.search.centroid import learn, likeness_in
from core.search.hits import KeywordMatcher, matched_terms
from core.search.match import plain_hits
from core.search.scores import ListedScores, Scores, SummedScores, at_least, millionths
from core.search.similarity import likeness_units
from core.search.subjects import MEASURED_PAPERS, Subject, subjects_of, telling, texts_of
from core.search.work import spend

MOST_WORDS: Final = 12
"""A text of more words is compared as a whole: no paper holds most of a paragraph."""
_FEW_TEXT_WORDS: Final = 5
_LESS_A_TEXT_WORD: Final = 0.04
"""With each word over ``_FEW_TEXT_WORDS``, a paper must hold this much less: a whole title is rarely said twice."""
_PART_OF_SUBJECT: Final = 0.4
"""A paper that holds this part of a subject is about it: one of two words when it is the rarer one."""
_ENOUGH_PAPERS: Final = 5
"""Where so many papers are about all subjects, nothing else is in."""
_COARSE_SHARE: Final = 10_000
"""Millionths: to see which papers may hold enough, shares are counted in hundredths, rounded up."""
_SUBJECT_WORD_WORK: Final = 10
"""A word of a subject, or words in a row, on a day, in microseconds of CPU …"""
_SUBJECT_PAPER_WORK: Final = 0.037
"""… and for each of the day's papers."""


class Demand(Struct, frozen=True):
    """What a paper must hold at least of the whole text, and how alike it must be; or be about every subject."""

    whole: float
    alike: float = 0.0
    of_each: bool = False


_DEMANDS: Final = (Demand(0.6, of_each=True), Demand(0.5, alike=0.12), Demand(0.35, alike=0.12))
"""The first that enough papers meet counts, together with those before it; the figures are of 37 interests, read."""


def is_short(query: FeedQuery) -> bool:
    """Whether all that is liked is texts of a few words together."""
    liked_texts = texts_of(query)
    return len(liked_texts) == len(query.like) and 0 < sum(map(len, telling(", ".join(liked_texts)))) <= MOST_WORDS


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
        telling_words = (word for liked_text in texts_of(query) for words in telling(liked_text) for word in words)
        self._centroid = learn([" ".join(telling_words)], batches)
        self._subjects = subjects_of(query, batches, links)
        subject_words = sum(len(subject.subject_words) for subject in self._subjects)
        self._less = _LESS_A_TEXT_WORD * max(subject_words - _FEW_TEXT_WORDS, 0)
        self._words: dict[int, list[_SubjectRows]] = {}  # by the batch's number
        self._term_hits: dict[tuple[int, str], Hits] = {}  # by the batch's number and the term
        self._demands = self._demands_met(newest_batches(batches, MEASURED_PAPERS))

    def _demands_met(self, batches: Sequence[LoadedBatch]) -> Sequence[Demand]:
        """Return the demands of which one must be met: as many of the first as enough papers take."""
        for demand_count, least_papers in enumerate((_ENOUGH_PAPERS, 1), start=1):
            demands = _DEMANDS[:demand_count]
            meeting_papers = 0
            for batch in batches:
                meeting_rows = bits_of(self._rows_meeting(batch.index, demands), batch.index.count)
                category_rows = rows_in_sets(batch.index, "c:", self._query.categories.included)
                meeting_papers += (meeting_rows & category_rows).bit_count()
                if meeting_papers >= least_papers:
                    return demands
        return _DEMANDS

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that hold enough of the text or, with keywords, all that match one of them."""
        text_shares = self.text_shares(batch.index)
        scored_rows = bits_of(text_shares, batch.index.count)
        if self._query.keywords:
            scored_rows = reduce(or_, (hits.rows for _, hits in self._terms.hits(batch)))
        likenesses = likeness_in(batch.index, self._centroid, scored_rows)
        return scored_rows, ListedScores(
            {row: text_shares.get(row, 0) + likeness_units(likenesses[row]) for row in likenesses}
        )

    def text_shares(self, index: BatchIndex) -> Mapping[int, int]:
        """Return the rows that hold enough of the text, and how much of it each holds, in millionths."""
        return self._rows_meeting(index, self._demands)

    def word_rows(self, index: BatchIndex) -> Iterator[tuple[Term, int]]:
        """Give each word of the text with the rows that hold it."""
        for subject, subject_rows in zip(self._subjects, self._rows_of_subjects(index), strict=True):
            yield from zip(subject.subject_words, subject_rows.words, strict=True)

    def _rows_meeting(self, index: BatchIndex, demands: Sequence[Demand]) -> Mapping[int, int]:
        """Return the rows that meet one of the demands, and how much of the text each holds, in millionths."""
        rows_of_subjects = self._rows_of_subjects(index)
        least_share = min(demand.whole for demand in demands) - self._less
        promising_rows = self._promising_rows(rows_of_subjects, least_share)
        text_shares = dict.fromkeys(rows_of(promising_rows), 0)
        rows_of_each = set(text_shares)
        for subject, subject_rows in zip(self._subjects, rows_of_subjects, strict=True) if text_shares else ():
            pair_rows = _pair_rows(index, subject, subject_rows, promising_rows)
            subject_shares = _subject_shares(subject, (*subject_rows.words, *pair_rows), text_shares)
            for row, subject_share in subject_shares.items():
                text_shares[row] += subject_share
            least_of_subject = round(_PART_OF_SUBJECT * subject.whole)
            rows_of_each -= {row for row, subject_share in subject_shares.items() if subject_share < least_of_subject}
        meeting_rows: dict[int, int] = {}
        for demand in demands:
            least_millionths = millionths(demand.whole - self._less)
            candidate_rows = rows_of_each if demand.of_each else text_shares
            demanded_rows = [
                row for row in candidate_rows if text_shares[row] >= least_millionths and row not in meeting_rows
            ]
            if demand.alike:
                likenesses = likeness_in(index, self._centroid, bits_of(demanded_rows, index.count))
                least_likeness = millionths(demand.alike)
                demanded_rows = [row for row in demanded_rows if likeness_units(likenesses[row]) >= least_likeness]
            meeting_rows.update((row, text_shares[row]) for row in demanded_rows)
        return meeting_rows

    def _rows_of_subjects(self, index: BatchIndex) -> Sequence[_SubjectRows]:
        """
        Where a day holds the words.

        A long form, its acronym, two words written as one and the category have all of their words. It is kept.
        """
        batch_number = index.memo.number
        if batch_number not in self._words:
            self._words[batch_number] = [_rows_of_subject(index, subject) for subject in self._subjects]
        return self._words[batch_number]

    def _promising_rows(self, rows_of_subjects: Sequence[_SubjectRows], least_share: float) -> int:
        """Return the rows that may hold so much of the text: all, if all words of pairs follow one another in them."""
        most_scores = SummedScores()
        scored_rows = 0
        for subject, subject_rows in zip(self._subjects, rows_of_subjects, strict=True):
            word_and_pair_rows = (*subject_rows.words, *subject_rows.pairs_at_most)
            for rows, share in zip(word_and_pair_rows, subject.shares, strict=True):
                most_scores.add(rows, -(-share // _COARSE_SHARE))
                scored_rows |= rows
        return at_least(most_scores, scored_rows, millionths(least_share) // _COARSE_SHARE)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then what of the text a paper holds: long forms in place of their words."""
        subject_terms: list[Term] = []
        for subject in self._subjects:
            subject_words = dict(enumerate(subject.subject_words))
            for long_form, word_places in subject.long_forms:
                if self._hits(batch.index, long_form).rows >> row & 1:
                    subject_terms.append(long_form)
                    for word_place in word_places:
                        subject_words.pop(word_place, None)
            subject_terms += subject_words.values()
        yield from self._terms.matched(batch, row)
        yield from matched_terms(batch.index, row, ((term, self._hits(batch.index, term)) for term in subject_terms))

    def _hits(self, index: BatchIndex, term: Term) -> Hits:
        """Where a term that may be told stands; it is kept for the day's other papers."""
        batch_term = (index.memo.number, term.text)
        if batch_term not in self._term_hits:
            self._term_hits[batch_term] = plain_hits(index, term, index.all_rows)
        return self._term_hits[batch_term]


def _rows_of_subject(index: BatchIndex, subject: Subject) -> _SubjectRows:
    looked_for = len(subject.subject_words) + len(subject.long_forms) + len(subject.pairs)
    spend((_SUBJECT_WORD_WORK + _SUBJECT_PAPER_WORK * index.count) * looked_for)
    category_rows = rows_in_sets(index, "c:", subject.categories)
    word_rows = [plain_hits(index, word, index.all_rows).rows | category_rows for word in subject.subject_words]
    whole_forms = [(plain_hits(index, term, index.all_rows).rows, places) for term, places in subject.long_forms]
    whole_forms += [(plain_hits(index, pair, 0).rows, range(at, at + 2)) for pair, at in subject.pairs]
    for whole_form_rows, word_places in whole_forms:
        for word_place in word_places:
            word_rows[word_place] |= whole_form_rows
    return _SubjectRows(tuple(word_rows), tuple(word_rows[at] & word_rows[at + 1] for _, at in subject.pairs))


def _subject_shares(subject: Subject, subject_rows: Iterable[int], scored_rows: Iterable[int]) -> dict[int, int]:
    """Return what each scored row holds of a subject, whose words and pairs stand in these rows, in millionths."""
    row_shares = [*zip(subject_rows, subject.shares, strict=True)]
    return {row: sum([share for rows, share in row_shares if rows >> row & 1]) for row in scored_rows}


def _pair_rows(index: BatchIndex, subject: Subject, subject_rows: _SubjectRows, within: int) -> Iterator[int]:
    for (pair, _), possible_rows in zip(subject.pairs, subject_rows.pairs_at_most, strict=True):
        yield plain_hits(index, pair, possible_rows & within).rows if possible_rows & within else 0
