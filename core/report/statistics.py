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


class ReportedCategory(Struct, frozen=True):
    """One category in the period: announced by type, and how many of those the query matched."""

    category: str
    new: int
    cross: int
    replace: int
    matched: int

    @property
    def announced(self) -> int:
        return self.new + self.cross + self.replace


class ReportedKeyword(Struct, frozen=True):
    """
    One keyword in the period: in how many of the announced papers it stands, of the types and categories asked for.

    ``share`` and ``share_before`` are percents of the announced papers; ``share_before`` is of the two weeks before,
    None when nothing of them is held.
    """

    term: str
    papers: int
    share: float
    share_before: float | None = None
    surely_risen: bool = False


ReportedCategories = tuple[ReportedCategory, ...]
ReportedKeywords = tuple[ReportedKeyword, ...]
PeriodBatches = Sequence[LoadedBatch]


def count_types(period_batches: Iterable[LoadedBatch], categories: CategoryFilter) -> ReportedCategory:
    """Count the papers of all these categories together; a paper of several batches counts in each."""
    reported_type_counts = [0, 0, 0]
    for period_batch in period_batches:
        for reported_type, period_announced in enumerate(_rows_by_type(period_batch, categories)):
            reported_type_counts[reported_type] += period_announced.bit_count()
    return ReportedCategory(
        str(categories), reported_type_counts[0], reported_type_counts[1], reported_type_counts[2], 0
    )


def count_categories(
    period_batches: PeriodBatches, report_query: FeedQuery, period_matches: Sequence[int]
) -> ReportedCategories:
    """Count category by category; ``period_matches`` has the set of matched rows of each batch."""
    period_announcements = chain.from_iterable(period_batch.index.announcements for period_batch in period_batches)
    counted_categories = {category for category, _, _ in period_announcements} & report_query.categories.included
    reported_categories = [_count_category(counted, period_batches, period_matches) for counted in counted_categories]
    reported_categories.sort(key=lambda reported_category: (-reported_category.announced, reported_category.category))
    return tuple(sorted(reported_categories[:MOST_CATEGORIES_COUNTED], key=attrgetter("category")))


def _count_category(category: str, period_batches: PeriodBatches, period_matches: Sequence[int]) -> ReportedCategory:
    reported_filter = CategoryFilter(frozenset((category,)), frozenset(), (category,))
    reported_type_counts = count_types(period_batches, reported_filter)
    period_announced = [sum(_rows_by_type(period_batch, reported_filter)) for period_batch in period_batches]
    announced_and_matched_rows = zip(period_announced, period_matches, strict=True)
    matched_count = sum((announced & matched).bit_count() for announced, matched in announced_and_matched_rows)
    return replace(reported_type_counts, category=category, matched=matched_count)


def _rows_by_type(period_batch: LoadedBatch, categories: CategoryFilter) -> tuple[int, int, int]:
    """Return the rows that are new, cross-listed and replaced: no row is in two of them."""
    period_rows = rows_by_type(period_batch.index, categories)
    period_replaced = period_rows[AnnounceType.REPLACE] | period_rows[AnnounceType.REPLACE_CROSS]
    return period_rows[AnnounceType.NEW], period_rows[AnnounceType.CROSS], period_replaced


def count_keywords(
    period_batches: PeriodBatches, compared_batches: PeriodBatches, report_query: FeedQuery
) -> ReportedKeywords:
    """Count every keyword of the query, the most frequent first, and compare it with the batches of before."""
    reported_keywords = [
        _count_keyword(keyword, report_query, period_batches, compared_batches) for keyword in report_query.keywords
    ]
    return tuple(
        sorted(reported_keywords, key=lambda reported_keyword: (-reported_keyword.papers, reported_keyword.term))
    )


def _count_keyword(
    keyword: Term, query: FeedQuery, period_batches: PeriodBatches, compared: PeriodBatches
) -> ReportedKeyword:
    papers, announced = _period_occurrences(keyword, query, period_batches)
    compared_papers, compared_announced = _period_occurrences(keyword, query, compared)
    keyword_share = papers / announced if announced else 0.0
    reported_keyword = ReportedKeyword(keyword.text, papers, round(keyword_share * SHARE_PER_PAPERS, 1))
    if not compared_announced:
        return reported_keyword
    rose = standard_errors(papers, announced, compared_papers, compared_announced) >= SURE_STANDARD_ERRORS
    compared_share = round(compared_papers / compared_announced * SHARE_PER_PAPERS, 1)
    return replace(reported_keyword, share_before=compared_share, surely_risen=rose and papers >= LEAST_PAPERS_RISEN)


def _period_occurrences(keyword: Term, report_query: FeedQuery, batches: Iterable[LoadedBatch]) -> tuple[int, int]:
    """Count the announced papers in which a keyword stands, and all of them."""
    keyword_papers = announced = 0
    for period_batch in batches:
        period_rows = rows_by_type(period_batch.index, report_query.categories)
        counted_rows = sum(period_rows[announce_type] for announce_type in report_query.types)
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
