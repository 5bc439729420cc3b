"""
``like=``: how much more papers are like given ones than like any other, by the words they have in common.

The score of a paper is the cosine of its TF-IDF vector with each liked one, on the average, less the same with all
papers held (``core.search.centroid``); of one or two liked ones, with the papers nearest to them too
(``core.search.feedback``).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from heapq import nlargest
from itertools import chain
from typing import Final, NamedTuple

from core.index.bitset import bits_of, rows_of, rows_where
from core.index.memo import MemoKind, bits_size
from core.index.reader import BatchIndex
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.batch import BatchLinks, LoadedBatch, batches_within, oldest_day, row_text
from core.search.categories import qualifying_rows, rows_in_sets
from core.search.centroid import Centroid, learn, likeness
from core.search.feedback import FEW_LIKED, with_nearest
from core.search.hits import KeywordMatcher, batch_hits
from core.search.scores import SCORE_UNIT, ListedScores, Scores

_MOST_COMMON_WORDS: Final = 5
"""How many common words an entry tells."""
_LIKENESS_STEPS: Final = 10_000

_LIKEST_PAPERS: Final = 10
"""The papers most like a text: the likest alone may be the paper that it was taken from."""
_LIKEST_OF_DAYS: Final = 7
"""Of the newest days asked for: a feed is cut off long before the oldest of many, which need not be read for this."""
_LEAST_LIKENESS_PART: Final = 0.2
"""Less than so much of their median is about something else; ``benchmarks/relevance.py`` says what that costs."""
NEAREST_OF_DAY: Final = 20
"""
Of liked papers, so many of a day are in however little they are alike: cut as texts are, the first twenty of a day
would hold .29 of the same author's later papers in place of .43 (``benchmarks/relevance.py``).
"""

_CENTROIDS: Final = MemoKind[Centroid]("centroid", lambda centroid: 300 * len(centroid.words))
_MOVED_CENTROIDS: Final = MemoKind[Centroid]("moved centroid", lambda centroid: 300 * len(centroid.words))

_LEAST_LIKENESS_MEMO: Final = MemoKind[int]("least likeness", lambda _: 100)


def likeness_units(row_likeness: float) -> int:
    """A likeness as a score: most papers have less than a tenth, so four decimals count."""
    return round(row_likeness * _LIKENESS_STEPS) * (SCORE_UNIT // _LIKENESS_STEPS)


class Likeness(NamedTuple):
    """How like a centroid a batch's rows are, in units, and which of them have a word of it."""

    likeness_units: "array[int]"
    rows_in_common: int


_LIKENESS: Final = MemoKind[Likeness](
    "likeness", lambda rows: 4 * len(rows.likeness_units) + bits_size(rows.rows_in_common) + 100
)


class _RowsOfWords(NamedTuple):
    """A batch's rows with the words read so far, by their place, and those with one of them in the title."""

    rows: list[int]
    titled: dict[int, int]


class CommonWords:
    """Which words of a centroid a paper has; what was read of a batch is kept for its other papers."""

    def __init__(self, centroid: Centroid) -> None:
        self._words = sorted(centroid.words, key=lambda telling_word: -telling_word.weight * telling_word.rarity)
        self._read: defaultdict[int, _RowsOfWords] = defaultdict(lambda: _RowsOfWords([], {}))  # by the batch's number

    def of(self, index: BatchIndex, row: int, most_matched: int = _MOST_COMMON_WORDS) -> Iterator[Matched]:
        """Tell the words that make a paper like the centroid, those that say most first."""
        word_rows, title_rows = self._read[index.memo.number]
        for at, telling_word in enumerate(self._words):
            if at == len(word_rows):
                word_number = index.dictionary_words[telling_word.key].number
                word_rows.append(index.postings.rows(word_number) if word_number >= 0 else 0)
            if word_rows[at] >> row & 1:
                if at not in title_rows:
                    title_rows[at] = index.postings.hits(index.dictionary_words[telling_word.key].number).title
                yield Matched(telling_word.written_word, "title" if title_rows[at] >> row & 1 else "abstract")
                most_matched -= 1
                if not most_matched:
                    return


