"""The fields of JSON Feed 1.1, and arXiv's own beside them, in the order in which they are written."""

import msgspec

JsonTime = str
"""As RFC 3339 writes it."""
JsonText = str
"""Plain text, one line of it or several."""
JsonHtml = str
JsonUrl = str


class JsonAuthor(msgspec.Struct, frozen=True, omit_defaults=True):
    name: JsonText
    url: JsonUrl = ""


class JsonHub(msgspec.Struct, frozen=True):
    type: JsonText
    url: JsonUrl


class JsonMatch(msgspec.Struct, frozen=True):
    term: JsonText
    field: JsonText


class JsonRank(msgspec.Struct, frozen=True):
    """What the query made of an entry: filled into the rendered item."""

    score: float
    matched: tuple[JsonMatch, ...]


class JsonLink(msgspec.Struct, frozen=True):
    kind: JsonText  # code, project, data or model
    url: JsonUrl


class JsonArxiv(msgspec.Struct, frozen=True, omit_defaults=True):
    """What JSON Feed has no word for."""

    id: JsonText
    version: int
    announce_type: JsonText
    primary_category: JsonText
    categories: tuple[JsonText, ...]
    announced: JsonText  # the day, YYYY-MM-DD
    score: float
    matched: tuple[JsonMatch, ...]
    pdf: JsonUrl
    html: JsonUrl
    doi: JsonText = ""
    journal_ref: JsonText = ""
    comment: JsonText = ""
    venue: JsonText = ""
    license: JsonUrl = ""  # its address
    withdrawn: bool = False
    submitted: JsonTime = ""
    revised: JsonTime = ""
    author_count: int = 0
    affiliations: tuple[JsonText, ...] = ()
    links: tuple[JsonLink, ...] = ()


class JsonItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: JsonText
    url: JsonUrl
    title: JsonText
    content_html: JsonHtml = ""
    content_text: JsonText = ""
    summary: JsonText = ""
    date_published: JsonTime
    date_modified: JsonTime
    authors: tuple[JsonAuthor, ...] = ()
    author: JsonAuthor | None = None  # JSON Feed 1.0: FreshRSS 1.24 reads no other
    tags: tuple[JsonText, ...]
    arxiv: JsonArxiv = msgspec.field(name="_arxiv")


class JsonDigestItem(msgspec.Struct, frozen=True):
    """An item that is no paper."""

    id: JsonText
    url: JsonUrl
    title: JsonText
    content_html: JsonHtml
    summary: JsonText
    date_published: JsonTime
    date_modified: JsonTime


class JsonNoticeItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item that is no paper."""

    id: JsonText
    url: JsonUrl
    title: JsonText
    content_text: JsonText
    date_published: JsonTime


class JsonFeed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: JsonText
    title: JsonText
    home_page_url: JsonUrl
    feed_url: JsonUrl
    description: JsonText
    icon: JsonUrl
    language: JsonText
    authors: tuple[JsonAuthor, ...]
    hubs: tuple[JsonHub, ...] = ()
    items: tuple[msgspec.Raw, ...]
