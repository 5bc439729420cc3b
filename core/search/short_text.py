"""
``like=text:`` of a few words: the papers that hold most of what the words say, those that hold all of it first.

A soft conjunction: every word counts as much as it is rare among the papers held (its idf), and a paper is in that
holds enough of what all of them count. Who says LLM says "large language models" too, where the papers held define it;
a word that no paper holds counts nothing, so that a misspelling empties no feed.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.bitset import bits_of, rows_of
from core.index.memo import Kind
from core.index.reader import BatchIndex
from core.index.vectors import tells
from core.language.terms import Term, Word, join_clauses, one_word, phrase
from core.language.words import FUNCTION_WORDS, cut_apart, fold, key
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.acronyms import expanded, known_acronyms
from core.search.batch import Links, LoadedBatch
from core.search.hits import matched_terms
from core.search.match import term_hits
from core.search.scores import Listed, millionths
from core.search.similarity import Rarities, SimilarityRanker

MOST_PARTS: Final = 12
"""A text of more words is compared as a whole: no paper holds most of a paragraph."""
_LEAST_SHARE: Final = 0.6
"""What part of all that the words count a paper must hold."""
_FEW_PARTS: Final = 5
_LESS_A_PART: Final = 0.04
"""With each word over ``_FEW_PARTS``, a paper must hold this much less: a whole title is rarely said twice."""

_ASKING: Final = "paper article recent latest interested looking want find related"
_OF_ASKING: Final = frozenset(map(key, _ASKING.split(" ")))
"""Words with which people ask for a subject, by their keys: they are not the subject."""


class Parts(Struct, frozen=True):
    """The words of a text as terms, how rare each is, and the long forms among them with the words they are made of."""

    words: tuple[Term, ...]
    rarities: tuple[float, ...]
    long_forms: tuple[tuple[Term, range], ...]

    @property
    def size(self) -> int:
        """Bytes, estimated."""
        return 1000 * (len(self.words) + len(self.long_forms))


_PARTS: Final = Kind[Parts]("parts of a text", lambda parts: parts.size)


def is_short(query: FeedQuery) -> bool:
    """Whether all that is liked is texts of a few words together."""
    texts = [each.text for each in query.like if isinstance(each, LikedText)]
    return len(texts) == len(query.like) and 0 < len(_telling(" ".join(texts))) <= MOST_PARTS


class ShortTextRanker:
    """Ranks by the share of the text that a paper holds, then by likeness."""

    unit = 1

    def __init__(self, query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> None:
        self._query = query
        self._similar = SimilarityRanker(query, batches, links)
        name = (query.like, query.expand)
        self._parts = links.memo.remembered(_PARTS, name, lambda: _parts_of(query, batches, links))
        self._whole = sum(self._parts.rarities) or 1.0
        more = max(len(self._parts.words) - _FEW_PARTS, 0)
        self._least = (_LEAST_SHARE - _LESS_A_PART * more) * self._whole

    def scores(self, batch: LoadedBatch) -> tuple[int, Listed]:
        """Score the rows that hold enough of the text and, with keywords, match one of them."""
        similar, likeness = self._similar.scores(batch)
        held = {row: share for row, share in self._held(batch.index).items() if share >= self._least}
        units = {row: millionths(share / self._whole) + likeness.of(row) for row, share in held.items()}
        rows = bits_of(held, batch.index.count)
        return rows & similar if self._query.keywords else rows, Listed(units)

    def _held(self, index: BatchIndex) -> dict[int, float]:
        """How much of the text each row holds; who has a long form, or its acronym, has all of its words."""
        rows = [term_hits(index, word).rows for word in self._parts.words]
        for term, words in self._parts.long_forms:
            whole = term_hits(index, term).rows
            for at in words:
                rows[at] |= whole
        held: dict[int, float] = {}
        for each, rarity in zip(rows, self._parts.rarities, strict=True):
            for row in rows_of(each):
                held[row] = held.get(row, 0.0) + rarity
        return held

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        """Tell the keywords, then what of the text a paper holds."""
        words = dict(enumerate(self._parts.words))
        long_forms = []
        for term, inside in self._parts.long_forms:
            if term_hits(batch.index, term).rows >> row & 1:
                long_forms.append(term)
                for at in inside:
                    words.pop(at, None)
        yield from matched_terms(batch, row, self._query)
        yield from matched_terms(
            batch, row, replace(self._query, keywords=(*long_forms, *words.values()), match="word")
        )


def _telling(text: str) -> list[str]:
    """The words that say what a text is about, each once."""
    words = {key(word): word for word in cut_apart(text)[1] if fold(word) not in FUNCTION_WORDS and tells(key(word))}
    return [word for each, word in words.items() if each not in _OF_ASKING] or list(words.values())


def _parts_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: Links) -> Parts:
    rarities = Rarities(batches)
    text = " ".join(each.text for each in query.like if isinstance(each, LikedText))
    words = [word for word in _telling(text) if rarities.holding(key(word))]
    known = known_acronyms(batches, links).short if query.expand != "no" else {}
    runs = [range(at, at + size) for at in range(len(words)) for size in range(2, len(words) - at + 1)]
    runs = [run for run in runs if tuple(key(words[at]) for at in run) in known]
    phrases = [phrase([Word(words[at]) for at in run]) for run in runs]
    terms = tuple(join_clauses([clause]) for clause in (*map(one_word, words), *phrases))
    wide = expanded(replace(query, keywords=terms, match="word"), batches, links).keywords
    return Parts(
        wide[: len(words)],
        tuple(rarities[key(word)] for word in words),
        tuple(zip(wide[len(words) :], runs, strict=True)),
    )
