"""arXiv's query API: what its feeds do not tell of a paper. Bytes in, Metadata out."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, fromstring
from xml.etree.ElementTree import ParseError as NotXml

from msgspec import Struct

from core.arxiv.nesting import check_tags
from core.errors import ParseError
from core.paper import ArxivId, parse_arxiv_id
from core.text.plain import xml_safe

MOST_IDS: Final = 300
"""Of one request: its address stays under 4 kB, its answer under 1 MB."""
_ATOM: Final = "{http://www.w3.org/2005/Atom}"
_ARXIV: Final = "{http://arxiv.org/schemas/atom}"
_DOCTYPE: Final = re.compile(r"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


class Metadata(Struct, frozen=True):
    """What the query API tells of one version of a paper; "" and () where it has nothing."""

    arxiv_id: ArxivId
    version: int
    submitted: datetime  # version 1
    revised: datetime  # this version
    comment: str = ""
    journal_ref: str = ""
    doi: str = ""
    affiliations: tuple[str, ...] = ()  # one for each author, in their order
    title: str = ""
    abstract: str = ""


def query_path(papers: Iterable[tuple[ArxivId, int]]) -> str:
    """The address of these versions on the API's host."""
    ids = [f"{arxiv_id}v{version}" for arxiv_id, version in papers][:MOST_IDS]
    return f"/api/query?id_list={','.join(ids)}&max_results={len(ids)}"


def newest_path(ids: Iterable[ArxivId]) -> str:
    """The address of these papers, in the newest version of each, on the API's host."""
    some = list(ids)[:MOST_IDS]
    return f"/api/query?id_list={','.join(some)}&max_results={len(some)}"


def parse_metadata(data: bytes) -> tuple[Metadata, ...]:
    """
    Read an answer of the query API; an entry that cannot be read is left out.

    Raises ParseError when this is no Atom document of arXiv's, or when it tells of an error.
    """
    text = xml_safe(data.decode("utf-8", errors="replace"))
    if _DOCTYPE.search(text):
        raise ParseError("the answer of arXiv's query API declares entities")
    check_tags(text)
    try:
        root = fromstring(text.encode())  # noqa: S314 - bounded by the client, and without entities
    except NotXml as error:
        raise ParseError(f"could not read the answer of arXiv's query API: {error}") from error
    if root.tag != f"{_ATOM}feed":
        raise ParseError("the answer of arXiv's query API is no Atom feed")
    entries = root.findall(f"{_ATOM}entry")
    if len(entries) == 1 and _line(entries[0], f"{_ATOM}title") == "Error":
        raise ParseError(f"arXiv's query API says: {_line(entries[0], f'{_ATOM}summary')[:200]}")
    return tuple(_readable(entries))


def _readable(entries: Iterable[Element]) -> Iterator[Metadata]:
    for entry in entries:
        try:
            yield _metadata(entry)
        except (ParseError, ValueError):
            continue


def _metadata(entry: Element) -> Metadata:
    arxiv_id, version = parse_arxiv_id(_line(entry, f"{_ATOM}id").rpartition("/abs/")[2])
    return Metadata(
        arxiv_id=arxiv_id,
        version=version or 1,
        submitted=_moment(_line(entry, f"{_ATOM}published")),
        revised=_moment(_line(entry, f"{_ATOM}updated")),
        comment=_line(entry, f"{_ARXIV}comment"),
        journal_ref=_line(entry, f"{_ARXIV}journal_ref"),
        doi=_line(entry, f"{_ARXIV}doi"),
        affiliations=tuple(_affiliation(author) for author in entry.findall(f"{_ATOM}author")),
        title=_line(entry, f"{_ATOM}title"),
        abstract=_line(entry, f"{_ATOM}summary"),
    )


def _affiliation(author: Element) -> str:
    """Several of one author are one text."""
    return "; ".join(" ".join(each.itertext()).strip() for each in author.findall(f"{_ARXIV}affiliation"))


def _line(element: Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
