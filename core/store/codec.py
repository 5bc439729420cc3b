"""
How Paperfeed's things become bytes and come back: msgpack, checked against the types, inside Zstandard.

Every kind begins with four letters that name it and its version. Whatever cannot be read raises Damaged.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, count
from typing import Final, TypeVar, overload

import msgspec
from backports import zstd

from core.errors import UNREADABLE, Damaged
from core.lru import ByteBoundedCache
from core.paper import Paper, PaperTexts, Summary
from core.store.records import BatchRef, Manifest, SummaryFailure

_PAPERS_BLOB_KIND: Final = b"PFp2"
_SUMMARIES_BLOB_KIND: Final = b"PFs2"
_MANIFEST_BLOB_KIND: Final = b"PFm2"
_FAILURE_BLOB_KIND: Final = b"PFf2"

_PAPERS_BLOB_HEAD: Final = struct.Struct("<4sIII")
"""Kind, papers, bytes of the packed lengths, bytes of the packed dictionary."""

_ZSTD_LEVEL: Final = 19
"""A fifth of a second for a day's papers, once."""
_MOST_ZSTD_DICTIONARY_BYTES: Final = 65_536
"""
What a day's papers have in common, at most so many bytes: each of them is compressed against it, and read alone.

Measured: 0.55 kB a paper and 14 microseconds to read one; with 32 kB 5 % more bytes, with 128 kB 4 % fewer.
"""
_FEWEST_ZSTD_DICTIONARY_PAPERS: Final = 64
"""Fewer papers have too little in common to learn from."""
_ZSTD_OPTIONS: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: _ZSTD_LEVEL,
    zstd.CompressionParameter.checksum_flag: 1,
    zstd.CompressionParameter.dict_id_flag: 0,
}

StoredRecord = TypeVar("StoredRecord")
RecordDecoder = msgspec.msgpack.Decoder

_encode_record: Final = msgspec.msgpack.Encoder().encode
_paper_decoder: Final = msgspec.msgpack.Decoder(Paper)
_texts_decoder: Final = msgspec.msgpack.Decoder(PaperTexts)
_summaries_decoder: Final = msgspec.msgpack.Decoder(tuple[Summary, ...])
_manifest_decoder: Final = msgspec.msgpack.Decoder(Manifest)
_failure_decoder: Final = msgspec.msgpack.Decoder(SummaryFailure)


def content_name(blob: bytes) -> str:
    """Name a blob by its content: 16 hex digits."""
    return hashlib.blake2b(blob, digest_size=8).hexdigest()


def content_version(batch_refs: Sequence[BatchRef]) -> str:
    """Hash what feeds are made of: ``Manifest.content``."""
    stored_names = [
        (batch_ref.day, batch_ref.papers_blob_name, batch_ref.index_blob_name, batch_ref.summaries_blob_name)
        for batch_ref in batch_refs
    ]
    return content_name(_encode_record(stored_names))


def encode_papers(papers: Sequence[Paper]) -> bytes:
    """Compress each paper alone, against what all of them have in common."""
    paper_records = [_encode_record(paper) for paper in papers]
    zstd_dictionary_bytes = _learn_zstd_dictionary(paper_records)
    zstd_dictionary = zstd.ZstdDict(zstd_dictionary_bytes) if zstd_dictionary_bytes else None
    compressor = zstd.ZstdCompressor(options=_ZSTD_OPTIONS, zstd_dict=zstd_dictionary)
    zstd_frames = [compressor.compress(paper_record, compressor.FLUSH_FRAME) for paper_record in paper_records]
    zstd_lengths = zstd.compress(struct.pack(f"<{len(zstd_frames)}I", *map(len, zstd_frames)), options=_ZSTD_OPTIONS)
    zstd_dictionary_bytes = zstd.compress(zstd_dictionary_bytes, options=_ZSTD_OPTIONS)
    blob_head = _PAPERS_BLOB_HEAD.pack(_PAPERS_BLOB_KIND, len(papers), len(zstd_lengths), len(zstd_dictionary_bytes))
    return b"".join((blob_head, zstd_lengths, zstd_dictionary_bytes, *zstd_frames))


def _learn_zstd_dictionary(paper_records: Sequence[bytes]) -> bytes:
    try:
        enough_blobs = len(paper_records) >= _FEWEST_ZSTD_DICTIONARY_PAPERS
        return zstd.train_dict(paper_records, _MOST_ZSTD_DICTIONARY_BYTES).dict_content if enough_blobs else b""
    except zstd.ZstdError:  # nothing that they have in common
        return b""


DECODED_PAPERS: Final = ByteBoundedCache[tuple[int, int], Paper](20 * 2**20)
"""The process's decoded papers, the most recently asked for, by blob and row."""
_DECODED_PAPER_BYTES: Final = 1000
"""What a decoded paper takes beside its text."""
_stored_blob_numbers: Final = count(1)


