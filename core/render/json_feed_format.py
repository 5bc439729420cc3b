"""The fields of JSON Feed 1.1, and arXiv's own beside them, in the order in which they are written."""

import msgspec

JsonTime = str
"""As RFC 3339 writes it."""


class JsonAuthor(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    url: str = ""


class JsonHub(msgspec.Struct, frozen=True):
    type: str
    url: str


class JsonMatch(msgspec.Struct, frozen=True):
    term: str
    field: str


class JsonRank(msgspec.Struct, frozen=True):
    """What the query made of an entry: filled into the rendered item."""

    score: float
    matched: tuple[JsonMatch, ...]


class JsonLink(msgspec.Struct, frozen=True):
    kind: str  # code, project, data or model
    url: str


class JsonArxiv(msgspec.Struct, frozen=True, omit_defaults=True):
    """What JSON Feed has no word for."""

    id: str
    version: int
    announce_type: str
    primary_category: str
    categories: tuple[str, ...]
    announced: str  # the day, YYYY-MM-DD
    score: float
    matched: tuple[JsonMatch, ...]
    pdf: str
    html: str
    doi: str = ""
    journal_ref: str = ""
    comment: str = ""
    venue: str = ""
    license: str = ""  # its address
    withdrawn: bool = False
    submitted: JsonTime = ""
    revised: JsonTime = ""
    author_count: int = 0
    affiliations: tuple[str, ...] = ()
    links: tuple[JsonLink, ...] = ()


class JsonItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: str
    url: str
    title: str
    content_html: str = ""
    content_text: str = ""
    summary: str = ""
    date_published: JsonTime
    date_modified: JsonTime
    authors: tuple[JsonAuthor, ...] = ()
    author: JsonAuthor | None = None  # JSON Feed 1.0: FreshRSS 1.24 reads no other
    tags: tuple[str, ...]
    arxiv: JsonArxiv = msgspec.field(name="_arxiv")


class JsonDigestItem(msgspec.Struct, frozen=True):
    """An item that is no paper."""

    id: str
    url: str
    title: str
    content_html: str
    summary: str
    date_published: JsonTime
    date_modified: JsonTime


class JsonNoticeItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item that is no paper."""

    id: str
    url: str
    title: str
    content_text: str
    date_published: JsonTime


class JsonFeed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: str
    title: str
    home_page_url: str
    feed_url: str
    description: str
    icon: str
    language: str
    authors: tuple[JsonAuthor, ...]
    hubs: tuple[JsonHub, ...] = ()
    items: tuple[msgspec.Raw, ...]
