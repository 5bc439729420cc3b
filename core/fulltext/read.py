"""A paper's full text from arXiv, for one reading: HTML first, PDF next, abstract last. Nothing of it is stored."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from core.arxiv.limits import Role
from core.errors import Missing, ParseError, Throttled, UpstreamError
from core.fulltext.document import ABSTRACT_ONLY, FullText
from core.fulltext.isolated import parse_isolated
from core.paper import Paper


class PaperFetcher(Protocol):
    """What asks arXiv, politely: ``core.arxiv.client.ArxivClient``."""

    async def fetch(self, role: Role, full_text_path: str) -> bytes: ...


class NotedFullTextFetcher:
    """A fetcher that calls ``note_full_text`` whenever it has a document, before anybody parses it."""

    def __init__(self, fetcher: PaperFetcher, note_full_text: Callable[[], Awaitable[None]]) -> None:
        self._full_text_fetcher = fetcher
        self._note_full_text = note_full_text
        self.full_text_noted = False

    async def fetch(self, role: Role, full_text_path: str) -> bytes:
        full_text_document = await self._full_text_fetcher.fetch(role, full_text_path)
        await self._note_full_text()
        self.full_text_noted = True
        return full_text_document


async def read_paper(fetcher: PaperFetcher, paper: Paper, *, settle: bool = False) -> FullText:
    """
    Read this version of a paper from export.arxiv.org; one or two requests through the gate.

    Raises Throttled when arXiv asks to be left alone, and UpstreamError when it does not answer now; with ``settle``
    the abstract does instead of an UpstreamError.
    """
    full_text_id = f"{paper.arxiv_id}v{paper.version}"
    full_text_errors: list[UpstreamError] = []
    for full_text_path in (f"/html/{full_text_id}", f"/pdf/{full_text_id}"):
        try:
            full_text_document = await fetcher.fetch("api", full_text_path)
            return await parse_isolated(full_text_document)
        except (Missing, ParseError):
            continue
        except Throttled:
            raise
        except UpstreamError as full_text_error:
            full_text_errors.append(full_text_error)
    if full_text_errors and not settle:
        raise full_text_errors[0]
    return ABSTRACT_ONLY
