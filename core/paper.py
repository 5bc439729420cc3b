"""The words of the domain as frozen types: papers, batches, summaries, entries."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal, NewType

from msgspec import Struct

from core.errors import ParseError

ArxivId = NewType("ArxivId", str)
"""An identifier without version: ``2608.01234`` or ``hep-th/9901001``."""

EntryContent = Literal["full", "summary", "abstract", "title"]
"""How much of a paper an entry of a feed holds."""

EntryMath = Literal["mathml", "unicode", "tex"]
"""How formulas are shown in HTML bodies; titles and plain text always have them as Unicode."""

_PAPER_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v([1-9]\d*))?")


def parse_arxiv_id(written_id: str) -> tuple[ArxivId, int | None]:
    """
    Split ``2608.01234v2`` into ``("2608.01234", 2)``; the version is None when it has none.

    Raises ParseError when it is no arXiv identifier of either style.
    """
    paper_id = _PAPER_ID.fullmatch(written_id.strip())
    if not paper_id:
        raise ParseError(f"not an arXiv identifier: {written_id[:60]!r}")
    return ArxivId(paper_id[1]), int(paper_id[2]) if paper_id[2] else None


class AnnounceType(StrEnum):
    """How arXiv announced a paper, in the order in which one beats another when feeds are merged."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def announce_rank(self) -> int:
        """0 for ``new`` to 3 for ``replace-cross``; the lowest wins."""
        return tuple(AnnounceType).index(self)


class Author(Struct, frozen=True):
    """One author as arXiv names them (TeX accents not yet decoded), with the affiliation if one was given."""

    name: str
    affiliation: str = ""


class Announcement(Struct, frozen=True):
    """In which category's feed a paper stood that day, and as what."""

    category: str
    announce_type: AnnounceType


class Paper(Struct, frozen=True):
    """
    One paper as announced by arXiv on one day, merged over all the feeds it stood in.

    Title, abstract and author names are arXiv's own text, TeX included; ``core.text.plain`` makes them readable.
    """

    arxiv_id: ArxivId
    version: int
    announce_type: AnnounceType  # the best of its announcements
    announced: date  # the first day it was seen announced; fixed for ever, it is the item's publication date
    title: str
    abstract: str
    authors: tuple[Author, ...]
    categories: tuple[str, ...]  # primary first
    announcements: tuple[Announcement, ...]  # sorted by category
    license: str = ""
    doi: str = ""
    journal_ref: str = ""
    comment: str = ""
    submitted: datetime | None = None  # version 1; from the query API, as the next, and None until it was asked
    revised: datetime | None = None  # this version
    mathml: tuple[tuple[str, str], ...] = ()  # (formula as TeX, as MathML), made when the batch is stored

    @property
    def primary_category(self) -> str:
        return self.categories[0]


class PaperTexts(Struct, frozen=True):
    """Of a stored paper the title and the abstract alone."""

    title: str
    abstract: str


class Batch(Struct, frozen=True):
    """One announcement: every paper of the followed categories on one day, each once, sorted by id."""

    day: date
    papers: tuple[Paper, ...]


class Summary(Struct, frozen=True):
    """What a language model made of one version of a paper: checked and sanitized when it was made."""

    arxiv_id: ArxivId
    version: int
    language: str  # BCP 47: "en", "zh"
    model: str
    prompt: str  # hash of the prompt it was made with
    created: datetime
    tldr: str  # one sentence, plain text
    sections: tuple[tuple[str, str], ...]  # (heading, safe HTML)
    source: str = "abstract"  # what was read: "html", "pdf" or "abstract"
    warning: str = ""  # e.g. hidden instructions were found in the paper
    grade: int = 0  # 1 to 10, of a rating against an interest; 0: it is no rating


class Matched(Struct, frozen=True):
    """A term that matched, and the field in which it did: ``title``, ``abstract``, ``author``, ``institution`` …"""

    term: str
    field: str


VOTES_FIELD: Final = "votes"
"""The field of what a profile's votes did to a score."""
NEAREST_MATCH: Final = Matched("no term, but like your best", "likeness")
"""All that is told of a paper that ``also=`` adds."""


class Entry(Struct, frozen=True):
    """A paper in a feed: which day it stands under, as what, and why it is there."""

    paper: Paper  # in its newest version held
    day: date  # the announcement day it stands under in this feed
    announce_type: AnnounceType  # for the categories asked for
    score: float
    matched: tuple[Matched, ...]
    published: datetime
    updated: datetime
    summary: Summary | None = None
    rating: Summary | None = None  # against the configured interest: ``tldr`` is ``8/10: …``
    paper_row: tuple[int, int] | None = None  # the stored row that the paper was read from: the same is the same paper
