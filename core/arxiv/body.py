"""A response's body within a bound: gzip is counted while it is undone, so that 3 kB never become 4 GB."""

import zlib
from collections.abc import AsyncIterable
from typing import Final

from core.errors import UpstreamError

ACCEPT_ENCODING: Final = "gzip"
"""The one coding asked for: any other, and one on top of another, is refused."""

_PLAIN: Final = ("", "identity")
_GZIP: Final = ("gzip", "x-gzip")
_WITH_HEADER: Final = 16 + zlib.MAX_WBITS


async def read_body(pieces: AsyncIterable[bytes], encoding: str, *, most: int) -> bytes:
    """
    Join a body's pieces as they came over the wire, undoing gzip; ``encoding`` is its Content-Encoding.

    Raises UpstreamError as soon as there are more than ``most`` bytes, for another coding, and for a broken one.
    """
    coding = encoding.strip().lower()
    if coding not in _PLAIN + _GZIP:
        raise UpstreamError(f'it is encoded as "{coding[:40]}", which was not asked for')
    gunzip = zlib.decompressobj(_WITH_HEADER) if coding in _GZIP else None
    body = bytearray()
    async for piece in pieces:
        body += _gunzipped(gunzip, piece, most + 1 - len(body)) if gunzip else piece
        if len(body) > most:
            raise UpstreamError(f"it is larger than {most >> 20} MB")
    if gunzip and body and not gunzip.eof:
        raise UpstreamError("its gzip breaks off")
    return bytes(body)


def _gunzipped(gunzip: "zlib._Decompress", piece: bytes, most: int) -> bytes:
    """At most so many bytes of what a piece says; what is left of it is never undone: the body is too large then."""
    try:
        return gunzip.decompress(piece, max(1, most))
    except zlib.error as error:
        raise UpstreamError(f"its gzip is broken ({error})") from error
