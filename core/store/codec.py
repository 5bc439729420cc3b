"""
How Paperfeed's things become bytes and come back: msgpack, checked against the types, inside Zstandard.

Every kind begins with four letters that name it and its version. Whatever cannot be read raises Damaged.
"""

import hashlib
import struct
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, count
from typing import Final, TypeVar, overload

import msgspec
from backports import zstd

from core.errors import UNREADABLE, Damaged
from core.lru import ByteBoundedCache
from core.paper import Paper, Summary
from core.store.records import BatchRef, Manifest, SummaryFailure

_PAPERS_KIND: Final = b"PFp2"
_SUMMARIES: Final = b"PFs2"
_MANIFEST_KIND: Final = b"PFm2"
_FAILURE_KIND: Final = b"PFf2"

_HEAD: Final = struct.Struct("<4sIII")  # kind, papers, bytes of the packed lengths, bytes of the packed dictionary

_COMPRESSION_LEVEL: Final = 19
"""A fifth of a second for a day's papers, once."""
_DICTIONARY_BYTES: Final = 65_536
"""
What a day's papers have in common, at most so many bytes: each of them is compressed against it, and read alone.

Measured: 0.55 kB a paper and 14 microseconds to read one; with 32 kB 5 % more bytes, with 128 kB 4 % fewer.
"""
_FEWEST_FOR_DICTIONARY: Final = 64
"""Fewer papers have too little in common to learn from."""
_EACH: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: _COMPRESSION_LEVEL,
    zstd.CompressionParameter.checksum_flag: 1,
    zstd.CompressionParameter.dict_id_flag: 0,
}

Stored = TypeVar("Stored")

_encode_msgpack: Final = msgspec.msgpack.Encoder().encode
_paper_decoder: Final = msgspec.msgpack.Decoder(Paper)
_summaries: Final = msgspec.msgpack.Decoder(tuple[Summary, ...])
_manifest: Final = msgspec.msgpack.Decoder(Manifest)
_failure: Final = msgspec.msgpack.Decoder(SummaryFailure)


def content_name(data: bytes) -> str:
    """Name a blob by its content: 16 hex digits."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def content_version(batches: Sequence[BatchRef]) -> str:
    """Hash what feeds are made of: ``Manifest.content``."""
    rows = [(ref.day, ref.papers, ref.index, ref.summaries) for ref in batches]
    return content_name(_encode_msgpack(rows))


def encode_papers(papers: Sequence[Paper]) -> bytes:
    """Compress each paper alone, against what all of them have in common."""
    paper_blobs = [_encode_msgpack(paper) for paper in papers]
    dictionary = _learn_dictionary(paper_blobs)
    common = zstd.ZstdDict(dictionary) if dictionary else None
    compressor = zstd.ZstdCompressor(options=_EACH, zstd_dict=common)
    compressed_papers = [compressor.compress(paper_blob, compressor.FLUSH_FRAME) for paper_blob in paper_blobs]
    lengths = zstd.compress(struct.pack(f"<{len(compressed_papers)}I", *map(len, compressed_papers)), options=_EACH)
    dictionary = zstd.compress(dictionary, options=_EACH)
    head = _HEAD.pack(_PAPERS_KIND, len(papers), len(lengths), len(dictionary))
    return b"".join((head, lengths, dictionary, *compressed_papers))


def _learn_dictionary(paper_blobs: Sequence[bytes]) -> bytes:
    try:
        return (
            zstd.train_dict(paper_blobs, _DICTIONARY_BYTES).dict_content
            if len(paper_blobs) >= _FEWEST_FOR_DICTIONARY
            else b""
        )
    except zstd.ZstdError:  # nothing that they have in common
        return b""


DECODED_PAPERS: Final = ByteBoundedCache[tuple[int, int], Paper](24 * 2**20)
"""The process's decoded papers, the most recently asked for, by blob and row."""
_DECODED_PAPER_BYTES: Final = 1000
"""What a decoded paper takes beside its text."""
_blob_numbers: Final = count(1)


