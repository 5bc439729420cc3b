"""What was announced in a period, by category and by keyword, and which keywords rose against the weeks before."""

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.language.terms import Term
from core.paper import AnnounceType
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.categories import rows_by_type
from core.search.hits import batch_hits
from core.taxonomy import CategoryFilter

MOST_CATEGORIES_COUNTED: Final = 25
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


CategoryCounts = tuple[CategoryCount, ...]
KeywordCounts = tuple[KeywordCount, ...]
Batches = Sequence[LoadedBatch]


def count_types(period_batches: Iterable[LoadedBatch], categories: CategoryFilter) -> CategoryCount:
    """Count the papers of all these categories together; a paper of several batches counts in each."""
    type_counts = [0, 0, 0]
    for period_batch in period_batches:
        for reported_type, announced_rows in enumerate(_rows_by_type(period_batch, categories)):
            type_counts[reported_type] += announced_rows.bit_count()
    return CategoryCount(str(categories), type_counts[0], type_counts[1], type_counts[2], 0)


def count_categories(period_batches: Batches, report_query: FeedQuery, matched_rows: Sequence[int]) -> CategoryCounts:
    """Count category by category; ``matched_rows`` has the set of matched rows of each batch."""
    period_announcements = chain.from_iterable(period_batch.index.announcements for period_batch in period_batches)
    counted_categories = {category for category, _, _ in period_announcements} & report_query.categories.included
    category_counts = [_count_category(counted, period_batches, matched_rows) for counted in counted_categories]
    category_counts.sort(key=lambda category_count: (-category_count.announced, category_count.category))
    return tuple(sorted(category_counts[:MOST_CATEGORIES_COUNTED], key=attrgetter("category")))


def _count_category(category: str, period_batches: Batches, matched_rows: Sequence[int]) -> CategoryCount:
    counted_category = CategoryFilter(frozenset((category,)), frozenset(), (category,))
    type_counts = count_types(period_batches, counted_category)
    announced_rows = [sum(_rows_by_type(period_batch, counted_category)) for period_batch in period_batches]
    announced_and_matched = zip(announced_rows, matched_rows, strict=True)
    matched_count = sum((announced & matched).bit_count() for announced, matched in announced_and_matched)
    return replace(type_counts, category=category, matched=matched_count)


def _rows_by_type(period_batch: LoadedBatch, categories: CategoryFilter) -> tuple[int, int, int]:
    """Return the rows that are new, cross-listed and replaced: no row is in two of them."""
    type_rows = rows_by_type(period_batch.index, categories)
    replaced_rows = type_rows[AnnounceType.REPLACE] | type_rows[AnnounceType.REPLACE_CROSS]
    return type_rows[AnnounceType.NEW], type_rows[AnnounceType.CROSS], replaced_rows


def count_keywords(period_batches: Batches, compared_batches: Batches, report_query: FeedQuery) -> KeywordCounts:
    """Count every keyword of the query, the most frequent first, and compare it with the batches of before."""
    keyword_counts = [
        _count_keyword(keyword, report_query, period_batches, compared_batches) for keyword in report_query.keywords
    ]
    return tuple(sorted(keyword_counts, key=lambda keyword_count: (-keyword_count.papers, keyword_count.term)))


def _count_keyword(keyword: Term, query: FeedQuery, period_batches: Batches, compared: Batches) -> KeywordCount:
    papers, announced = _occurrences(keyword, query, period_batches)
    compared_papers, compared_announced = _occurrences(keyword, query, compared)
    keyword_share = papers / announced if announced else 0.0
    keyword_count = KeywordCount(keyword.text, papers, round(keyword_share * SHARE_PER_PAPERS, 1))
    if not compared_announced:
        return keyword_count
    surely_risen = standard_errors(papers, announced, compared_papers, compared_announced) >= SURE_STANDARD_ERRORS
    compared_share = round(compared_papers / compared_announced * SHARE_PER_PAPERS, 1)
    return replace(keyword_count, before=compared_share, rose=surely_risen and papers >= LEAST_PAPERS_RISEN)


def _occurrences(keyword: Term, report_query: FeedQuery, batches: Iterable[LoadedBatch]) -> tuple[int, int]:
    """Count the announced papers in which a keyword stands, and all of them."""
    keyword_papers = announced = 0
    for period_batch in batches:
        type_rows = rows_by_type(period_batch.index, report_query.categories)
        counted_rows = sum(type_rows[announce_type] for announce_type in report_query.types)
        keyword_papers += (batch_hits(period_batch, keyword, report_query.match).rows & counted_rows).bit_count()
        announced += counted_rows.bit_count()
    return keyword_papers, announced


def standard_errors(papers: int, announced: int, earlier: int, earlier_announced: int) -> float:
    """
    How far two shares lie apart, in standard errors of their difference (the pooled two-proportion z score).

    0 when nothing was counted, or when everything was.
    """
    if not announced or not earlier_announced:
        return 0.0
    pooled_keyword_share = (papers + earlier) / (announced + earlier_announced)
    keyword_share_variance = pooled_keyword_share * (1 - pooled_keyword_share) * (1 / announced + 1 / earlier_announced)
    keyword_share_rise = papers / announced - earlier / earlier_announced
    return keyword_share_rise / math.sqrt(keyword_share_variance) if keyword_share_variance else 0.0
