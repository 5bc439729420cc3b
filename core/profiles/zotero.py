"""
A Zotero library by its public API (https://www.zotero.org/support/dev/web_api/v3): read at refresh, never at a request.

One request for a hundred items; none of a library that did not change since it was last read.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec import Struct, field

from core.errors import UNREADABLE, BadQuery, Throttled, UpstreamError
from core.profiles.records import Zotero
from core.profiles.seeds import SeedReference, reference_of

if TYPE_CHECKING:
    import httpx

ZoteroTransport: TypeAlias = "httpx.AsyncBaseTransport"
"""How requests are made: tests give a Zotero of their own."""

ZOTERO_ITEMS_A_PAGE: Final = 100
"""The most items that Zotero gives at once."""
MOST_ZOTERO_ITEMS: Final = 1000
"""The latest ones of a larger library are read."""
ZOTERO_READ_AFTER: Final = timedelta(hours=20)
_ZOTERO_TIMEOUT_SECONDS: Final = 20.0
_MOST_ZOTERO_PAGE_BYTES: Final = 8_000_000
"""Of one answer."""
_ZOTERO_LIBRARY: Final = re.compile(r"(?:https?://(?:www\.)?zotero\.org/)?(users|groups)/(\d{1,12})(?:/.*)?")
_ZOTERO_KEY: Final = re.compile(r"[A-Za-z0-9]{0,64}")
_ZOTERO_PAUSE: Final = "Zotero asked to be left alone for a while"
_ZOTERO_ITEMS_WITHOUT_TEXT: Final = ("attachment", "note", "annotation")


class ZoteroItem(Struct, frozen=True):
    """An item as Zotero gives it: what it has depends on its type."""

    zotero_fields: Mapping[str, object] = field(name="data")


class ZoteroAnswer(Struct, frozen=True):
    """What a library holds; ``references`` is None when it did not change."""

    library_version: int
    references: tuple[SeedReference, ...] | None


def parse_zotero(library_address: str, zotero_key: str) -> Zotero | None:
    """
    Read ``users/475425``, ``groups/12345`` or a group's address at zotero.org; None for nothing.

    Raises BadQuery.
    """
    library_address, zotero_key = library_address.strip().strip("/"), zotero_key.strip()
    if not library_address:
        return None
    zotero_library = _ZOTERO_LIBRARY.fullmatch(library_address)
    if not zotero_library:
        raise BadQuery("zotero", "must be users/<number>, as zotero.org/settings/keys tells it, or groups/<number>")
    if not _ZOTERO_KEY.fullmatch(zotero_key):
        raise BadQuery("zotero_key", "must be letters and digits, as zotero.org/settings/keys gives it")
    return Zotero(f"{zotero_library[1]}/{zotero_library[2]}", zotero_key)


async def read_zotero_library(
    zotero: Zotero, zotero_url: str, zotero_transport: "ZoteroTransport | None" = None
) -> ZoteroAnswer:
    """Ask for a library's items, the latest first. Raises UpstreamError without the key in it, and Throttled."""
    import httpx  # noqa: PLC0415 - a request does without

    zotero_key_header = {"Zotero-API-Key": zotero.key} if zotero.key else {}
    zotero_headers = {"Zotero-API-Version": "3", "Accept-Encoding": "identity"} | zotero_key_header
    try:
        async with httpx.AsyncClient(
            base_url=zotero_url,
            headers=zotero_headers,
            timeout=_ZOTERO_TIMEOUT_SECONDS,
            transport=zotero_transport,
            trust_env=False,
        ) as zotero_client:
            return await _read_zotero_pages(zotero_client, zotero)
    except httpx.HTTPError as zotero_error:
        raise UpstreamError(f"Zotero could not be reached: {type(zotero_error).__name__}") from zotero_error


