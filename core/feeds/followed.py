"""What of the categories that readers ask for is fetched here. Pure."""

from collections.abc import Sequence

from core.config.followed import categories_to_follow
from core.config.read import Config
from core.query.feed_query import FeedQuery
from core.store.records import Manifest
from core.taxonomy import ARCHIVES, archive_members


def asked_categories(feed_query: FeedQuery) -> tuple[str, ...]:
    """The categories that were asked for by name, archives left aside."""
    return tuple(asked for asked in feed_query.categories.terms if asked in feed_query.categories.included)


def unfollowed(manifest: Manifest, feed_query: FeedQuery) -> tuple[str, ...]:
    """The categories asked for by name that no refresh has fetched yet."""
    followed_here = {state.category for state in manifest.categories if state.last_day}
    return tuple(asked for asked in asked_categories(feed_query) if asked not in followed_here) if followed_here else ()


def partly_followed(manifest: Manifest, feed_query: FeedQuery) -> dict[str, tuple[str, ...]]:
    """The archives asked for of which only some categories are fetched here, with those."""
    followed_here = {state.category for state in manifest.categories}
    feed_archives = {asked: archive_members(asked) for asked in feed_query.categories.terms if asked in ARCHIVES}
    return {
        archive: tuple(sorted(archive_categories & followed_here))
        for archive, archive_categories in feed_archives.items()
        if archive_categories & followed_here and (archive_categories & feed_query.categories.included) - followed_here
    }


def unfollowed_archives(manifest: Manifest, feed_query: FeedQuery) -> tuple[str, ...]:
    """The archives asked for of which nothing is fetched here."""
    followed = {state.category for state in manifest.categories}
    feed_archives = (asked for asked in feed_query.categories.terms if asked in ARCHIVES)
    unnamed_archives = (archive for archive in feed_archives if archive not in feed_query.categories.included)
    return tuple(archive for archive in unnamed_archives if followed and not archive_members(archive) & followed)


def is_new_category_followed(manifest: Manifest | None, followed: Sequence[str], config: Config) -> bool:
    """Whether readers asked for a category that no refresh has looked at yet, and that one would."""
    followed_here = {state.category for state in manifest.categories} if manifest else set()
    return bool(manifest and set(categories_to_follow(config.settings, followed)) - followed_here)
