"""What of the categories that readers ask for is fetched here. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct

from core.calendar import is_announcement_day, latest_weekday
from core.config.followed import categories_to_follow
from core.config.read import Config
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.search.categories import rows_by_type
from core.store.records import Manifest
from core.taxonomy import ARCHIVES, archive_members


def asked_categories(feed_query: FeedQuery) -> tuple[str, ...]:
    """The categories that were asked for by name, archives left aside."""
    return tuple(asked for asked in feed_query.categories.terms if asked in feed_query.categories.included)


def unfollowed(manifest: Manifest, feed_query: FeedQuery) -> tuple[str, ...]:
    """The categories asked for by name that no refresh has looked at yet."""
    followed_here = {state.category for state in manifest.categories}
    return tuple(asked for asked in asked_categories(feed_query) if asked not in followed_here) if followed_here else ()


def awaited(manifest: Manifest, feed_query: FeedQuery) -> tuple[str, ...]:
    """The categories asked for by name that refreshes look at and have brought nothing of yet."""
    awaited_here = {state.category for state in manifest.categories if not state.last_day}
    return tuple(asked for asked in asked_categories(feed_query) if asked in awaited_here)


def partly_followed(manifest: Manifest, feed_query: FeedQuery) -> dict[str, tuple[str, ...]]:
    """The archives asked for of which only some categories are fetched here, with those."""
    followed_here = {state.category for state in manifest.categories}
    feed_archives = {asked: archive_members(asked) for asked in feed_query.categories.terms if asked in ARCHIVES}
    return {
        archive: tuple(sorted(archive_categories & followed_here))
        for archive, archive_categories in feed_archives.items()
        if archive_categories & followed_here and (archive_categories & feed_query.categories.included) - followed_here
    }


def version_of_followed(manifest: Manifest, feed_query: FeedQuery) -> str:
    """What a feed says of its categories beside their papers, for its ETag."""
    version = f"{unfollowed(manifest, feed_query)} {partly_followed(manifest, feed_query)}"
    is_feed_filling = is_filling(manifest, feed_query)
    return f"{version} {awaited(manifest, feed_query)} {manifest.filling}" if is_feed_filling else version


def is_filling(manifest: Manifest, feed_query: FeedQuery) -> bool:
    """Whether first days, or a category asked for, are on their way."""
    return manifest.filling or bool(awaited(manifest, feed_query))


class DaysHere(Struct, frozen=True):
    """How much is here of the announcement days that refreshes look at, for all categories asked for."""

    whole: int = 0  # every category that has any has been looked at
    in_part: int = 0  # there are papers, and some category is still to come
    total: int = 0

    @property
    def is_all(self) -> bool:
        return self.whole == self.total


def days_here(snapshot: Snapshot, feed_query: FeedQuery, today: date, days_back: int) -> DaysHere:
    """``today`` is the date in New York. Later days than the newest that is held are not waited for."""
    manifest = snapshot.manifest
    held_feed_days = {batch.day for batch in manifest.batches} if manifest.has_papers else set()
    feed_days = (latest_weekday(today) - timedelta(days=back) for back in range(days_back))
    feed_days_until_newest = [feed_day for feed_day in feed_days if feed_day <= max(held_feed_days, default=date.min)]
    wanted_feed_days = [
        feed_day for feed_day in feed_days_until_newest if feed_day in held_feed_days or is_announcement_day(feed_day)
    ]
    wanted = [state.category for state in manifest.categories if state.category in feed_query.categories.included]
    looked_at = {(record.category, record.day) for record in manifest.ledger}
    unfinished_days = {
        feed_day for feed_day in wanted_feed_days if any((category, feed_day) not in looked_at for category in wanted)
    }
    days_in_part = {
        batch.day
        for batch in snapshot.batches
        if batch.day in unfinished_days and any(rows_by_type(batch.index, feed_query.categories).values())
    }
    return DaysHere(len(wanted_feed_days) - len(unfinished_days), len(days_in_part), len(wanted_feed_days))


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
