"""Scoring by likes, and saying why: a ranker for a selection of papers."""

from collections.abc import Iterator, Sequence
from typing import Final

from core.index.bitset import rows_of
from core.language.words import cut_words, word_key
from core.paper import VOTES, Matched, Paper
from core.profiles.taste import Taste, closeness, deviation, nearest, penalty, points, vector_of
from core.profiles.vectors import Collection, Vector
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.order import Placed, by_rank
from core.search.scores import Listed, Ranker, Scores, at_least, millionths, rounded

_KEYWORD_SHARE: Final = 0.25
"""Likes lead: a keyword's score counts a quarter beside them, enough to settle what is equally liked."""
_MOST_COMMON_WORDS: Final = 3
"""So many words in common are told as a reason."""
_LEAST_TOLD_POINTS: Final = 0.05
"""Fewer points are no reason."""


class LearnedRanker:
    """Filters as the feed's own ranker does; scores by likes, and a little by what that ranker says."""

    unit = 1

    def __init__(self, rules_ranker: Ranker, query: FeedQuery, taste: Taste, collection: Collection) -> None:
        self._rules_ranker = rules_ranker
        self._least_units = -(-millionths(query.min_score) // rules_ranker.unit)
        self._likes_lead = bool(taste.liked)
        like_scores = [(index, collection.scores(index, taste.centroid)) for index in collection.indexes]
        score_deviation = deviation(score for _, scores in like_scores for score in scores)
        self._like_deviations = {
            id(index): [score / score_deviation for score in scores] for index, scores in like_scores
        }

    def like_deviations(self, batch: LoadedBatch, row: int) -> float:
        """How far a paper lies above the average one, in standard deviations; 0 while nothing is liked."""
        return self._like_deviations[id(batch.index)][row] if self._likes_lead else 0.0

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        rows, rule_scores = self._rules_ranker.scores(batch)
        if self._least_units:
            rows = at_least(rule_scores, rows, self._least_units)
        keyword_share = _KEYWORD_SHARE * self._rules_ranker.unit
        ranked_units = {row: round(keyword_share * rule_scores.of(row)) for row in rows_of(rows)}
        if self._likes_lead:
            for row, like_deviations in enumerate(self._like_deviations[id(batch.index)]):
                ranked_units[row] = ranked_units.get(row, 0) + rounded(points(like_deviations))
        return rows, Listed(ranked_units)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        return self._rules_ranker.matched(batch, row)


class VoteReasons:
    """What likes and dislikes make of single papers, and in which words."""

    def __init__(self, ranker: LearnedRanker, taste: Taste, collection: Collection) -> None:
        self._ranker = ranker
        self._liked = [(each.name, each.vector) for each in taste.liked]
        self._voted = {each.name for each in taste.liked if each.voted}
        self._disliked = taste.disliked
        self._collection = collection
        self._lost_points: dict[str, float] = {}

    def sink_disliked(self, day: Sequence[Placed], batches: Sequence[LoadedBatch]) -> list[Placed]:
        """Papers in their order; those that are close to a disliked one lose points."""
        if not self._disliked:
            return list(day)
        closeness_by_paper = {placed: self._closeness(placed, batches) for placed in day}
        closeness_deviation = deviation(closeness_by_paper.values())
        sunk_papers = []
        for placed, paper_closeness in closeness_by_paper.items():
            likes_before = self._ranker.like_deviations(batches[placed.where.batch], placed.where.row)
            lost_points = points(likes_before) - points(likes_before - penalty(paper_closeness, closeness_deviation))
            self._lost_points[placed.arxiv_id] = lost_points
            sunk_papers.append(placed._replace(units=placed.units - rounded(lost_points)))
        return sorted(sunk_papers, key=by_rank)

    def _closeness(self, placed: Placed, batches: Sequence[LoadedBatch]) -> float:
        paper = batches[placed.where.batch].papers[placed.where.row]
        return closeness(vector_of(paper, self._collection), self._disliked)

    def of(self, placed: Placed, paper: Paper, batch: LoadedBatch) -> Iterator[Matched]:
        """Tell by how much likes lifted or lowered a paper, which one most, and through which words."""
        paper_vector = vector_of(paper, self._collection)
        gained_points = points(self._ranker.like_deviations(batch, placed.where.row))
        if self._liked and gained_points >= _LEAST_TOLD_POINTS:
            name, liked_vector = nearest(paper_vector, self._liked)
            voted_for = ", which you voted for" if name in self._voted else ""
            common_words = _common_words(paper_vector, liked_vector, paper)
            yield Matched(f"{gained_points:+.1f} like {name}{voted_for}{common_words}", VOTES)
        lost_points = self._lost_points.get(paper.arxiv_id, 0.0)
        if lost_points >= _LEAST_TOLD_POINTS:
            name, disliked_vector = nearest(paper_vector, self._disliked)
            common_words = _common_words(paper_vector, disliked_vector, paper)
            yield Matched(f"{-lost_points:+.1f} like {name}, which you voted against{common_words}", VOTES)


def _common_words(paper_vector: Vector, voted_vector: Vector, paper: Paper) -> str:
    """The words that say most of what two papers have in common, as this one writes them."""
    shared_words = sorted(
        paper_vector.keys() & voted_vector.keys(), key=lambda word: (-paper_vector[word] * voted_vector[word], word)
    )[:_MOST_COMMON_WORDS]
    written_words = {word_key(word): word for text in (paper.abstract, paper.title) for _, word in cut_words(text)}
    return f": {', '.join(written_words.get(word, word) for word in shared_words)}" if shared_words else ""
