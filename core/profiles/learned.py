"""Scoring by likes, and saying why: a ranker for a selection of papers."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from core.index.bitset import rows_of, rows_where
from core.paper import VOTES_FIELD, Matched, Paper
from core.profiles.taste import Taste, dislike_closeness, dislike_penalty, like_points
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.order import PlacedPaper, by_rank
from core.search.scores import ListedScores, Ranker, Scores, at_least, millionths, rounded
from core.search.text_vectors import Collection, TextVector, nearest_vector, shared_words, standard_deviation

_KEYWORD_SHARE_BESIDE_LIKES: Final = 0.25
"""Likes lead: a keyword's score counts a quarter beside them, enough to settle what is equally liked."""
_MOST_VOTED_WORDS: Final = 3
"""So many words in common are told as a reason."""
_LEAST_TOLD_POINTS: Final = 0.05
"""Fewer points are no reason."""


class LearnedRanker:
    """Filters as the feed's own ranker does, but for what was delivered; scores by likes, and a little as that does."""

    unit = 1

    def __init__(
        self,
        saved_rules_ranker: Ranker,
        rules_query: FeedQuery,
        taste: Taste,
        collection: Collection,
        saved_feed_delivered: AbstractSet[str],
    ) -> None:
        self.matched = saved_rules_ranker.matched
        self._saved_rules_ranker = saved_rules_ranker
        self._saved_feed_delivered = saved_feed_delivered
        self._least_rules_units = -(-millionths(rules_query.min_score) // saved_rules_ranker.unit)
        self._profile_has_likes = bool(taste.liked)
        taste_scores = [(index, collection.scores(index, taste.taste_centroid)) for index in collection.indexes]
        taste_deviation = standard_deviation(
            taste_score for _, batch_tastes in taste_scores for taste_score in batch_tastes
        )
        self._taste_deviations = {
            id(index): [taste_score / taste_deviation for taste_score in batch_tastes]
            for index, batch_tastes in taste_scores
        }

    def taste_deviations(self, batch: LoadedBatch, row: int) -> float:
        """How far a paper lies above the average one, in standard deviations; 0 while nothing is liked."""
        return self._taste_deviations[id(batch.index)][row] if self._profile_has_likes else 0.0

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        rows_by_rules, rules_scores = self._saved_rules_ranker.scores(batch)
        if self._least_rules_units:
            rows_by_rules = at_least(rules_scores, rows_by_rules, self._least_rules_units)
        rows_by_rules |= rows_where(arxiv_id in self._saved_feed_delivered for arxiv_id in batch.index.ids)
        keyword_share = _KEYWORD_SHARE_BESIDE_LIKES * self._saved_rules_ranker.unit
        learned_units = {row: round(keyword_share * rules_scores.of(row)) for row in rows_of(rows_by_rules)}
        if self._profile_has_likes:
            for row, taste_deviations in enumerate(self._taste_deviations[id(batch.index)]):
                learned_units[row] = learned_units.get(row, 0) + rounded(like_points(taste_deviations))
        return rows_by_rules, ListedScores(learned_units)


class VoteReasons:
    """What likes and dislikes make of single papers, and in which words."""

    def __init__(self, learned_ranker: LearnedRanker, taste: Taste, collection: Collection) -> None:
        self._learned_ranker = learned_ranker
        self._liked = [(liked.name, liked.vector) for liked in taste.liked]
        self._voted = {liked.name for liked in taste.liked if liked.voted}
        self._disliked = taste.disliked
        self._collection = collection
        self._lost_points: dict[str, float] = {}

    def sink_disliked(self, learned_day: Sequence[PlacedPaper], batches: Sequence[LoadedBatch]) -> list[PlacedPaper]:
        """Papers in their order; those that are close to a disliked one lose points."""
        if not self._disliked:
            return list(learned_day)
        closeness_by_paper = {
            learned_place: self._dislike_closeness(learned_place, batches) for learned_place in learned_day
        }
        closeness_deviation = standard_deviation(closeness_by_paper.values())
        sunk_by_dislikes = []
        for learned_place, closeness in closeness_by_paper.items():
            learned_batch = batches[learned_place.newest_row.batch]
            taste_before = self._learned_ranker.taste_deviations(learned_batch, learned_place.newest_row.row)
            taste_after = taste_before - dislike_penalty(closeness, closeness_deviation)
            lost_points = like_points(taste_before) - like_points(taste_after)
            self._lost_points[learned_place.arxiv_id] = lost_points
            sunk_by_dislikes.append(
                learned_place._replace(score_units=learned_place.score_units - rounded(lost_points))
            )
        return sorted(sunk_by_dislikes, key=by_rank)

    def _dislike_closeness(self, learned_place: PlacedPaper, batches: Sequence[LoadedBatch]) -> float:
        sunk_paper = batches[learned_place.newest_row.batch].papers[learned_place.newest_row.row]
        return dislike_closeness(self._collection.paper_vector(sunk_paper), self._disliked)

    def vote_reasons(self, learned_place: PlacedPaper, paper: Paper, batch: LoadedBatch) -> Iterator[Matched]:
        """Tell by how much likes lifted or lowered a paper, which one most, and through which words."""
        paper_vector = self._collection.paper_vector(paper)
        gained_points = like_points(self._learned_ranker.taste_deviations(batch, learned_place.newest_row.row))
        if self._liked and gained_points >= _LEAST_TOLD_POINTS:
            liked_name, liked_vector = nearest_vector(paper_vector, self._liked)
            voted_for = ", which you voted for" if liked_name in self._voted else ""
            voted_words = _voted_words(paper, paper_vector, liked_vector)
            yield Matched(f"{gained_points:+.1f} like {liked_name}{voted_for}{voted_words}", VOTES_FIELD)
        lost_points = self._lost_points.get(paper.arxiv_id, 0.0)
        if lost_points >= _LEAST_TOLD_POINTS:
            disliked_name, disliked_vector = nearest_vector(paper_vector, self._disliked)
            voted_words = _voted_words(paper, paper_vector, disliked_vector)
            yield Matched(
                f"{-lost_points:+.1f} like {disliked_name}, which you voted against{voted_words}", VOTES_FIELD
            )


def _voted_words(paper: Paper, paper_vector: TextVector, voted_vector: TextVector) -> str:
    """Tell what a paper has in common with a voted one, in the words of this one."""
    voted_words = shared_words(paper, paper_vector, voted_vector, _MOST_VOTED_WORDS)
    return f": {', '.join(voted_words)}" if voted_words else ""
