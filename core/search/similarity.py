"""``like=``: ranking by likeness to given papers, over the same index."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from core.index.memo import Kind
from core.language.words import FUNCTION_WORDS, as_acronym, cut, key
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import Links, LoadedBatch, Row
from core.search.hits import hits_of, matched_terms
from core.search.scores import Listed, Scores, rounded

_MOST_WORDS: Final = 50
"""How many of the liked papers' most telling words are looked for."""
_LEAST: Final = 0.06
"""Below this likeness, papers have no more in common than any two of one field."""
_SHOWN: Final = 5
"""How many common words an entry tells."""


class TellingWord(Struct, frozen=True):
    """A word of the liked papers: its key, how it is written, its weight in them, and how rare it is."""

    key: str
    written: str
    weight: float
    rarity: float


class Profile(Struct, frozen=True):
    """What the liked papers are about. ``density`` is the squared length of their vectors per word of text."""

    words: tuple[TellingWord, ...]
    density: float


_PROFILES: Final = Kind[Profile]("profile", lambda profile: 300 * len(profile.words))


class SimilarityRanker:
    """Cosine between the TF-IDF vectors of a paper and of the liked ones together; these themselves are left out."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> None:
        self._query = query
        self._liked = {where for arxiv_id in query.like for where in links.rows(arxiv_id)}
        self._numbers = {id(batch.index): number for number, batch in enumerate(batches)}
        self._profile = _profile(query, batches, links)

    def scores(self, batch: LoadedBatch) -> tuple[int, Scores]:
        """Score the rows that are like enough and, when there are keywords, match one."""
        index, profile = batch.index, self._profile
        total: dict[int, float] = {}
        for word in profile.words:
            number = index.words.find(word.key)
            if number >= 0:
                for row, count in index.postings.counts(number).items():
                    total[row] = total.get(row, 0.0) + word.weight * (1 + math.log(count)) * word.rarity
        lengths = index.lengths
        near = {row: score / math.sqrt(profile.density * lengths[row]) for row, score in total.items()}
        units = {row: rounded(min(score, 1)) for row, score in near.items() if score >= _LEAST}
        number = self._numbers[id(index)]
        rows = sum(1 << row for row in units if Row(number, row) not in self._liked)
        if self._query.keywords:
            matched = 0
            for term in self._query.keywords:
                matched |= hits_of(batch, term, self._query.match).rows
            rows &= matched
        return rows, Listed(units)

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then the words that make a paper like the liked ones."""
        yield from matched_terms(batch, row, self._query)
        index = batch.index
        numbers = ((word, index.words.find(word.key)) for word in self._profile.words)
        common = ((word, index.postings.hits(number)) for word, number in numbers if number >= 0)
        shared = (each for each in common if each[1].rows >> row & 1)
        for word, hits in sorted(shared, key=lambda each: -each[0].weight * each[0].rarity)[:_SHOWN]:
            yield Matched(word.written, "title" if hits.title >> row & 1 else "abstract")


def _profile(query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> Profile:
    """Read the liked papers, once for a snapshot. Those that are not held say nothing."""
    rows = [where[0] for where in map(links.rows, query.like) if where]
    return links.memo.remembered(
        _PROFILES, query.like, lambda: _read_profile([_words_of(batches, where) for where in rows], batches)
    )


def _words_of(batches: Sequence[LoadedBatch], where: Row) -> list[str]:
    paper = batches[where.batch].papers[where.row]
    return [word for text in (paper.title, paper.abstract) for _, word in cut(text)]


def _read_profile(texts: Sequence[Sequence[str]], batches: Sequence[LoadedBatch]) -> Profile:
    written = {key(word): word if as_acronym(word) else word.lower() for text in texts for word in text}
    rarity = {each: _rarity(each, batches) for each in written}
    total: defaultdict[str, float] = defaultdict(float)
    density = 0.0
    for text in texts:
        vector = _vector(text, rarity)
        squared = sum(weight * weight for weight in vector.values()) or 1.0
        density += squared / max(len(text), 1) / len(texts)
        for each, weight in vector.items():
            total[each] += weight / math.sqrt(squared)
    size = math.sqrt(sum(weight * weight for weight in total.values())) or 1.0
    best = sorted(total, key=lambda each: (-total[each], each))[:_MOST_WORDS]
    words = tuple(TellingWord(each, written[each], total[each] / size, rarity[each]) for each in best)
    return Profile(words, density or 1.0)


def _vector(text: Sequence[str], rarity: dict[str, float]) -> dict[str, float]:
    """Weigh a text's words: how often, and how rare; little words tell nothing."""
    counts = Counter(key(word) for word in text if len(word) > 1 and word.lower() not in FUNCTION_WORDS)
    return {each: (1 + math.log(count)) * rarity[each] for each, count in counts.items()}


def _rarity(word: str, batches: Sequence[LoadedBatch]) -> float:
    papers = sum(batch.index.count for batch in batches)
    numbers = ((batch.index, batch.index.words.find(word)) for batch in batches)
    holding = sum(index.postings.frequency(number) for index, number in numbers if number >= 0)
    return math.log((1 + papers) / (1 + holding))
