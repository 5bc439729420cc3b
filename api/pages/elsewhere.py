"""Categories that were not chosen in which the papers of a query stand, too, or that are called as it says. Pure."""

from collections import Counter
from typing import Final

from msgspec.structs import replace

from api.pages.offers import Offer, changed_address
from api.pages.plain_interest import categories_called_so
from api.ui import Ui
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.search.overview import overview
from core.search.subjects import texts_of
from core.taxonomy import CATEGORIES, CategoryFilter

MOST: Final = 4
_LOOKED_AT: Final = 60
"""Papers, the newest: enough to tell where a subject lives."""
_FEWEST: Final = 2
_FEW_PAPERS: Final = 6
"""Of more papers, so many must stand in a category before it is told: one stands anywhere."""
_EVERYWHERE: Final = CategoryFilter(frozenset(CATEGORIES), frozenset(), tuple(CATEGORIES))


def elsewhere(snapshot: Snapshot, query: FeedQuery, ui: Ui) -> list[Offer]:
    """
    Offer to add the categories that most papers of the subject have, whether they are held here or cross-listed.

    Those that are called as a keyword or a text says follow, without a number: nothing of them need be held here.
    """
    if query.primary or query.categories.excluded or not (query.keywords or query.like):
        return []
    found = overview(snapshot.batches, replace(query, categories=_EVERYWHERE), _LOOKED_AT)
    counts = Counter(name for entry in found.entries for name in entry.paper.categories)
    least = _FEWEST if len(found.entries) > _FEW_PAPERS else 1
    fresh = [(name, count) for name, count in counts.most_common() if name not in query.categories.included]
    offered = {name: count for name, count in fresh[:MOST] if count >= least and name in CATEGORIES}
    phrases = [*(clause.literal for term in query.keywords for clause in term.clauses), *texts_of(query)]
    called_so = categories_called_so(query, " ".join(phrases)) if found.entries else {}
    offered |= {name: 0 for name in called_so if name not in offered}
    return [
        Offer(
            CATEGORIES[name],
            name,
            changed_address(query, "categories", ",".join([*query.categories.terms, name]), ui),
            count,
        )
        for name, count in offered.items()
    ]
