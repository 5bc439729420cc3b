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

MOST_ARXIV_QUERY_IDS: Final = 300
"""Of one request: its address stays under 4 kB, its answer under 1 MB."""
_ATOM_NS: Final = "{http://www.w3.org/2005/Atom}"
_ARXIV_NS: Final = "{http://arxiv.org/schemas/atom}"
_ATOM_DOCTYPE: Final = re.compile(r"<!DOCTYPE|<!ENTITY", re.IGNORECASE)


class ArxivMetadata(Struct, frozen=True):
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


def arxiv_query_path(paper_versions: Iterable[tuple[ArxivId, int]]) -> str:
    """The address of these versions on the API's host."""
    versioned_ids = [f"{arxiv_id}v{version}" for arxiv_id, version in paper_versions][:MOST_ARXIV_QUERY_IDS]
    return f"/api/query?id_list={','.join(versioned_ids)}&max_results={len(versioned_ids)}"


def newest_arxiv_versions_path(arxiv_ids: Iterable[ArxivId]) -> str:
    """The address of these papers, in the newest version of each, on the API's host."""
    requested_ids = list(arxiv_ids)[:MOST_ARXIV_QUERY_IDS]
    return f"/api/query?id_list={','.join(requested_ids)}&max_results={len(requested_ids)}"


def parse_metadata(arxiv_answer: bytes) -> tuple[ArxivMetadata, ...]:
    """
    Read an answer of the query API; an entry that cannot be read is left out.

    Raises ParseError when this is no Atom document of arXiv's, or when it tells of an error.
    """
    arxiv_xml = xml_safe(arxiv_answer.decode("utf-8", errors="replace"))
    if _ATOM_DOCTYPE.search(arxiv_xml):
        raise ParseError("the answer of arXiv's query API declares entities")
    check_tags(arxiv_xml)
    try:
        arxiv_feed = fromstring(arxiv_xml.encode())  # noqa: S314 - bounded by the client, and without entities
    except NotXml as arxiv_xml_error:
        raise ParseError(f"could not read the answer of arXiv's query API: {arxiv_xml_error}") from arxiv_xml_error
    if arxiv_feed.tag != f"{_ATOM_NS}feed":
        raise ParseError("the answer of arXiv's query API is no Atom feed")
    arxiv_entries = arxiv_feed.findall(f"{_ATOM_NS}entry")
    if len(arxiv_entries) == 1 and _arxiv_entry_text(arxiv_entries[0], f"{_ATOM_NS}title") == "Error":
        raise ParseError(f"arXiv's query API says: {_arxiv_entry_text(arxiv_entries[0], f'{_ATOM_NS}summary')[:200]}")
    return tuple(_readable_arxiv_entries(arxiv_entries))


def _readable_arxiv_entries(arxiv_entries: Iterable[Element]) -> Iterator[ArxivMetadata]:
    for arxiv_entry in arxiv_entries:
        try:
            yield _arxiv_entry_metadata(arxiv_entry)
        except (ParseError, ValueError):
            continue


def _arxiv_entry_metadata(arxiv_entry: Element) -> ArxivMetadata:
    arxiv_id, arxiv_version = parse_arxiv_id(_arxiv_entry_text(arxiv_entry, f"{_ATOM_NS}id").rpartition("/abs/")[2])
    return ArxivMetadata(
        arxiv_id=arxiv_id,
        version=arxiv_version or 1,
        submitted=_arxiv_entry_time(_arxiv_entry_text(arxiv_entry, f"{_ATOM_NS}published")),
        revised=_arxiv_entry_time(_arxiv_entry_text(arxiv_entry, f"{_ATOM_NS}updated")),
        comment=_arxiv_entry_text(arxiv_entry, f"{_ARXIV_NS}comment"),
        journal_ref=_arxiv_entry_text(arxiv_entry, f"{_ARXIV_NS}journal_ref"),
        doi=_arxiv_entry_text(arxiv_entry, f"{_ARXIV_NS}doi"),
        affiliations=tuple(_arxiv_affiliation(author) for author in arxiv_entry.findall(f"{_ATOM_NS}author")),
        title=_arxiv_entry_text(arxiv_entry, f"{_ATOM_NS}title"),
        abstract=_arxiv_entry_text(arxiv_entry, f"{_ATOM_NS}summary"),
    )


def _arxiv_affiliation(arxiv_author: Element) -> str:
    """Several of one author are one text."""
    return "; ".join(
        " ".join(arxiv_affiliation.itertext()).strip()
        for arxiv_affiliation in arxiv_author.findall(f"{_ARXIV_NS}affiliation")
    )


def _arxiv_entry_text(arxiv_element: Element, arxiv_tag: str) -> str:
    return " ".join((arxiv_element.findtext(arxiv_tag) or "").split())


def _arxiv_entry_time(arxiv_time: str) -> datetime:
    arxiv_entry_time = datetime.fromisoformat(arxiv_time)
    return arxiv_entry_time if arxiv_entry_time.tzinfo else arxiv_entry_time.replace(tzinfo=UTC)
