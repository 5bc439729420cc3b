"""Categories that were not chosen in which the papers of a query stand, too. Pure."""

from collections import Counter
from typing import Final

from msgspec.structs import replace

from api.pages.offers import Offer, changed_address
from api.ui import Ui
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.search.overview import overview
from core.taxonomy import CATEGORIES, CategoryFilter

MOST: Final = 4
_LOOKED_AT: Final = 60
"""Papers, the newest: enough to tell where a subject lives."""
_FEWEST: Final = 2
_FEW_PAPERS: Final = 6
"""Of more papers, so many must stand in a category before it is told: one stands anywhere."""
_EVERYWHERE: Final = CategoryFilter(frozenset(CATEGORIES), frozenset(), tuple(CATEGORIES))


def elsewhere(snapshot: Snapshot, query: FeedQuery, ui: Ui) -> list[Offer]:
    """Offer to add the categories that most papers of the subject have, whether they are held here or cross-listed."""
    if query.primary or query.categories.excluded or not (query.keywords or query.like):
        return []
    found = overview(snapshot.batches, replace(query, categories=_EVERYWHERE), _LOOKED_AT)
    counts = Counter(name for entry in found.entries for name in entry.paper.categories)
    least = _FEWEST if len(found.entries) > _FEW_PAPERS else 1
    fresh = [(name, count) for name, count in counts.most_common() if name not in query.categories.included]
    return [
        Offer(
            CATEGORIES[name],
            name,
            changed_address(query, "categories", ",".join([*query.categories.terms, name]), ui),
            count,
        )
        for name, count in fresh[:MOST]
        if count >= least and name in CATEGORIES
    ]