async def _read_zotero_pages(zotero_client: "httpx.AsyncClient", zotero: Zotero) -> ZoteroAnswer:
    zotero_references: list[SeedReference] = []
    library_version = zotero.library_version
    for first_zotero_item in range(0, MOST_ZOTERO_ITEMS, ZOTERO_ITEMS_A_PAGE):
        if_zotero_changed = (
            {"If-Modified-Since-Version": str(zotero.library_version)}
            if zotero.library_version and not first_zotero_item
            else {}
        )
        zotero_status, zotero_headers, zotero_page = await _read_zotero_page(
            zotero_client, zotero.library, first_zotero_item, if_zotero_changed
        )
        if zotero_status == 304:
            return ZoteroAnswer(zotero.library_version, None)
        _check_zotero_status(zotero_status, zotero_headers)
        library_version = _zotero_number(zotero_headers.get("last-modified-version", ""))
        zotero_references += _library_references(zotero_page)
        if first_zotero_item + ZOTERO_ITEMS_A_PAGE >= _zotero_number(zotero_headers.get("total-results", "")):
            break
        if zotero_headers.get("backoff"):
            raise Throttled(_ZOTERO_PAUSE, _zotero_pause_seconds(zotero_headers["backoff"]))
    return ZoteroAnswer(library_version, tuple(zotero_references))


async def _read_zotero_page(
    zotero_client: "httpx.AsyncClient",
    zotero_library: str,
    first_zotero_item: int,
    if_zotero_changed: Mapping[str, str],
) -> tuple[int, Mapping[str, str], bytes]:
    """One request, read no further than ``_MOST_ZOTERO_PAGE_BYTES``."""
    latest_zotero_items = (
        f"format=json&limit={ZOTERO_ITEMS_A_PAGE}&start={first_zotero_item}&sort=dateAdded&direction=desc"
    )
    async with zotero_client.stream(
        "GET", f"/{zotero_library}/items/top?{latest_zotero_items}", headers=if_zotero_changed
    ) as zotero_response:
        if zotero_response.headers.get("content-encoding", "identity") != "identity":
            raise UpstreamError("Zotero answered in an encoding that was not asked for")  # a bomb has two of them
        zotero_page = bytearray()
        async for zotero_bytes in zotero_response.aiter_bytes():
            zotero_page += zotero_bytes
            if len(zotero_page) > _MOST_ZOTERO_PAGE_BYTES:
                raise UpstreamError(f"Zotero answered with more than {_MOST_ZOTERO_PAGE_BYTES:,} bytes")
        return zotero_response.status_code, zotero_response.headers, bytes(zotero_page)


def _zotero_pause_seconds(zotero_pause: str) -> float:
    return float(_zotero_number(zotero_pause) or 3600)


def _zotero_number(zotero_header: str) -> int:
    """A header's number; 0 for what is none, or none that a library or a pause could have."""
    return int(zotero_header) if re.fullmatch(r"[0-9]{1,12}", zotero_header) else 0


def _check_zotero_status(zotero_status: int, zotero_headers: Mapping[str, str]) -> None:
    if zotero_status in (429, 503):
        raise Throttled(_ZOTERO_PAUSE, _zotero_pause_seconds(zotero_headers.get("retry-after", "")))
    if zotero_status in (401, 403):
        raise UpstreamError("Zotero does not let this library be read: it is private, and the key is missing or wrong")
    if zotero_status == 404:
        raise UpstreamError("Zotero has no such library")
    if zotero_status != 200:
        raise UpstreamError(f"Zotero answered with status {zotero_status}")


def _library_references(zotero_page: bytes) -> Iterable[SeedReference]:
    try:
        zotero_items = msgspec.json.decode(zotero_page, type=list[ZoteroItem])
    except UNREADABLE as zotero_error:
        raise UpstreamError("Zotero's answer could not be read") from zotero_error
    for zotero_item in zotero_items:
        zotero_fields = {
            zotero_field_name.lower(): zotero_field
            for zotero_field_name, zotero_field in zotero_item.zotero_fields.items()
            if isinstance(zotero_field, str)
        }
        if zotero_fields.get("itemtype") not in _ZOTERO_ITEMS_WITHOUT_TEXT:
            zotero_reference = reference_of(zotero_fields)
            if zotero_reference.text:
                yield zotero_reference
