"""A feed from a query: which entries, under which title, in which format. Shared by the web and the command line."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from core.feeds.describe import query_description, query_title
from core.feeds.library import Snapshot
from core.paper import Content, Entry, announcement_time
from core.query.feed_query import FeedQuery
from core.render.head import FeedHead
from core.render.links import with_key
from core.search.batch import Row
from core.search.order import Placed
from core.search.select import Selection, select_and_count

FEED_TTL_MINUTES: Final = 15
"""How often a reader may ask; the web's max-age for feeds is the same."""

FeedRenderer = Callable[[FeedHead, Sequence[Entry], Content], bytes]


def _rss_renderer() -> FeedRenderer:
    from core.render.rss_atom import rss  # noqa: PLC0415 - a JSON feed need not load lxml

    return rss


def _atom_renderer() -> FeedRenderer:
    from core.render.rss_atom import atom  # noqa: PLC0415

    return atom


def _json_renderer() -> FeedRenderer:
    from core.render.json_feed import json_feed  # noqa: PLC0415

    return json_feed


class FeedFormat(Struct, frozen=True):
    """One of the formats a feed comes in; ``renderer`` loads what it needs when it is first asked for."""

    name: str  # the first part of its address
    title: str
    media_type: str
    renderer: Callable[[], FeedRenderer]


FORMATS: Final = {
    "rss": FeedFormat("rss", "RSS", "application/rss+xml; charset=utf-8", _rss_renderer),
    "atom": FeedFormat("atom", "Atom", "application/atom+xml; charset=utf-8", _atom_renderer),
    "json": FeedFormat("json", "JSON Feed", "application/feed+json; charset=utf-8", _json_renderer),
}


class Addresses(Struct, frozen=True):
    """Where a feed and its twin for people are."""

    base: str  # of the deployment, without a slash at the end
    feed: str
    page: str
    key: str = ""  # of a locked deployment: stands at the end of every address

    @property
    def papers(self) -> str:
        """Where a paper's id is put in to get its own page: ``core.render.links.paper_page_url`` does."""
        return with_key(f"{self.base}/papers/", self.key)

    @classmethod
    def of(
        cls, base: str, format_name: str, query: FeedQuery, *, categories_in_path: bool = False, key: str = ""
    ) -> "Addresses":
        """The one address of a feed: parameters in their canonical order, what is default left out."""
        feed_path = f"/{format_name}"
        if categories_in_path:
            feed_path += "/" + "".join(_path_category(term) for term in query.categories.terms).lstrip("+")
        feed_parameters = query.canonical(without_categories=categories_in_path)
        page_parameters = query.canonical()
        feed_url = _with_parameters(base + feed_path, feed_parameters)
        page_url = _with_parameters(f"{base}/", page_parameters)
        return cls(base, with_key(feed_url, key), with_key(page_url, key), key)


def _path_category(term: str) -> str:
    return term if term.startswith("-") else "+" + term


def _with_parameters(path: str, parameters: str) -> str:
    return f"{path}?{parameters}" if parameters else path


def render_feed(snapshot: Snapshot, query: FeedQuery, feed_format: FeedFormat, addresses: Addresses) -> bytes:
    """
    Select and render: the same bytes for the same snapshot, query and addresses, whenever it is asked for.

    Fictional papers are for looking at on the page: no reader ever gets one as if it were a paper.
    """
    entries, matched = ([], 0) if snapshot.manifest.sample else select_and_count(snapshot.batches, query)
    return feed_format.renderer()(feed_head(snapshot, query, entries, addresses, matched), entries, query.content)


def feed_head(
    snapshot: Snapshot, query: FeedQuery, entries: Sequence[Entry], addresses: Addresses, matched: int = 0
) -> FeedHead:
    """What a feed says of itself; its ``updated`` is its newest entry's, or the newest batch's when it has none."""
    newest_announcement = announcement_time(snapshot.batches[0].day)
    return FeedHead(
        title=query_title(query),
        description=query_description(snapshot, query, entries, matched),
        self_url=addresses.feed,
        page_url=addresses.page,
        base_url=addresses.base,
        updated=max((entry.updated for entry in entries), default=newest_announcement),
        sample=False,  # see render_feed: a feed has none of the samples, and is not titled as if it had
        ttl_minutes=FEED_TTL_MINUTES,
        papers_url=addresses.papers,
        math=query.math,
    )


def find_entry(snapshot: Snapshot, arxiv_id: str, query: FeedQuery) -> Entry | None:
    """One paper in its newest version held, under the oldest day on which it is held; None when it is not."""
    paper_rows = [
        Row(batch_number, batch.index.ids.index(arxiv_id))
        for batch_number, batch in enumerate(snapshot.batches)
        if arxiv_id in batch.index.ids
    ]
    if not paper_rows:
        return None
    return Selection(snapshot.batches, query).entry(Placed(arxiv_id, 0, paper_rows[0], paper_rows[-1]))
