"""A response's body within a bound: gzip is counted while it is undone, so that 3 kB never become 4 GB."""

import zlib
from collections.abc import AsyncIterable
from typing import Final

from core.errors import UpstreamError

ACCEPT_ENCODING: Final = "gzip"
"""The one coding asked for: any other, and one on top of another, is refused."""

_IDENTITY_ENCODINGS: Final = ("", "identity")
_GZIP_ENCODINGS: Final = ("gzip", "x-gzip")
_GZIP_WINDOW_BITS: Final = 16 + zlib.MAX_WBITS


async def read_body(arxiv_chunks: AsyncIterable[bytes], content_encoding: str, *, most_bytes: int) -> bytes:
    """
    Join a body's pieces as they came over the wire, undoing gzip; ``content_encoding`` is its Content-Encoding.

    Raises UpstreamError as soon as there are more than ``most_bytes`` bytes, for another coding, and for a broken one.
    """
    arxiv_encoding = content_encoding.strip().lower()
    if arxiv_encoding not in _IDENTITY_ENCODINGS + _GZIP_ENCODINGS:
        raise UpstreamError(f'it is encoded as "{arxiv_encoding[:40]}", which was not asked for')
    arxiv_gunzip = zlib.decompressobj(_GZIP_WINDOW_BITS) if arxiv_encoding in _GZIP_ENCODINGS else None
    arxiv_body = bytearray()
    async for arxiv_chunk in arxiv_chunks:
        bytes_left = most_bytes + 1 - len(arxiv_body)
        arxiv_body += _gunzipped(arxiv_gunzip, arxiv_chunk, bytes_left) if arxiv_gunzip else arxiv_chunk
        if len(arxiv_body) > most_bytes:
            raise UpstreamError(f"it is larger than {most_bytes >> 20} MB")
    if arxiv_gunzip and arxiv_body and not arxiv_gunzip.eof:
        raise UpstreamError("its gzip breaks off")
    return bytes(arxiv_body)


def _gunzipped(arxiv_gunzip: "zlib._Decompress", arxiv_chunk: bytes, most_bytes: int) -> bytes:
    """At most so many bytes of what a piece says; what is left of it is never undone: the body is too large then."""
    try:
        return arxiv_gunzip.decompress(arxiv_chunk, max(1, most_bytes))
    except zlib.error as gzip_error:
        raise UpstreamError(f"its gzip is broken ({gzip_error})") from gzip_error
