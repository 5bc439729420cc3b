"""A response's body within a bound: gzip is counted while it is undone, so that 3 kB never become 4 GB."""

import zlib
from collections.abc import AsyncIterable
from typing import Final

from core.errors import UpstreamError

ACCEPT_ENCODING: Final = "gzip"
"""The one coding asked for: any other, and one on top of another, is refused."""

_UNCOMPRESSED_CODINGS: Final = ("", "identity")
_GZIP_CODINGS: Final = ("gzip", "x-gzip")
_GZIP_WINDOW_BITS: Final = 16 + zlib.MAX_WBITS


async def read_body(body_chunks: AsyncIterable[bytes], content_encoding: str, *, most: int) -> bytes:
    """
    Join a body's pieces as they came over the wire, undoing gzip; ``content_encoding`` is its Content-Encoding.

    Raises UpstreamError as soon as there are more than ``most`` bytes, for another coding, and for a broken one.
    """
    content_coding = content_encoding.strip().lower()
    if content_coding not in _UNCOMPRESSED_CODINGS + _GZIP_CODINGS:
        raise UpstreamError(f'it is encoded as "{content_coding[:40]}", which was not asked for')
    gunzip = zlib.decompressobj(_GZIP_WINDOW_BITS) if content_coding in _GZIP_CODINGS else None
    body = bytearray()
    async for chunk in body_chunks:
        body += _gunzipped(gunzip, chunk, most + 1 - len(body)) if gunzip else chunk
        if len(body) > most:
            raise UpstreamError(f"it is larger than {most >> 20} MB")
    if gunzip and body and not gunzip.eof:
        raise UpstreamError("its gzip breaks off")
    return bytes(body)


def _gunzipped(gunzip: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    """At most so many bytes of what a piece says; what is left of it is never undone: the body is too large then."""
    try:
        return gunzip.decompress(chunk, max(1, most))
    except zlib.error as error:
        raise UpstreamError(f"its gzip is broken ({error})") from error
