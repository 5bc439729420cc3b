"""What of the categories that a query asks for is fetched here. Pure."""

from core.query.feed_query import FeedQuery
from core.store.records import Manifest
from core.taxonomy import ARCHIVES, archive_members


def named_categories(query: FeedQuery) -> tuple[str, ...]:
    """The categories that were asked for by name, archives left aside."""
    return tuple(term for term in query.categories.terms if term in query.categories.included)


def unfollowed(manifest: Manifest, query: FeedQuery) -> tuple[str, ...]:
    """The categories asked for by name that no refresh has fetched yet."""
    fetched = {state.category for state in manifest.categories if state.last_day}
    return tuple(category for category in named_categories(query) if category not in fetched) if fetched else ()


def partly_followed(manifest: Manifest, query: FeedQuery) -> dict[str, tuple[str, ...]]:
    """The archives asked for of which only some categories are fetched here, with those."""
    fetched = {state.category for state in manifest.categories}
    archives = {term: archive_members(term) for term in query.categories.terms if term in ARCHIVES}
    return {
        archive: tuple(sorted(in_archive & fetched))
        for archive, in_archive in archives.items()
        if in_archive & fetched and (in_archive & query.categories.included) - fetched
    }


def unfollowed_archives(manifest: Manifest, query: FeedQuery) -> tuple[str, ...]:
    """The archives asked for of which nothing is fetched here."""
    fetched = {state.category for state in manifest.categories}
    archives = (term for term in query.categories.terms if term in ARCHIVES and term not in query.categories.included)
    return tuple(archive for archive in archives if fetched and not archive_members(archive) & fetched)