class StoredPapers(Sequence[Paper]):
    """
    The papers of one blob, as ``encode_papers`` wrote it: each is read when asked for, and kept while there is room.

    Raises Damaged.
    """

    def __init__(self, papers_blob: bytes) -> None:
        try:
            blob_kind, blob_papers, lengths_bytes, dictionary_bytes = _PAPERS_BLOB_HEAD.unpack_from(papers_blob)
            _check_blob_kind(blob_kind, _PAPERS_BLOB_KIND, "papers")
            zstd_dictionary_start = _PAPERS_BLOB_HEAD.size + lengths_bytes
            zstd_lengths = _decompress(papers_blob[_PAPERS_BLOB_HEAD.size : zstd_dictionary_start], "papers")
            zstd_start = zstd_dictionary_start + dictionary_bytes
            self._zstd_dictionary_slice = slice(zstd_dictionary_start, zstd_start)
            self._zstd_bounds = [*accumulate(struct.unpack(f"<{blob_papers}I", zstd_lengths), initial=zstd_start)]
        except struct.error as blob_head_error:
            raise _damaged_blob("papers") from blob_head_error
        if len(papers_blob) != self._zstd_bounds[-1]:
            raise _damaged_blob("papers")
        self._papers_blob = papers_blob
        self._blob_papers: int = blob_papers
        self.blob_number = next(_stored_blob_numbers)
        """Of this blob, unique in this process, from 1."""

    @cached_property
    def _zstd_dictionary(self) -> zstd.ZstdDict | None:
        zstd_dictionary_bytes = _decompress(self._papers_blob[self._zstd_dictionary_slice], "papers")
        return zstd.ZstdDict(zstd_dictionary_bytes) if zstd_dictionary_bytes else None

    def __len__(self) -> int:
        return self._blob_papers

    @overload
    def __getitem__(self, blob_row: int) -> Paper: ...

    @overload
    def __getitem__(self, blob_row: slice) -> tuple[Paper, ...]: ...

    def __getitem__(self, blob_row: int | slice) -> Paper | tuple[Paper, ...]:
        if isinstance(blob_row, slice):
            return tuple(map(self._decode_paper, range(*blob_row.indices(self._blob_papers))))
        return self._decode_paper(range(self._blob_papers)[blob_row])

    def texts(self) -> Iterator[PaperTexts]:
        """Read the titles and abstracts of all papers, one after the other: in half of the time; none is kept."""
        return (_decode_record(_texts_decoder, self._record(row), "papers") for row in range(self._blob_papers))

    def _record(self, blob_row: int) -> bytes:
        zstd_frame = self._papers_blob[self._zstd_bounds[blob_row] : self._zstd_bounds[blob_row + 1]]
        return _decompress(zstd_frame, "papers", self._zstd_dictionary)

    def _decode_paper(self, blob_row: int) -> Paper:
        decoded_paper = DECODED_PAPERS.get((self.blob_number, blob_row))
        if decoded_paper is None:
            record = self._record(blob_row)
            decoded_paper = _decode_record(_paper_decoder, record, "papers")
            DECODED_PAPERS.put((self.blob_number, blob_row), decoded_paper, _DECODED_PAPER_BYTES + 2 * len(record))
        return decoded_paper


def encode_summaries(summaries: Sequence[Summary]) -> bytes:
    return _encode_blob(_SUMMARIES_BLOB_KIND, summaries)


def decode_summaries(summaries_blob: bytes) -> tuple[Summary, ...]:
    """Read what ``encode_summaries`` wrote."""
    return _decode_blob(_SUMMARIES_BLOB_KIND, _summaries_decoder, summaries_blob, "summaries")


def encode_manifest(manifest: Manifest) -> bytes:
    return _encode_blob(_MANIFEST_BLOB_KIND, manifest)


def decode_manifest(manifest_blob: bytes) -> Manifest:
    """Read what ``encode_manifest`` wrote."""
    return _decode_blob(_MANIFEST_BLOB_KIND, _manifest_decoder, manifest_blob, "manifest")


def encode_failure(failure: SummaryFailure) -> bytes:
    return _encode_blob(_FAILURE_BLOB_KIND, failure)


def decode_failure(failure_blob: bytes) -> SummaryFailure:
    """Read what ``encode_failure`` wrote."""
    return _decode_blob(_FAILURE_BLOB_KIND, _failure_decoder, failure_blob, "note of a failed summary")


def _encode_blob(blob_kind: bytes, record: object) -> bytes:
    return blob_kind + zstd.compress(_encode_record(record), options=_ZSTD_OPTIONS)


def _decode_blob(blob_kind: bytes, decoder: RecordDecoder[StoredRecord], blob: bytes, blob_name: str) -> StoredRecord:
    _check_blob_kind(blob[: len(blob_kind)], blob_kind, blob_name)
    return _decode_record(decoder, _decompress(blob[len(blob_kind) :], blob_name), blob_name)


def _check_blob_kind(stored_kind: bytes, readable_kind: bytes, blob_name: str) -> None:
    if stored_kind == readable_kind:
        return
    if stored_kind[:3] == readable_kind[:3]:
        other_codec = f"the {blob_name} in the store: written by another version of Paperfeed"
        raise Damaged(f"{other_codec}; the next refresh rewrites")
    raise _damaged_blob(blob_name)


def _decompress(zstd_frame: bytes, blob_name: str, zstd_dictionary: zstd.ZstdDict | None = None) -> bytes:
    try:
        return zstd.decompress(zstd_frame, zstd_dictionary)
    except zstd.ZstdError as zstd_error:
        raise _damaged_blob(blob_name) from zstd_error


def _decode_record(record_decoder: RecordDecoder[StoredRecord], msgpack_bytes: bytes, blob_name: str) -> StoredRecord:
    try:
        return record_decoder.decode(msgpack_bytes)
    except UNREADABLE as msgpack_error:
        raise _damaged_blob(blob_name) from msgpack_error


def _damaged_blob(blob_name: str) -> Damaged:
    return Damaged(f"could not read the {blob_name} in the store: damaged")
