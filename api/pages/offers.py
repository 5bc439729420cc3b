"""One-click changes of a query: what would fill an empty feed, and what would let a near miss in."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from api.pages.asked import Asked
from api.ui import Ui
from core.config.settings import Settings
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.near_misses import NearMiss, near_misses
from core.search.overview import loosenings
from core.search.short_text import is_short
from core.search.similarity import is_cut
from core.taxonomy import CATEGORIES, archive_members
from core.text.plain import plain

MISSES: Final = 5
_HARDLY_ALIKE: Final = "0.01"
"""A lowest score that most papers of a field have."""


class Offer(Struct, frozen=True):
    """One change of the query, and the address that has it."""

    what: str
    change: str
    address: str
    count: int = 0
    matching: int = 0  # papers, where a limit of the feed takes fewer


class Miss(Struct, frozen=True):
    """A paper that one change would bring in."""

    id: str
    title: str
    offer: Offer


def changed_address(query: FeedQuery, parameter: str, value: str, ui: Ui) -> str:
    """The page's address with one parameter changed; "" takes it away, or says "none" where that is not the same."""
    given: dict[str, str] = dict(query.given_parameters)
    if value or parameter in ("keywords", "exclude"):
        given[parameter] = value
    else:
        given.pop(parameter, None)
    return Asked({}, given, {}, ui=ui.lang if ui.given else "").address()


def liked(query: FeedQuery, ui: Ui) -> tuple[Offer, ...]:
    """What a query likes, each with the address that likes it no longer."""
    rest = [(each, ",".join(str(other) for other in query.like if other is not each)) for each in query.like]
    return tuple(
        Offer("like", each.text if isinstance(each, LikedText) else each, changed_address(query, "like", others, ui))
        for each, others in rest
    )


def less_alike(query: FeedQuery, ui: Ui) -> str:
    """The address that shows what is less like papers or a long text, too; "" where nothing is left out for that."""
    return changed_address(query, "min_score", _HARDLY_ALIKE, ui) if is_cut(query) and not is_short(query) else ""


def category_offers(query: FeedQuery, archive: str, ui: Ui) -> tuple[Offer, ...]:
    """An archive's categories to choose instead of it: it is followed by their names."""
    given = dict(query.given_parameters).get("categories", "").split(",")
    return tuple(
        Offer(CATEGORIES[name], name, changed_address(query, "categories", _instead(given, archive, name), ui))
        for name in sorted(archive_members(archive), key=lambda name: (not name.startswith(archive), name))
    )


def _instead(given: Sequence[str], archive: str, name: str) -> str:
    return ",".join(dict.fromkeys(name if each == archive else each for each in given))


_LOOSER: Final[Mapping[str, str]] = {
    "min_score": "The lowest score keeps them out",
    "exclude": "The excluded words keep them out",
    "primary": "The primary category keeps them out",
    "days": "The days shown are too few",
    "from": "The first day keeps them out",
    "to": "The last day keeps them out",
    "types": "Only replacements match",
    "keywords": "No keyword matches",
}
_CHANGES: Final[Mapping[str, str]] = {
    "min_score": "any score",
    "exclude": "exclude nothing",
    "primary": "any primary category",
    "days": "all days held",
    "from": "earlier days too",
    "to": "later days too",
    "types": "replacements too",
    "keywords": "every paper of these categories",
}


def offers(snapshot: Snapshot, query: FeedQuery, settings: Settings, ui: Ui) -> list[Offer]:
    """What would fill an empty feed, one change each."""
    return [
        Offer(
            ui.t(_LOOSER[loosening.parameter]),
            ui.t(_CHANGES[loosening.parameter]),
            changed_address(query, loosening.parameter, loosening.looser_value, ui),
            loosening.entry_count,
            loosening.matching_papers if loosening.matching_papers > loosening.entry_count else 0,
        )
        for loosening in loosenings(snapshot.batches, query, most_days=settings.retention_days)
    ]


def misses(snapshot: Snapshot, query: FeedQuery, ui: Ui) -> list[Miss]:
    found = near_misses(snapshot.batches, query, MISSES)
    papers = ((miss, miss.entry.paper) for miss in found)
    return [Miss(paper.arxiv_id, plain(paper.title), _offer_of(miss, query, ui)) for miss, paper in papers]


def _offer_of(miss: NearMiss, query: FeedQuery, ui: Ui) -> Offer:
    name, value, said = miss.changed_parameter, miss.query_change, ui.t(_CHANGES[miss.changed_parameter])
    if name == "exclude":
        said = ui.t("do not exclude {term}", term=value)
        value = ",".join(str(term) for term in query.exclude if str(term) != value)
    if name == "keywords":
        said = ui.t("add {term}", term=value)
        value = ",".join([*map(str, query.keywords), value])
    return Offer(name, said, changed_address(query, name, value, ui))
