"""A feed from a query: which entries, under which title, at which addresses. Shared by the web and the command line."""

from typing import Final

from msgspec import Struct

from core.calendar import announcement_time
from core.feeds.describe import describe_feed, describe_title
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.render.cache import FRAGMENTS
from core.render.formats import FeedFormat
from core.render.head import FeedHead
from core.render.links import url_with_key
from core.search.entries import Selected
from core.search.select import select_and_count
from core.search.work import may_give_way

FEED_TTL_MINUTES: Final = 15
"""How often a reader may ask; the web's max-age for feeds is the same."""


_RENDERED_ENTRY_WORK: Final = 320
"""What rendering an entry takes, in microseconds of CPU."""

FRAGMENTS.before_rendering = lambda entries: may_give_way(_RENDERED_ENTRY_WORK * entries)


class FeedUrls(Struct, frozen=True):
    """Where a feed and its twin for people are."""

    base_url: str  # of the deployment, without a slash at the end
    feed_url: str
    page_url: str
    access_key: str = ""  # of a locked deployment: stands at the end of every address

    @property
    def papers_url(self) -> str:
        """Where a paper's id is put in to get its own page: ``core.render.links.paper_page_url`` does."""
        return url_with_key(f"{self.base_url}/papers/", self.access_key)

    @classmethod
    def of(
        cls, base_url: str, format_name: str, feed_query: FeedQuery, *, categories_in_path: bool = False, key: str = ""
    ) -> "FeedUrls":
        """The one address of a feed: parameters in their canonical order, what is default left out."""
        feed_path = f"/{format_name}"
        if categories_in_path:
            feed_path += "/" + "".join(_feed_path_category(term) for term in feed_query.categories.terms).lstrip("+")
        feed_parameters = feed_query.canonical(without_categories=categories_in_path)
        feed_url = url_with_key(_with_feed_parameters(base_url + feed_path, feed_parameters), key)
        page_url = url_with_key(_with_feed_parameters(f"{base_url}/", feed_query.canonical()), key)
        return cls(base_url, feed_url, page_url, key)


def _feed_path_category(feed_category: str) -> str:
    return feed_category if feed_category.startswith("-") else "+" + feed_category


def _with_feed_parameters(feed_path: str, feed_parameters: str) -> str:
    return f"{feed_path}?{feed_parameters}" if feed_parameters else feed_path


def build_feed(snapshot: Snapshot, feed_query: FeedQuery, feed_format: FeedFormat, feed_urls: FeedUrls) -> bytes:
    """
    Select and render: the same bytes for the same snapshot, query and addresses, whenever it is asked for.

    Fictional papers are for looking at on the page: no reader ever gets one as if it were a paper.
    """
    selected = Selected([]) if snapshot.manifest.sample else select_and_count(snapshot.batches, feed_query)
    feed_head = build_feed_head(snapshot, feed_query, selected, feed_urls)
    return feed_format.renderer()(feed_head, selected.entries, feed_query.content)


def build_feed_head(snapshot: Snapshot, feed_query: FeedQuery, selected: Selected, feed_urls: FeedUrls) -> FeedHead:
    """What a feed says of itself; its ``updated`` is its newest entry's, or the newest batch's when it has none."""
    snapshot_time = announcement_time(snapshot.batches[0].day)
    return FeedHead(
        title=describe_title(feed_query),
        description=describe_feed(snapshot, feed_query, selected),
        self_url=feed_urls.feed_url,
        page_url=feed_urls.page_url,
        base_url=feed_urls.base_url,
        updated=max((entry.updated for entry in selected.entries), default=snapshot_time),
        sample=False,  # see build_feed: a feed has none of the samples, and is not titled as if it had
        feed_ttl_minutes=FEED_TTL_MINUTES,
        papers_url=feed_urls.papers_url,
        math=feed_query.math,
    )
