"""The fields of JSON Feed 1.1, and arXiv's own beside them, in the order in which they are written."""

import msgspec


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    url: str = ""


class Hub(msgspec.Struct, frozen=True):
    type: str
    url: str


class MatchedTerm(msgspec.Struct, frozen=True):
    term: str
    field: str


class Ranked(msgspec.Struct, frozen=True):
    """What the query made of an entry: filled into the rendered item."""

    score: float
    matched: tuple[MatchedTerm, ...]


class PaperLink(msgspec.Struct, frozen=True):
    kind: str  # code, project, data or model
    url: str


class Arxiv(msgspec.Struct, frozen=True, omit_defaults=True):
    """What JSON Feed has no word for."""

    id: str
    version: int
    announce_type: str
    primary_category: str
    categories: tuple[str, ...]
    announced: str  # the day, YYYY-MM-DD
    score: float
    matched: tuple[MatchedTerm, ...]
    pdf: str
    html: str
    doi: str = ""
    journal_ref: str = ""
    comment: str = ""
    venue: str = ""
    license: str = ""  # its address
    withdrawn: bool = False
    submitted: str = ""
    revised: str = ""
    author_count: int = 0
    affiliations: tuple[str, ...] = ()
    links: tuple[PaperLink, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    url: str
    title: str
    content_html: str = ""
    content_text: str = ""
    summary: str = ""
    date_published: str
    date_modified: str
    authors: tuple[Author, ...] = ()
    author: Author | None = None  # JSON Feed 1.0: FreshRSS 1.24 reads no other
    tags: tuple[str, ...]
    arxiv: Arxiv = msgspec.field(name="_arxiv")


class DigestItem(msgspec.Struct, frozen=True):
    """An item that is no paper."""

    id: str
    url: str
    title: str
    content_html: str
    summary: str
    date_published: str
    date_modified: str


class NoticeItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item that is no paper."""

    id: str
    url: str
    title: str
    content_text: str
    date_published: str


class Feed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: str
    title: str
    home_page_url: str
    feed_url: str
    description: str
    icon: str
    language: str
    authors: tuple[Author, ...]
    hubs: tuple[Hub, ...] = ()
    items: tuple[msgspec.Raw, ...]
