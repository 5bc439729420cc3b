"""What was announced in a period, by category and by keyword, and which keywords rose against the weeks before."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.language.terms import Term
from core.paper import AnnounceType
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.categories import announced_as
from core.search.hits import hits_of
from core.taxonomy import CategoryFilter

MOST_CATEGORIES: Final = 25
"""Of an archive with more, those with the most papers are listed."""
LEAST_PAPERS: Final = 5
"""A keyword in fewer papers of the week has not risen, whatever its share was."""
SURE: Final = 2.0
"""How many standard errors a share must lie above the one before: chance alone passes this once in 44 times."""
PER: Final = 1000


class CategoryCount(Struct, frozen=True):
    """One category in the period: announced by type, and how many of those the query matched."""

    category: str
    new: int
    cross: int
    replace: int
    matched: int

    @property
    def announced(self) -> int:
        return self.new + self.cross + self.replace


class KeywordCount(Struct, frozen=True):
    """
    One keyword in the period: in how many of the announced papers it stands, of the types and categories asked for.

    ``share`` and ``before`` are papers in a thousand announced ones; ``before`` is of the two weeks before, None when
    nothing of them is held.
    """

    term: str
    papers: int
    share: float
    before: float | None = None
    rose: bool = False


def count_types(batches: Iterable[LoadedBatch], categories: CategoryFilter) -> CategoryCount:
    """Count the papers of all these categories together; a paper of several batches counts in each."""
    counts = [0, 0, 0]
    for batch in batches:
        for place, rows in enumerate(_by_kind(batch, categories)):
            counts[place] += rows.bit_count()
    return CategoryCount(str(categories), counts[0], counts[1], counts[2], 0)


def count_categories(
    batches: Sequence[LoadedBatch], query: FeedQuery, matched: Sequence[int]
) -> tuple[CategoryCount, ...]:
    """Count category by category; ``matched`` has the set of matched rows of each batch."""
    names = {name for batch in batches for name, _, _ in batch.index.announcements}
    asked = [name for name in names if name in query.categories.included]
    counted = [_count_category(name, batches, matched) for name in asked]
    counted.sort(key=lambda each: (-each.announced, each.category))
    return tuple(sorted(counted[:MOST_CATEGORIES], key=lambda each: each.category))


def _count_category(name: str, batches: Sequence[LoadedBatch], matched: Sequence[int]) -> CategoryCount:
    only = CategoryFilter(frozenset((name,)), frozenset(), (name,))
    found = count_types(batches, only)
    rows = zip((sum(_by_kind(batch, only)) for batch in batches), matched, strict=True)
    return CategoryCount(
        name, found.new, found.cross, found.replace, sum((of & chosen).bit_count() for of, chosen in rows)
    )


def _by_kind(batch: LoadedBatch, categories: CategoryFilter) -> tuple[int, int, int]:
    """Return the rows that are new, cross-listed and replaced: no row is in two of them."""
    found = announced_as(batch.index, categories)
    replaced = found[AnnounceType.REPLACE] | found[AnnounceType.REPLACE_CROSS]
    return found[AnnounceType.NEW], found[AnnounceType.CROSS], replaced


def count_keywords(
    now: Sequence[LoadedBatch], before: Sequence[LoadedBatch], query: FeedQuery
) -> tuple[KeywordCount, ...]:
    """Count every keyword of the query, the most frequent first, and compare it with the batches of before."""
    counted = [_count_keyword(term, query, now, before) for term in query.keywords]
    return tuple(sorted(counted, key=lambda each: (-each.papers, each.term)))


def _count_keyword(
    term: Term, query: FeedQuery, now: Sequence[LoadedBatch], before: Sequence[LoadedBatch]
) -> KeywordCount:
    papers, announced = _occurrences(term, query, now)
    earlier, earlier_announced = _occurrences(term, query, before)
    share = papers / announced if announced else 0.0
    if not earlier_announced:
        return KeywordCount(term.text, papers, round(share * PER, 1))
    sure = standard_errors(papers, announced, earlier, earlier_announced) >= SURE
    earlier_share = round(earlier / earlier_announced * PER, 1)
    return KeywordCount(term.text, papers, round(share * PER, 1), earlier_share, sure and papers >= LEAST_PAPERS)


def _occurrences(term: Term, query: FeedQuery, batches: Iterable[LoadedBatch]) -> tuple[int, int]:
    """Count the announced papers in which a term stands, and all of them."""
    holding = announced = 0
    for batch in batches:
        found = announced_as(batch.index, query.categories)
        rows = sum(found[kind] for kind in query.types)
        holding += (hits_of(batch, term, query.match).rows & rows).bit_count()
        announced += rows.bit_count()
    return holding, announced


def standard_errors(now: int, of_now: int, before: int, of_before: int) -> float:
    """
    How far two shares lie apart, in standard errors of their difference (the pooled two-proportion z score).

    0 when nothing was counted, or when everything was.
    """
    if not of_now or not of_before:
        return 0.0
    pooled = (now + before) / (of_now + of_before)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / of_now + 1 / of_before))
    return (now / of_now - before / of_before) / spread if spread else 0.0
