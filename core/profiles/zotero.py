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

    ZoteroTransport = httpx.AsyncBaseTransport
"""How requests are made: tests give a Zotero of their own."""

ITEMS_A_PAGE: Final = 100
"""The most items that Zotero gives at once."""
MOST_ITEMS: Final = 1000
"""The latest ones of a larger library are read."""
LIBRARY_READ_AFTER: Final = timedelta(hours=20)
_ZOTERO_TIMEOUT_SECONDS: Final = 20.0  # seconds
_MOST_PAGE_BYTES: Final = 8_000_000
"""Of one answer."""
_ZOTERO_LIBRARY: Final = re.compile(r"(?:https?://(?:www\.)?zotero\.org/)?(users|groups)/(\d{1,12})(?:/.*)?")
_ZOTERO_KEY: Final = re.compile(r"[A-Za-z0-9]{0,64}")
_ASKED_FOR_PAUSE: Final = "Zotero asked to be left alone for a while"
_ITEMS_WITHOUT_TEXT: Final = ("attachment", "note", "annotation")


class ZoteroItem(Struct, frozen=True):
    """An item as Zotero gives it: what it has depends on its type."""

    data: Mapping[str, object]


class ZoteroAnswer(Struct, frozen=True):
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
    zotero_library = _ZOTERO_LIBRARY.fullmatch(library)
    if not zotero_library:
        raise BadQuery("zotero", "must be users/<number>, as zotero.org/settings/keys tells it, or groups/<number>")
    if not _ZOTERO_KEY.fullmatch(key):
        raise BadQuery("zotero_key", "must be letters and digits, as zotero.org/settings/keys gives it")
    return Zotero(f"{zotero_library[1]}/{zotero_library[2]}", key)


async def read_library(zotero: Zotero, base_url: str, transport: "ZoteroTransport | None" = None) -> ZoteroAnswer:
    """Ask for a library's items, the latest first. Raises UpstreamError without the key in it, and Throttled."""
    import httpx  # noqa: PLC0415 - a request does without

    zotero_headers = {"Zotero-API-Version": "3", "Accept-Encoding": "identity"} | (
        {"Zotero-API-Key": zotero.key} if zotero.key else {}
    )
    try:
        async with httpx.AsyncClient(
            base_url=base_url,
            headers=zotero_headers,
            timeout=_ZOTERO_TIMEOUT_SECONDS,
            transport=transport,
            trust_env=False,
        ) as zotero_client:
            return await _read_pages(zotero_client, zotero)
    except httpx.HTTPError as error:
        raise UpstreamError(f"Zotero could not be reached: {type(error).__name__}") from error


async def _read_pages(client: "httpx.AsyncClient", zotero: Zotero) -> ZoteroAnswer:
    references: list[Reference] = []
    version = zotero.version
    for first_item in range(0, MOST_ITEMS, ITEMS_A_PAGE):
        unless_changed = {"If-Modified-Since-Version": str(zotero.version)} if zotero.version and not first_item else {}
        status, answer_headers, page_body = await _read_page(client, zotero.library, first_item, unless_changed)
        if status == 304:
            return ZoteroAnswer(zotero.version, None)
        _check_status(status, answer_headers)
        version = _header_number(answer_headers.get("last-modified-version", ""))
        references += _item_references(page_body)
        if first_item + ITEMS_A_PAGE >= _header_number(answer_headers.get("total-results", "")):
            break
        if answer_headers.get("backoff"):
            raise Throttled(_ASKED_FOR_PAUSE, _pause_seconds(answer_headers["backoff"]))
    return ZoteroAnswer(version, tuple(references))


async def _read_page(
    client: "httpx.AsyncClient", library: str, first_item: int, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """One request, read no further than ``_MOST_PAGE_BYTES``."""
    page_parameters: dict[str, str | int] = {
        "format": "json",
        "limit": ITEMS_A_PAGE,
        "start": first_item,
        "sort": "dateAdded",
        "direction": "desc",
    }
    async with client.stream("GET", f"/{library}/items/top", params=page_parameters, headers=headers) as response:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UpstreamError("Zotero answered in an encoding that was not asked for")  # a bomb has two of them
        page_body = bytearray()
        async for body_piece in response.aiter_bytes():
            page_body += body_piece
            if len(page_body) > _MOST_PAGE_BYTES:
                raise UpstreamError(f"Zotero answered with more than {_MOST_PAGE_BYTES:,} bytes")
        return response.status_code, response.headers, bytes(page_body)


def _pause_seconds(pause_header: str) -> float:
    return float(_header_number(pause_header) or 3600)


def _header_number(header: str) -> int:
    """A header's number; 0 for what is none, or none that a library or a pause could have."""
    return int(header) if re.fullmatch(r"[0-9]{1,12}", header) else 0


def _check_status(status: int, headers: Mapping[str, str]) -> None:
    if status in (429, 503):
        raise Throttled(_ASKED_FOR_PAUSE, _pause_seconds(headers.get("retry-after", "")))
    if status in (401, 403):
        raise UpstreamError("Zotero does not let this library be read: it is private, and the key is missing or wrong")
    if status == 404:
        raise UpstreamError("Zotero has no such library")
    if status != 200:
        raise UpstreamError(f"Zotero answered with status {status}")


def _item_references(page_body: bytes) -> Iterable[Reference]:
    try:
        zotero_items = msgspec.json.decode(page_body, type=list[ZoteroItem])
    except UNREADABLE as error:
        raise UpstreamError("Zotero's answer could not be read") from error
    for zotero_item in zotero_items:
        item_fields = {name.lower(): value for name, value in zotero_item.data.items() if isinstance(value, str)}
        if item_fields.get("itemtype") not in _ITEMS_WITHOUT_TEXT:
            reference = reference_of(item_fields)
            if reference.text:
                yield reference
