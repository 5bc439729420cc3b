"""Documents that are compressed to hurt."""

import gzip
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from core.arxiv.body import read_body
from core.arxiv.client import ArxivClient
from core.config.environment import Environment
from core.errors import UpstreamError
from core.store.base import Store
from tests.support.hostile_bytes import peak
from tests.support.replay import FakeClock


async def pieces(data: bytes, size: int = 16_384) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def bomb(megabytes: int) -> bytes:
    """So many megabytes of zeros, packed without ever holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()


# -- unpacking


async def test_a_gzip_bomb_is_counted_while_it_is_undone():
    """A quarter of a gigabyte in 250 kB of gzip is refused having been held no further than the bound."""
    packed, before = bomb(256), peak()
    with pytest.raises(UpstreamError, match="larger than 8 MB"):
        await read_body(pieces(packed, len(packed)), "gzip", most_bytes=8 * 2**20)
    assert peak() - before < 40 * 2**20


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,identity", "br", "deflate", "zstd", "x" * 9000])
async def test_one_coding_is_undone_and_no_other(encoding: str):
    """What was not asked for is refused by its name; of two codings the second is not even tried."""
    with pytest.raises(UpstreamError, match="it is encoded as") as refused:
        await read_body(pieces(gzip.compress(gzip.compress(b"x"))), encoding, most_bytes=1000)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_gzip_comes_whole_in_any_pieces(size: int):
    """However the network cuts it."""
    text = bytes(range(256)) * 300
    assert await read_body(pieces(gzip.compress(text), size), "gzip", most_bytes=10**6) == text
    assert await read_body(pieces(text, size), "", most_bytes=10**6) == text


async def test_gzip_that_breaks_off_is_no_document():
    """Half a document would pass for a short day."""
    with pytest.raises(UpstreamError, match="gzip breaks off"):
        await read_body(pieces(gzip.compress(b"x" * 999)[:-9]), "gzip", most_bytes=1000)
    with pytest.raises(UpstreamError, match="gzip is broken"):
        await read_body(pieces(b"\x1f\x8bnothing of the kind"), "GZIP ", most_bytes=1000)


async def test_the_client_names_the_document(store: Store):
    """The bound is the client's for every document, and its error says which one it was."""

    class Bomber(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            assert request.headers["Accept-Encoding"] == "gzip"
            return httpx.Response(200, headers={"Content-Encoding": "gzip, gzip"}, content=pieces(bomb(1)))

    clock = FakeClock(datetime(2026, 1, 14, tzinfo=UTC))
    async with ArxivClient(store, Environment(), clock=clock, holder="a", transport=Bomber()) as client:
        with pytest.raises(UpstreamError, match='could not read /pdf/x: it is encoded as "gzip, gzip"'):
            await client.fetch("api", "/pdf/x")