class SimilarityRanker:
    """Ranks by likeness to the liked papers and texts together; these papers themselves are left out."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> None:
        self._query = query
        self._terms = KeywordMatcher(query)
        liked_ids = [liked for liked in query.like if not isinstance(liked, LikedText)]
        self._liked = {paper_row for arxiv_id in liked_ids for paper_row in links.paper_rows(arxiv_id)}
        self._numbers = {id(batch.index): batch_number for batch_number, batch in enumerate(batches)}
        self._name = (links.memo.number, query.like)
        liked_centroid = links.memo.remembered(_CENTROIDS, query.like, lambda: _centroid_of(query, batches, links))
        moved_centroid = partial(self._moved, liked_centroid, batches)
        self._centroid = links.memo.remembered(_MOVED_CENTROIDS, query.like, moved_centroid)
        self._common = CommonWords(liked_centroid)

    def _moved(self, centroid: Centroid, batches: Sequence[LoadedBatch]) -> Centroid:
        return with_nearest(centroid, batches, self._liked) if len(self._query.like) <= FEW_LIKED else centroid

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that keywords match or, without keywords, those with a word in common."""
        index = batch.index
        row_likeness = self._row_likeness(index)
        scored_rows = row_likeness.rows_in_common
        if self._query.keywords:
            scored_rows = 0
            for term in self._query.keywords:
                scored_rows |= batch_hits(batch, term, self._query.match).rows
        likeness_scores = ListedScores(dict(enumerate(row_likeness.likeness_units)))
        return (scored_rows if self._centroid.words else 0) & ~self._liked_rows(index), likeness_scores

    def _liked_rows(self, index: BatchIndex) -> int:
        batch_number = self._numbers[id(index)]
        return bits_of((liked.row for liked in self._liked if liked.batch == batch_number), index.count)

    def _row_likeness(self, index: BatchIndex) -> Likeness:
        return index.memo.remembered(_LIKENESS, self._name, lambda: self._likeness(index))

    def _likeness(self, index: BatchIndex) -> Likeness:
        row_likenesses, rows_in_common = likeness(index, self._centroid)
        return Likeness(array("i", map(likeness_units, row_likenesses)), rows_in_common)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then the words that make a paper like the liked ones."""
        yield from self._terms.matched(batch, row)
        yield from self._common.of(batch.index, row)


class CutRanker(SimilarityRanker):
    """
    Ranks by likeness alone, and leaves out what is much less alike than the papers that are most.

    Texts say what they are about. Liked papers are examples, so the nearest of each day are in, too.
    """

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> None:
        super().__init__(query, batches, links)
        self._likes_texts_alone = all(isinstance(liked, LikedText) for liked in query.like)
        oldest_asked, newest_asked = oldest_day(batches, query), query.until or batches[0].day
        asked_batches = [batch for batch in batches if oldest_asked < batch.day <= newest_asked]
        self._liked_in_categories = f"{','.join(map(str, query.like))} {query.categories}"
        likeness_key = f"{self._liked_in_categories} {oldest_asked} {newest_asked}"
        self._least_likeness = links.memo.remembered(
            _LEAST_LIKENESS_MEMO, likeness_key, lambda: self._least_of(asked_batches)
        )

    def _least_of(self, asked_batches: Sequence[LoadedBatch]) -> int:
        likeness_by_batch = map(self._units_of_categories, batches_within(asked_batches, _LIKEST_OF_DAYS))
        likest = nlargest(_LIKEST_PAPERS, chain.from_iterable(likeness_by_batch))
        return max(round(_LEAST_LIKENESS_PART * likest[len(likest) // 2]), 1) if likest else 1

    def _units_of_categories(self, batch: LoadedBatch) -> list[int]:
        """How like the texts and papers those of the query's categories are."""
        return self._units_of(batch, rows_in_sets(batch.index, "c:", self._query.categories.included))

    def _units_of(self, batch: LoadedBatch, rows: int) -> list[int]:
        row_likeness = self._row_likeness(batch.index)
        scored_rows = row_likeness.rows_in_common & rows & ~self._liked_rows(batch.index)
        return [row_likeness.likeness_units[row] for row in rows_of(scored_rows)]

    def _least_of_day(self, batch: LoadedBatch) -> int:
        """How like them a batch's papers must be."""
        if self._likes_texts_alone:
            return self._least_likeness
        announced_types = "".join(sorted(self._query.types))
        likeness_key = f"{self._name[0]} {self._liked_in_categories} {self._query.primary} {announced_types}"
        return min(
            self._least_likeness,
            batch.index.memo.remembered(_LEAST_LIKENESS_MEMO, likeness_key, lambda: self._least_of_nearest(batch)),
        )

    def _least_of_nearest(self, batch: LoadedBatch) -> int:
        qualifying_units = self._units_of(batch, qualifying_rows(batch.index, self._query))
        return min(nlargest(NEAREST_OF_DAY, qualifying_units), default=0)

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that are alike beyond what any two papers of a field are."""
        scored_rows, scores = super().scores(batch)
        least, likeness_units = self._least_of_day(batch), self._row_likeness(batch.index).likeness_units
        return scored_rows & rows_where([units >= least for units in likeness_units]), scores


def is_cut(query: FeedQuery) -> bool:
    """Whether only what is alike enough is in. Keywords, or a lowest score, say themselves what is."""
    return bool(query.like) and not query.keywords and not query.min_score


def _centroid_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> Centroid:
    """Read the liked papers, once for a snapshot. Those that are not held say nothing."""
    liked_texts = []
    for liked in query.like:
        if isinstance(liked, LikedText):
            liked_texts.append(liked.text)
        elif liked_rows := links.paper_rows(liked):
            liked_texts.append(row_text(batches, liked_rows[0]))
    return learn(liked_texts, batches)
