"""A paper's full text from arXiv, for one reading: HTML first, PDF next, abstract last. Nothing of it is stored."""

import asyncio
from typing import Final, Literal, Protocol

from msgspec import Struct

from core.arxiv.limits import Role
from core.errors import Missing, ParseError, Throttled, UpstreamError
from core.fulltext.html import parse_article
from core.fulltext.pdf import parse_pdf
from core.fulltext.section import Section
from core.paper import Paper
from core.text.plain import xml_safe


class Fetcher(Protocol):
    """What asks arXiv, politely: ``core.arxiv.client.ArxivClient``."""

    async def fetch(self, role: Role, path: str) -> bytes: ...


class FullText(Struct, frozen=True):
    """What was read of a paper, and where: ``html``, ``pdf`` or ``abstract``. ``hidden`` is text nobody would see."""

    source: Literal["html", "pdf", "abstract"]
    sections: tuple[Section, ...]
    hidden: str = ""


ABSTRACT_ONLY: Final = FullText("abstract", ())
"""What there is without asking arXiv at all; the abstract itself stands in the announcement."""


async def read_paper(client: Fetcher, paper: Paper, *, settle: bool = False) -> FullText:
    """
    Read this version of a paper from export.arxiv.org; one or two requests through the gate.

    Raises Throttled when arXiv asks to be left alone, and UpstreamError when it does not answer now; with ``settle``
    the abstract does instead of an UpstreamError.
    """
    name = f"{paper.arxiv_id}v{paper.version}"
    troubles: list[UpstreamError] = []
    for path in (f"/html/{name}", f"/pdf/{name}"):
        try:
            document = await client.fetch("api", path)
            return await asyncio.to_thread(parse_document, document)
        except (Missing, ParseError):
            continue
        except Throttled:
            raise
        except UpstreamError as error:
            troubles.append(error)
    if troubles and not settle:
        raise troubles[0]
    return ABSTRACT_ONLY


def parse_document(document: bytes) -> FullText:
    """Read HTML or PDF, whatever it says it is. Raises ParseError when there is no paper in it."""
    if b"%PDF-" in document[:1024]:
        return FullText("pdf", parse_pdf(document))
    article = parse_article(document)
    sections = tuple(Section(xml_safe(s.heading), xml_safe(s.text)) for s in article.sections)
    return FullText("html", sections, xml_safe(article.hidden))
