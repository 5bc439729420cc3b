"""A paper's full text from arXiv, for one reading: HTML first, PDF next, abstract last. Nothing of it is stored."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from core.arxiv.limits import Role
from core.errors import Missing, ParseError, Throttled, UpstreamError
from core.fulltext.document import ABSTRACT_ONLY, FullText
from core.fulltext.isolated import parse_isolated
from core.paper import Paper


class Fetcher(Protocol):
    """What asks arXiv, politely: ``core.arxiv.client.ArxivClient``."""

    async def fetch(self, role: Role, path: str) -> bytes: ...


class NotedFetcher:
    """A fetcher that calls ``note`` whenever it has a document, before anybody parses it."""

    def __init__(self, client: Fetcher, note: Callable[[], Awaitable[None]]) -> None:
        self._client = client
        self._note = note
        self.noted = False

    async def fetch(self, role: Role, path: str) -> bytes:
        document = await self._client.fetch(role, path)
        await self._note()
        self.noted = True
        return document


async def read_paper(client: Fetcher, paper: Paper, *, settle: bool = False) -> FullText:
    """
    Read this version of a paper from export.arxiv.org; one or two requests through the gate.

    Raises Throttled when arXiv asks to be left alone, and UpstreamError when it does not answer now; with ``settle``
    the abstract does instead of an UpstreamError.
    """
    versioned_id = f"{paper.arxiv_id}v{paper.version}"
    upstream_errors: list[UpstreamError] = []
    for document_path in (f"/html/{versioned_id}", f"/pdf/{versioned_id}"):
        try:
            document = await client.fetch("api", document_path)
            return await parse_isolated(document)
        except (Missing, ParseError):
            continue
        except Throttled:
            raise
        except UpstreamError as error:
            upstream_errors.append(error)
    if upstream_errors and not settle:
        raise upstream_errors[0]
    return ABSTRACT_ONLY
