"""
A Zotero library by its public API (https://www.zotero.org/support/dev/web_api/v3): read at refresh, never at a request.

One request for a hundred items; none of a library that did not change since it was last read.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from core.errors import UNREADABLE, BadQuery, Throttled, UpstreamError
from core.profiles.records import Zotero
from core.profiles.seeds import Reference, reference_of

if TYPE_CHECKING:
    import httpx

    Transport = httpx.AsyncBaseTransport
"""How requests are made: tests give a Zotero of their own."""

PAGE: Final = 100
"""The most items that Zotero gives at once."""
MOST_ITEMS: Final = 1000
"""The latest ones of a larger library are read."""
READ_AGAIN_AFTER: Final = timedelta(hours=20)
_TIMEOUT: Final = 20.0  # seconds
_MOST_BYTES: Final = 8_000_000
"""Of one answer."""
_LIBRARY: Final = re.compile(r"(?:https?://(?:www\.)?zotero\.org/)?(users|groups)/(\d{1,12})(?:/.*)?")
_KEY: Final = re.compile(r"[A-Za-z0-9]{0,64}")
_ALONE: Final = "Zotero asked to be left alone for a while"
_NO_TEXTS: Final = ("attachment", "note", "annotation")


class Item(Struct, frozen=True):
    """An item as Zotero gives it: what it has depends on its type."""

    data: Mapping[str, object]


class Answer(Struct, frozen=True):
    """What a library holds; ``references`` is None when it did not change."""

    version: int
    references: tuple[Reference, ...] | None


def parse_zotero(library: str, key: str) -> Zotero | None:
    """
    Read ``users/475425``, ``groups/12345`` or a group's address at zotero.org; None for nothing.

    Raises BadQuery.
    """
    library, key = library.strip().strip("/"), key.strip()
    if not library:
        return None
    found = _LIBRARY.fullmatch(library)
    if not found:
        raise BadQuery("zotero", "must be users/<number>, as zotero.org/settings/keys tells it, or groups/<number>")
    if not _KEY.fullmatch(key):
        raise BadQuery("zotero_key", "must be letters and digits, as zotero.org/settings/keys gives it")
    return Zotero(f"{found[1]}/{found[2]}", key)


async def read_library(zotero: Zotero, base_url: str, transport: "Transport | None" = None) -> Answer:
    """Ask for a library's items, the latest first. Raises UpstreamError without the key in it, and Throttled."""
    import httpx  # noqa: PLC0415 - a request does without

    headers = {"Zotero-API-Version": "3", "Accept-Encoding": "identity"} | (
        {"Zotero-API-Key": zotero.key} if zotero.key else {}
    )
    try:
        async with httpx.AsyncClient(
            base_url=base_url, headers=headers, timeout=_TIMEOUT, transport=transport, trust_env=False
        ) as client:
            return await _read_pages(client, zotero)
    except httpx.HTTPError as error:
        raise UpstreamError(f"Zotero could not be reached: {type(error).__name__}") from error


async def _read_pages(client: "httpx.AsyncClient", zotero: Zotero) -> Answer:
    references: list[Reference] = []
    version = zotero.version
    for start in range(0, MOST_ITEMS, PAGE):
        unless = {"If-Modified-Since-Version": str(zotero.version)} if zotero.version and not start else {}
        status, answered, body = await _page(client, zotero.library, start, unless)
        if status == 304:
            return Answer(zotero.version, None)
        _check(status, answered)
        version = _number(answered.get("last-modified-version", ""))
        references += _references(body)
        if start + PAGE >= _number(answered.get("total-results", "")):
            break
        if answered.get("backoff"):
            raise Throttled(_ALONE, _seconds(answered["backoff"]))
    return Answer(version, tuple(references))


async def _page(
    client: "httpx.AsyncClient", library: str, start: int, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """One request, read no further than ``_MOST_BYTES``."""
    asked: dict[str, str | int] = {
        "format": "json",
        "limit": PAGE,
        "start": start,
        "sort": "dateAdded",
        "direction": "desc",
    }
    async with client.stream("GET", f"/{library}/items/top", params=asked, headers=headers) as response:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UpstreamError("Zotero answered in an encoding that was not asked for")  # a bomb has two of them
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _MOST_BYTES:
                raise UpstreamError(f"Zotero answered with more than {_MOST_BYTES:,} bytes")
        return response.status_code, response.headers, bytes(body)


def _seconds(text: str) -> float:
    return float(_number(text) or 3600)


def _number(text: str) -> int:
    """A header's number; 0 for what is none, or none that a library or a pause could have."""
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else 0


def _check(status: int, headers: Mapping[str, str]) -> None:
    if status in (429, 503):
        raise Throttled(_ALONE, _seconds(headers.get("retry-after", "")))
    if status in (401, 403):
        raise UpstreamError("Zotero does not let this library be read: it is private, and the key is missing or wrong")
    if status == 404:
        raise UpstreamError("Zotero has no such library")
    if status != 200:
        raise UpstreamError(f"Zotero answered with status {status}")


def _references(body: bytes) -> Iterable[Reference]:
    try:
        items = msgspec.json.decode(body, type=list[Item])
    except UNREADABLE as error:
        raise UpstreamError("Zotero's answer could not be read") from error
    for item in items:
        fields = {name.lower(): value for name, value in item.data.items() if isinstance(value, str)}
        if fields.get("itemtype") not in _NO_TEXTS:
            found = reference_of(fields)
            if found.text:
                yield found
