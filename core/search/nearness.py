"""How near the nearest papers are to an interest of a few words: whether any is about it. Pure; pages ask for it."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Final

from msgspec import Struct

from core.index.bitset import rows_of
from core.language.words import word_key
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch, link_batches, rarity_corpus
from core.search.categories import qualifying_rows
from core.search.centroid import Rarities
from core.search.overview import shown_batches
from core.search.scores import SCORE_UNIT
from core.search.short_text import ShortTextRanker
from core.search.subjects import subjects_of, telling, texts_of

LEAST_NEARNESS: Final = 0.55
"""
Measured on 45 interests (``benchmarks/relevance.py``). Of 20 that the recorded categories are about, the nearest paper
holds this part of 18, and one has no paper; of 25 of other fields, nine have none, and it holds less of thirteen
(of eleven, were papers without the rarest word near, too).

Each rare word (of a rarity of 3 or more) in some near paper is not asked for as well: two more of the 25 would be far,
but on each of the four days alone one to five more of the 20, too.
"""


class Nearness(Struct, frozen=True):
    """
    What part of an interest the nearest paper holds (0 to 1), and which of its words no paper held has.

    A paper without the rarest word of the interest is not near: "quantum error correction" is nothing without quantum.
    """

    part: float
    unheld_words: tuple[str, ...]

    @property
    def is_far(self) -> bool:
        return self.part < LEAST_NEARNESS


def nearness(batches: Sequence[LoadedBatch], query: FeedQuery) -> Nearness:
    """Tell it of a query for which ``core.search.short_text.is_short`` holds; an unheld word is as rare as can be."""
    links = link_batches(tuple(batch.index for batch in batches))
    rarities = Rarities(rarity_corpus(batches))
    subject_terms = (term for subject in subjects_of(query, batches, links) for term in subject.subject_words)
    held_keys = {word_key(word.text) for term in subject_terms for word in term.clauses[0].words}
    text_words = [word for words in telling(", ".join(texts_of(query))) for word in words]
    unheld_words = tuple(word for word in text_words if word_key(word) not in held_keys)
    held_rarity = sum(rarities[word_key(word)] for word in text_words if word not in unheld_words)
    text_rarity = held_rarity + sum(rarities[word_key(word)] for word in unheld_words)
    rarest_key = max(map(word_key, text_words), key=lambda key: (key not in held_keys, rarities[key]), default="")
    ranker = ShortTextRanker(query, batches, links)
    largest_share = 0
    for _, batch in shown_batches(batches, query):
        text_shares = ranker.text_shares(batch.index)
        word_rows = ((word_key(term.clauses[0].words[0].text), rows) for term, rows in ranker.word_rows(batch.index))
        rarest_rows = reduce(or_, (rows for key, rows in word_rows if key == rarest_key), 0)
        near_rows = rows_of(qualifying_rows(batch.index, query) & rarest_rows)
        largest_share = max([largest_share, *(text_shares.get(row, 0) for row in near_rows)])
    return Nearness(largest_share / SCORE_UNIT * held_rarity / (text_rarity or 1.0), unheld_words)
