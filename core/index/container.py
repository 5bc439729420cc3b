"""Blobs of named parts: each is compressed alone, and inflated only when somebody asks for it."""

import struct
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from backports import zstd

from core.errors import Damaged
from core.index.packing import join_planes

_HEADER: Final = struct.Struct("<4sI")  # kind and version, a number
_LENGTH: Final = struct.Struct("<I")
_LEVEL: Final = 19
"""A tenth of a second for a day's papers, once; reading is as quick at any level."""


class Parts:
    """
    The parts of one blob, by name, and the number in its header.

    Raises Damaged when the bytes are not of this kind and version.
    """

    def __init__(self, data: bytes, kind: bytes, names: Sequence[str]) -> None:
        at = _HEADER.size + len(names) * _LENGTH.size
        lengths = struct.unpack_from(f"<{len(names)}I", data, _HEADER.size) if len(data) >= at else ()
        if data[:4] != kind or len(data) != at + sum(lengths):
            raise Damaged("a match index is damaged or of another version; the next refresh writes it again")
        _, self.number = _HEADER.unpack_from(data)
        self._parts: dict[str, memoryview] = {}
        for name, length in zip(names, lengths, strict=True):
            self._parts[name] = memoryview(data)[at : at + length]
            at += length

    def __getitem__(self, name: str) -> bytes:
        return zstd.decompress(self._parts[name])

    def text(self, name: str) -> str:
        return self[name].decode()

    def numbers(self, name: str, code: Literal["H", "I"] = "H") -> memoryview:
        """Read what ``core.index.packing.split_planes`` wrote."""
        return join_planes(self[name], code)

    def sizes(self) -> dict[str, int]:
        """How many bytes each part takes."""
        return {name: len(part) for name, part in self._parts.items()}


def write_parts(kind: bytes, number: int, parts: Mapping[str, bytes], names: Sequence[str]) -> bytes:
    """Write parts in the order of ``names``; the same parts give the same bytes."""
    packed = [zstd.compress(parts[name], _LEVEL) for name in names]
    lengths = b"".join(_LENGTH.pack(len(part)) for part in packed)
    return _HEADER.pack(kind, number) + lengths + b"".join(packed)
