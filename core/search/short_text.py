"""
``like=text:`` of a few words: the papers about all of what the words say, those that say it as it was said first.

The text is cut at its function words into subjects ("graph neural networks", "weather"). A paper is about a subject by
the part it holds of its words, each as much as it is rare among the papers held (its idf), and of their neighbourhoods:
a soft conjunction with sequential dependence (Metzler and Croft 2005). Who says LLM says "large language models" too,
where the papers held define it; who names a category ("economics", "machine learning") finds its papers too; a word
that no paper holds counts nothing, so that a misspelling empties no feed. Where few papers are about all subjects,
those about most of them are in that are alike beyond that (``core.search.similarity``).
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.bitset import rows_of
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.batch import Links, LoadedBatch
from core.search.categories import having
from core.search.hits import TermsFound, matched_terms
from core.search.match import term_hits
from core.search.scores import Listed, Scores, Sums, at_least, millionths
from core.search.similarity import SimilarityRanker
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


class ShortTextRanker:
    """Ranks by the part of the text that a paper holds, then by likeness."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> None:
        self._query = query
        self._terms = TermsFound(query)
        told = " ".join(word for text in texts_of(query) for subject in telling(text) for word in subject)
        self._similar = SimilarityRanker(replace(query, like=(LikedText(told),)), batches, links)
        self._subjects = subjects_of(query, batches, links)
        words = sum(len(subject.words) for subject in self._subjects)
        self._less = _LESS_A_WORD * max(words - _FEW_WORDS, 0)
        self._demands = self._of_enough(batches)

    def _of_enough(self, batches: Sequence[LoadedBatch]) -> Sequence[Demand]:
        """Return the demands of which one must be met: as many of the first as enough papers take."""
        for number, least in enumerate((_ENOUGH, 1), start=1):
            demands = _DEMANDS[:number]
            found = 0
            for batch in batches:
                rows = self._meeting(batch, demands)[0] & having(batch.index, "c:", self._query.categories.included)
                found += rows.bit_count()
                if found >= least:
                    return demands
        return _DEMANDS

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that hold enough of the text and, with keywords, match one of them."""
        rows, held = self._meeting(batch, self._demands)
        similar, likeness = self._similar.scores(batch)
        rows &= similar if self._query.keywords else rows
        return rows, Listed({row: held.of(row) + likeness.of(row) for row in rows_of(rows)})

    def _meeting(self, batch: LoadedBatch, demands: Sequence[Demand]) -> tuple[int, Sums]:
        """Return the rows that meet one of the demands, and how much of the text each row holds, in millionths."""
        held, everything, about = Sums(), 0, -1
        for subject in self._subjects:
            of_subject = Sums()
            for rows, share in zip(_rows_of(batch.index, subject), subject.shares, strict=True):
                held.add(rows, share)
                of_subject.add(rows, share)
                everything |= rows
            about &= at_least(of_subject, everything, round(_ABOUT * subject.whole))
        found = 0
        for demand in demands:
            rows = everything & about if demand.of_each else everything
            rows = at_least(held, rows, millionths(demand.whole - self._less))
            found |= at_least(self._similar.scores(batch)[1], rows, millionths(demand.alike)) if demand.alike else rows
        return found, held

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then what of the text a paper holds: long forms in place of their words."""
        terms: list[Term] = []
        for subject in self._subjects:
            words = dict(enumerate(subject.words))
            for term, inside in subject.long_forms:
                if term_hits(batch.index, term).rows >> row & 1:
                    terms.append(term)
                    for at in inside:
                        words.pop(at, None)
            terms += words.values()
        yield from self._terms.matched(batch, row)
        yield from matched_terms(batch.index, row, ((term, term_hits(batch.index, term)) for term in terms))


def _rows_of(index: BatchIndex, subject: Subject) -> list[int]:
    """The rows that hold each word and each pair; a long form, its acronym or the category has all of its words."""
    named = having(index, "c:", subject.categories)
    rows = [term_hits(index, word).rows | named for word in subject.words]
    for term, words in subject.long_forms:
        whole = term_hits(index, term).rows
        for at in words:
            rows[at] |= whole
    return rows + [term_hits(index, pair).rows for pair in subject.pairs]
