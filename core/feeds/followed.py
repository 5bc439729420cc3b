"""What of the categories that a query asks for is fetched here. Pure."""

from core.query.feed_query import FeedQuery
from core.store.records import Manifest
from core.taxonomy import ARCHIVES, archive_members


def asked_categories(query: FeedQuery) -> tuple[str, ...]:
    """The categories that were asked for by name, archives left aside."""
    return tuple(asked for asked in query.categories.terms if asked in query.categories.included)


def unfollowed(manifest: Manifest, query: FeedQuery) -> tuple[str, ...]:
    """The categories asked for by name that no refresh has fetched yet."""
    followed = {state.category for state in manifest.categories if state.last_day}
    return tuple(asked for asked in asked_categories(query) if asked not in followed) if followed else ()


def partly_followed(manifest: Manifest, query: FeedQuery) -> dict[str, tuple[str, ...]]:
    """The archives asked for of which only some categories are fetched here, with those."""
    followed = {state.category for state in manifest.categories}
    asked_archives = {asked: archive_members(asked) for asked in query.categories.terms if asked in ARCHIVES}
    return {
        archive: tuple(sorted(members & followed))
        for archive, members in asked_archives.items()
        if members & followed and (members & query.categories.included) - followed
    }


def unfollowed_archives(manifest: Manifest, query: FeedQuery) -> tuple[str, ...]:
    """The archives asked for of which nothing is fetched here."""
    followed = {state.category for state in manifest.categories}
    asked_archives = (asked for asked in query.categories.terms if asked in ARCHIVES)
    unnamed_archives = (archive for archive in asked_archives if archive not in query.categories.included)
    return tuple(archive for archive in unnamed_archives if followed and not archive_members(archive) & followed)
