"""What a query asks for that this deployment does not follow yet, and what a reader can do about it."""

from msgspec import Struct

from api.following import FEW
from api.pages.asked import with_query
from api.pages.offers import Offer, category_offers
from api.pages.site import Site
from core.feeds.followed import DaysHere, awaited, days_here, partly_followed, unfollowed, unfollowed_archives
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery


class ComingPapers(Struct, frozen=True):
    """What of the categories asked for, the site's own included, is on its way from arXiv."""

    categories: tuple[str, ...] = ()  # nothing is here of these, by their names
    days: DaysHere = DaysHere()  # of all others

    @property
    def is_any(self) -> bool:
        return bool(self.categories) or not self.days.is_all


def coming_papers(snapshot: Snapshot, query: FeedQuery, site: Site) -> ComingPapers:
    """Compare what is asked for with what is here."""
    categories = (*unfollowed(snapshot.manifest, query), *awaited(snapshot.manifest, query))
    return ComingPapers(categories, days_here(snapshot, query, site.today, site.settings.days_back))


class NotHeld(Struct, frozen=True):
    """Categories and archives of which nothing is here."""

    categories: str = ""  # asked for by name, but nobody fetched them yet
    follow: str = ""  # the address of a button that adds the first of them; "" when none is needed
    fetched_now: bool = False  # a refresh brings them without more ado
    archives: tuple[tuple[str, tuple[Offer, ...]], ...] = ()  # with their categories to choose
    coming: ComingPapers = ComingPapers()
    parts: tuple[tuple[str, str], ...] = ()  # archives of which some categories are here, and those


def not_held(snapshot: Snapshot, query: FeedQuery, site: Site, *, was_asked_for: bool) -> NotHeld:
    """Compare the categories that a reader chose with what is fetched; what the site has set goes without saying."""
    coming = coming_papers(snapshot, query, site)
    if "categories" not in dict(query.given_parameters):
        return NotHeld(fetched_now=site.fetches_at_once, coming=coming)
    waiting, archives = unfollowed(snapshot.manifest, query), unfollowed_archives(snapshot.manifest, query)
    needs_button = waiting and not site.fetches_at_once and not was_asked_for
    pairs = [("categories", ",".join(waiting[:FEW])), ("then", query.canonical())]
    return NotHeld(
        ", ".join(waiting),
        with_query("/follow", pairs) if needs_button else "",
        site.fetches_at_once,
        tuple((name, category_offers(query, name, site.ui)) for name in archives),
        coming,
        tuple((name, ", ".join(held)) for name, held in partly_followed(snapshot.manifest, query).items()),
    )
