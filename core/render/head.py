"""What the formats share: the feed's head, how entries look, identities, links and dates. Standard library only."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from core.calendar import EASTERN
from core.paper import Entry, EntryContent, EntryMath, Paper
from core.text.plain import plain, text_paragraphs, xml_safe
from core.text.venues import says_withdrawn

RENDERER_VERSION: Final = "11"
"""Part of every ETag: raise it when the same papers render to other bytes (test_render_goldens.py watches)."""
REPORT_VERSION: Final = "6"
"""The same for reports and digests (tests/report watches)."""
_HTML_TAG_OPENING: Final = re.compile(r"<(?=[A-Za-z/!?])")

RenderedFormat = Literal["rss", "atom", "json"]

_SAMPLE_TITLE_MARK: Final = "[Sample] "
_WITHDRAWN_TITLE_MARK: Final = "[Withdrawn] "
_SAMPLE_FEED_DESCRIPTION: Final = "These are sample papers: they are fictional, and their links lead nowhere. "
_EMPTY_FEED_TIME: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Of a feed that has never had an entry; the formats require a date."""
_MOST_RENDERED_AUTHORS: Final = 500  # the longest list of four days had 402; one of 3,000 names made an item of 69 kB
_RENDERED_OF_MORE_AUTHORS: Final = 200
_MOST_ITEM_TEXT_LENGTH: Final = 300  # that stand for the whole text in a list


class FeedNotice(Struct, frozen=True):
    """An item that is no paper: something the reader of this one feed must know. Stands first."""

    item_id: str
    item_title: str
    item_text: str
    item_url: str
    item_published: datetime


class FeedHead(Struct, frozen=True):
    """A feed apart from its entries. All addresses are absolute."""

    title: str
    description: str  # of an empty feed: why it is empty
    self_url: str
    page_url: str  # the same papers as a web page
    base_url: str  # of this deployment, without a slash at the end
    updated: datetime | None  # when what it shows last changed; counts while there are no entries
    feed_language: str = "en"
    sample: bool = False  # the papers are the bundled, fictional ones
    feed_ttl_minutes: int = 60
    hub: str = ""  # WebSub
    papers_url: str = ""  # where an id is appended to get a paper's own page; empty: there are no such pages
    votes_url: str = ""  # of a profile: the page on which to say more or less like this; takes an id
    notices: tuple[FeedNotice, ...] = ()
    math: EntryMath = "mathml"


class EntryLook(NamedTuple):  # hashed for every entry of every feed, and a tuple is quickest at that
    """How an entry is shown: together with the entry, everything that its bytes depend on."""

    format: RenderedFormat
    content: EntryContent
    sample: bool = False
    papers_url: str = ""
    math: EntryMath = "mathml"


def entry_look(head: FeedHead, feed_format: RenderedFormat, content: EntryContent) -> EntryLook:
    return EntryLook(feed_format, content, head.sample, head.papers_url, head.math)


def feed_updated(head: FeedHead, entries: Sequence[Entry]) -> datetime:
    """When the newest entry last changed; without entries what the head says. Never the present."""
    return rendered_time(max((entry.updated for entry in entries), default=head.updated or _EMPTY_FEED_TIME))


def rendered_time(moment: datetime) -> datetime:
    """The same moment on New York's clock, to the second, so that equal moments are written alike."""
    return moment.astimezone(EASTERN).replace(microsecond=0)


def feed_title(head: FeedHead) -> str:
    return _marked_title(xml_safe(head.title) or "Paperfeed", sample=head.sample)


def feed_description(head: FeedHead) -> str:
    description = xml_safe(head.description) or feed_title(head)
    return _SAMPLE_FEED_DESCRIPTION + description if head.sample else description


def icon_url(head: FeedHead) -> str:
    """``public/icon.png``, 144 by 144 pixels; the largest that RSS allows."""
    return f"{head.base_url}/icon.png"


def item_title(paper: Paper, *, sample: bool) -> str:
    """One line of plain text, never empty; a withdrawn paper's says so."""
    item_title = plain(paper.title) or f"arXiv:{paper.arxiv_id}"
    return _marked_title(_WITHDRAWN_TITLE_MARK + item_title if is_withdrawn_paper(paper) else item_title, sample=sample)


def is_withdrawn_paper(paper: Paper) -> bool:
    """Whether the authors took the paper back."""
    return says_withdrawn(plain(paper.comment), paper.abstract)


def _marked_title(title: str, *, sample: bool) -> str:
    return _SAMPLE_TITLE_MARK + title if sample else title


def author_names(paper: Paper) -> list[str]:
    """Name the authors, all of them; of more than 500 the first 200 and how many there are besides."""
    rendered_authors = [author_name for author in paper.authors if (author_name := plain(author.name))]
    if len(rendered_authors) <= _MOST_RENDERED_AUTHORS:
        return rendered_authors
    unrendered_authors = len(rendered_authors) - _RENDERED_OF_MORE_AUTHORS
    return [*rendered_authors[:_RENDERED_OF_MORE_AUTHORS], f"and {unrendered_authors:,} more"]


def category_names(paper: Paper) -> tuple[str, ...]:
    """The primary category first."""
    return tuple(map(xml_safe, paper.categories))


def short_text(entry: Entry, content: EntryContent) -> str:
    """A sentence or two of plain text, never empty: the TL;DR, else the abstract's beginning, else who and where."""
    if content in ("full", "summary") and entry.summary and (item_text := plain(entry.summary.tldr)):
        return item_text
    if content != "title" and (item_text := _abstract_item_text(entry.paper.abstract)):
        return item_text
    return _short_item_text(", ".join(author_names(entry.paper))) or ", ".join(category_names(entry.paper))


def whole_text(entry: Entry, content: EntryContent) -> str:
    """The TL;DR and the whole abstract as plain text, for readers that show nothing else; never empty."""
    shown_summary = entry.summary if content in ("full", "summary") else None
    plain_texts = [plain(shown_summary.tldr)] if shown_summary else []
    if content == "full" or (content != "title" and not any(plain_texts)):
        plain_texts += map(plain, text_paragraphs(entry.paper.abstract))
    return "\n\n".join(filter(None, plain_texts)) or short_text(entry, "title")


def without_html_tags(plain_text: str) -> str:
    """
    Plain text in which nothing begins a tag: what RSS says in ``description`` is HTML to most readers.

    An image that an abstract writes out would be fetched by them. ``keys < 2 ms`` is no tag and stays as it is.
    """
    return _HTML_TAG_OPENING.sub("&lt;", plain_text)


def _abstract_item_text(abstract: str) -> str:
    # four times: what TeX and blanks may take away
    return _short_item_text(plain(abstract[: 4 * _MOST_ITEM_TEXT_LENGTH]))


def _short_item_text(item_text: str) -> str:
    if len(item_text) <= _MOST_ITEM_TEXT_LENGTH:
        return item_text
    cut_item_text = item_text[:_MOST_ITEM_TEXT_LENGTH]
    whole_words = cut_item_text.rpartition(" ")[0].rstrip(" ,;:")
    return f"{whole_words} …" if " " in cut_item_text else f"{cut_item_text}…"
