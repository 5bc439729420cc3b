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

MOST_CATEGORIES_LISTED: Final = 25
"""Of an archive with more, those with the most papers are listed."""
LEAST_PAPERS_RISEN: Final = 5
"""A keyword in fewer papers of the week has not risen, whatever its share was."""
SURE_STANDARD_ERRORS: Final = 2.0
"""How many standard errors a share must lie above the one before: chance alone passes this once in 44 times."""
SHARE_PER_PAPERS: Final = 100


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

    ``share`` and ``before`` are percents of the announced papers; ``before`` is of the two weeks before, None when
    nothing of them is held.
    """

    term: str
    papers: int
    share: float
    before: float | None = None
    rose: bool = False


def count_types(batches: Iterable[LoadedBatch], categories: CategoryFilter) -> CategoryCount:
    """Count the papers of all these categories together; a paper of several batches counts in each."""
    type_counts = [0, 0, 0]
    for batch in batches:
        for type_index, rows in enumerate(_rows_by_type(batch, categories)):
            type_counts[type_index] += rows.bit_count()
    return CategoryCount(str(categories), type_counts[0], type_counts[1], type_counts[2], 0)


def count_categories(
    batches: Sequence[LoadedBatch], query: FeedQuery, matched: Sequence[int]
) -> tuple[CategoryCount, ...]:
    """Count category by category; ``matched`` has the set of matched rows of each batch."""
    announced_categories = {category for batch in batches for category, _, _ in batch.index.announcements}
    asked_categories = [category for category in announced_categories if category in query.categories.included]
    category_counts = [_count_category(category, batches, matched) for category in asked_categories]
    category_counts.sort(key=lambda category_count: (-category_count.announced, category_count.category))
    return tuple(sorted(category_counts[:MOST_CATEGORIES_LISTED], key=lambda category_count: category_count.category))


def _count_category(category: str, batches: Sequence[LoadedBatch], matched: Sequence[int]) -> CategoryCount:
    category_filter = CategoryFilter(frozenset((category,)), frozenset(), (category,))
    announced_counts = count_types(batches, category_filter)
    row_pairs = zip((sum(_rows_by_type(batch, category_filter)) for batch in batches), matched, strict=True)
    return CategoryCount(
        category,
        announced_counts.new,
        announced_counts.cross,
        announced_counts.replace,
        sum((announced_rows & matched_rows).bit_count() for announced_rows, matched_rows in row_pairs),
    )


def _rows_by_type(batch: LoadedBatch, categories: CategoryFilter) -> tuple[int, int, int]:
    """Return the rows that are new, cross-listed and replaced: no row is in two of them."""
    announced_rows = announced_as(batch.index, categories)
    replaced_rows = announced_rows[AnnounceType.REPLACE] | announced_rows[AnnounceType.REPLACE_CROSS]
    return announced_rows[AnnounceType.NEW], announced_rows[AnnounceType.CROSS], replaced_rows


def count_keywords(
    period_batches: Sequence[LoadedBatch], compared_batches: Sequence[LoadedBatch], query: FeedQuery
) -> tuple[KeywordCount, ...]:
    """Count every keyword of the query, the most frequent first, and compare it with the batches of before."""
    keyword_counts = [_count_keyword(term, query, period_batches, compared_batches) for term in query.keywords]
    return tuple(sorted(keyword_counts, key=lambda keyword_count: (-keyword_count.papers, keyword_count.term)))


def _count_keyword(
    term: Term, query: FeedQuery, period_batches: Sequence[LoadedBatch], compared_batches: Sequence[LoadedBatch]
) -> KeywordCount:
    papers, announced = _occurrences(term, query, period_batches)
    earlier, earlier_announced = _occurrences(term, query, compared_batches)
    share = papers / announced if announced else 0.0
    if not earlier_announced:
        return KeywordCount(term.text, papers, round(share * SHARE_PER_PAPERS, 1))
    surely_risen = standard_errors(papers, announced, earlier, earlier_announced) >= SURE_STANDARD_ERRORS
    earlier_share = round(earlier / earlier_announced * SHARE_PER_PAPERS, 1)
    return KeywordCount(
        term.text,
        papers,
        round(share * SHARE_PER_PAPERS, 1),
        earlier_share,
        surely_risen and papers >= LEAST_PAPERS_RISEN,
    )


def _occurrences(term: Term, query: FeedQuery, batches: Iterable[LoadedBatch]) -> tuple[int, int]:
    """Count the announced papers in which a term stands, and all of them."""
    papers_with_term = announced = 0
    for batch in batches:
        announced_rows = announced_as(batch.index, query.categories)
        counted_rows = sum(announced_rows[kind] for kind in query.types)
        papers_with_term += (hits_of(batch, term, query.match).rows & counted_rows).bit_count()
        announced += counted_rows.bit_count()
    return papers_with_term, announced


def standard_errors(papers: int, announced: int, earlier: int, earlier_announced: int) -> float:
    """
    How far two shares lie apart, in standard errors of their difference (the pooled two-proportion z score).

    0 when nothing was counted, or when everything was.
    """
    if not announced or not earlier_announced:
        return 0.0
    pooled_share = (papers + earlier) / (announced + earlier_announced)
    share_error = math.sqrt(pooled_share * (1 - pooled_share) * (1 / announced + 1 / earlier_announced))
    return (papers / announced - earlier / earlier_announced) / share_error if share_error else 0.0