class PaperRows(Sequence[Paper]):
    """
    The papers of one blob, as ``encode_papers`` wrote it: each is read when asked for, and kept while there is room.

    Raises Damaged.
    """

    def __init__(self, data: bytes) -> None:
        try:
            kind, count, lengths, self._dictionary_size = _HEAD.unpack_from(data)
            _check_kind(kind, _PAPERS_KIND, "papers")
            self._dictionary_at = _HEAD.size + lengths
            packed = _unzip(data[_HEAD.size : self._dictionary_at], "papers")
            start = self._dictionary_at + self._dictionary_size
            self._bounds = [*accumulate(struct.unpack(f"<{count}I", packed), initial=start)]
        except struct.error as error:
            raise _damaged("papers") from error
        if len(data) != self._bounds[-1]:
            raise _damaged("papers")
        self._data = data
        self._count: int = count
        self.number = next(_blob_numbers)
        """Of this blob, unique in this process, from 1."""

    @cached_property
    def _common(self) -> zstd.ZstdDict | None:
        packed = self._data[self._dictionary_at : self._dictionary_at + self._dictionary_size]
        dictionary = _unzip(packed, "papers")
        return zstd.ZstdDict(dictionary) if dictionary else None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Paper: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Paper, ...]: ...

    def __getitem__(self, index: int | slice) -> Paper | tuple[Paper, ...]:
        if isinstance(index, slice):
            return tuple(self._paper_at(at) for at in range(*index.indices(self._count)))
        return self._paper_at(range(self._count)[index])

    def _paper_at(self, index: int) -> Paper:
        decoded_paper = DECODED_PAPERS.get((self.number, index))
        if decoded_paper is None:
            paper_blob = _unzip(self._data[self._bounds[index] : self._bounds[index + 1]], "papers", self._common)
            decoded_paper = _decode(_paper_decoder, paper_blob, "papers")
            DECODED_PAPERS.put((self.number, index), decoded_paper, _DECODED_PAPER_BYTES + 2 * len(paper_blob))
        return decoded_paper


def encode_summaries(summaries: Sequence[Summary]) -> bytes:
    return _pack(_SUMMARIES, summaries)


def decode_summaries(data: bytes) -> tuple[Summary, ...]:
    """Read what ``encode_summaries`` wrote."""
    return _unpack(_SUMMARIES, _summaries, data, "summaries")


def encode_manifest(manifest: Manifest) -> bytes:
    return _pack(_MANIFEST_KIND, manifest)


def decode_manifest(data: bytes) -> Manifest:
    """Read what ``encode_manifest`` wrote."""
    return _unpack(_MANIFEST_KIND, _manifest, data, "manifest")


def encode_failure(failure: SummaryFailure) -> bytes:
    return _pack(_FAILURE_KIND, failure)


def decode_failure(data: bytes) -> SummaryFailure:
    """Read what ``encode_failure`` wrote."""
    return _unpack(_FAILURE_KIND, _failure, data, "note of a failed summary")


def _pack(kind: bytes, value: object) -> bytes:
    return kind + zstd.compress(_encode_msgpack(value), options=_EACH)


def _unpack(kind: bytes, decoder: msgspec.msgpack.Decoder[Stored], data: bytes, what: str) -> Stored:
    _check_kind(data[: len(kind)], kind, what)
    return _decode(decoder, _unzip(data[len(kind) :], what), what)


def _check_kind(stored_kind: bytes, wanted_kind: bytes, blob_name: str) -> None:
    if stored_kind == wanted_kind:
        return
    if stored_kind[:3] == wanted_kind[:3]:
        raise Damaged(
            f"the {blob_name} in the store: written by another version of Paperfeed; the next refresh rewrites"
        )
    raise _damaged(blob_name)


def _unzip(data: bytes, what: str, common: zstd.ZstdDict | None = None) -> bytes:
    try:
        return zstd.decompress(data, common)
    except zstd.ZstdError as error:
        raise _damaged(what) from error


def _decode(decoder: msgspec.msgpack.Decoder[Stored], data: bytes, what: str) -> Stored:
    try:
        return decoder.decode(data)
    except UNREADABLE as error:
        raise _damaged(what) from error


def _damaged(what: str) -> Damaged:
    return Damaged(f"could not read the {what} in the store: damaged")
