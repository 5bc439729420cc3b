"""Scoring by likes, and saying why: a ranker for a selection of papers."""

from collections.abc import Iterator, Sequence
from typing import Final

from core.index.bitset import rows_of
from core.language.words import cut, key
from core.paper import VOTES, Matched, Paper
from core.profiles.taste import Taste, closeness, deviation, nearest, penalty, points, vector_of
from core.profiles.vectors import Collection, Vector
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.order import Placed, by_rank
from core.search.scores import Listed, Ranker, Scores, at_least, millionths, rounded

_KEYWORD_SHARE: Final = 0.25
"""Likes lead: a keyword's score counts a quarter beside them, enough to settle what is equally liked."""
_COMMON_WORDS: Final = 3
"""So many words in common are told as a reason."""
_TOLD: Final = 0.05
"""Fewer points are no reason."""


class LearnedRanker:
    """Filters as the feed's own ranker does; scores by likes, and a little by what that ranker says."""

    unit = 1

    def __init__(self, own: Ranker, query: FeedQuery, taste: Taste, collection: Collection) -> None:
        self._own = own
        self._least = -(-millionths(query.min_score) // own.unit)
        self._leads = bool(taste.liked)
        raw = [(index, collection.scores(index, taste.centroid)) for index in collection.indexes]
        spread = deviation(score for _, scores in raw for score in scores)
        self._deviations = {id(index): [score / spread for score in scores] for index, scores in raw}

    def deviations(self, batch: LoadedBatch, row: int) -> float:
        """How far a paper lies above the average one, in standard deviations; 0 while nothing is liked."""
        return self._deviations[id(batch.index)][row] if self._leads else 0.0

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        rows, own = self._own.scores(batch)
        if self._least:
            rows = at_least(own, rows, self._least)
        share = _KEYWORD_SHARE * self._own.unit
        units = {row: round(share * own.of(row)) for row in rows_of(rows)}
        if self._leads:
            for row, deviations in enumerate(self._deviations[id(batch.index)]):
                units[row] = units.get(row, 0) + rounded(points(deviations))
        return rows, Listed(units)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return self._own.matched(batch, row)


class Reasons:
    """What likes and dislikes make of single papers, and in which words."""

    def __init__(self, ranker: LearnedRanker, taste: Taste, collection: Collection) -> None:
        self._ranker = ranker
        self._liked = [(each.name, each.vector) for each in taste.liked]
        self._voted = {each.name for each in taste.liked if each.voted}
        self._disliked = taste.disliked
        self._collection = collection
        self._lost: dict[str, float] = {}

    def sunk(self, day: Sequence[Placed], batches: Sequence[LoadedBatch]) -> list[Placed]:
        """Papers in their order; those that are close to a disliked one lose points."""
        if not self._disliked:
            return list(day)
        close = {each: self._closeness(each, batches) for each in day}
        spread = deviation(close.values())
        moved = []
        for each, distance in close.items():
            before = self._ranker.deviations(batches[each.where.batch], each.where.row)
            lost = points(before) - points(before - penalty(distance, spread))
            self._lost[each.arxiv_id] = lost
            moved.append(each._replace(units=each.units - rounded(lost)))
        return sorted(moved, key=by_rank)

    def _closeness(self, placed: Placed, batches: Sequence[LoadedBatch]) -> float:
        paper = batches[placed.where.batch].papers[placed.where.row]
        return closeness(vector_of(paper, self._collection), self._disliked)

    def of(self, placed: Placed, paper: Paper, batch: LoadedBatch) -> Iterator[Matched]:
        """Tell by how much likes lifted or lowered a paper, which one most, and through which words."""
        vector = vector_of(paper, self._collection)
        gained = points(self._ranker.deviations(batch, placed.where.row))
        if self._liked and gained >= _TOLD:
            name, liked = nearest(vector, self._liked)
            how = ", which you voted for" if name in self._voted else ""
            yield Matched(f"{gained:+.1f} like {name}{how}{_common(vector, liked, paper)}", VOTES)
        lost = self._lost.get(paper.arxiv_id, 0.0)
        if lost >= _TOLD:
            name, disliked = nearest(vector, self._disliked)
            yield Matched(f"{-lost:+.1f} like {name}, which you voted against{_common(vector, disliked, paper)}", VOTES)


def _common(one: Vector, other: Vector, paper: Paper) -> str:
    """The words that say most of what two papers have in common, as this one writes them."""
    shared = sorted(one.keys() & other.keys(), key=lambda word: (-one[word] * other[word], word))[:_COMMON_WORDS]
    written = {key(word): word for text in (paper.abstract, paper.title) for _, word in cut(text)}
    return f": {', '.join(written.get(word, word) for word in shared)}" if shared else ""
