"""Blobs of named parts: each is compressed alone, and inflated only when somebody asks for it."""

import struct
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from backports import zstd

from core.errors import Damaged
from core.index.packing import join_planes

_CONTAINER_HEADER: Final = struct.Struct("<4sI")  # kind and version, number of papers
_PART_LENGTH: Final = struct.Struct("<I")
_PART_ZSTD_LEVEL: Final = 19
"""A tenth of a second for a day's papers, once; reading is as quick at any level."""


class ContainerParts:
    """
    The parts of one blob, by name, and the number of papers in its header.

    Raises Damaged when the bytes are not of this kind and version.
    """

    def __init__(self, container_blob: bytes, container_kind: bytes, part_names: Sequence[str]) -> None:
        part_start = _CONTAINER_HEADER.size + len(part_names) * _PART_LENGTH.size
        has_header = len(container_blob) >= part_start
        part_lengths = (
            struct.unpack_from(f"<{len(part_names)}I", container_blob, _CONTAINER_HEADER.size) if has_header else ()
        )
        if container_blob[:4] != container_kind or len(container_blob) != part_start + sum(part_lengths):
            raise Damaged("a match index is damaged or of another version; the next refresh writes it again")
        _, self.paper_count = _CONTAINER_HEADER.unpack_from(container_blob)
        self._packed_parts: dict[str, memoryview] = {}
        for part_name, part_length in zip(part_names, part_lengths, strict=True):
            self._packed_parts[part_name] = memoryview(container_blob)[part_start : part_start + part_length]
            part_start += part_length

    def __getitem__(self, part_name: str) -> bytes:
        return zstd.decompress(self._packed_parts[part_name])

    def text(self, part_name: str) -> str:
        return self[part_name].decode()

    def numbers(self, part_name: str, plane_code: Literal["H", "I"] = "H") -> memoryview:
        """Read what ``core.index.packing.split_planes`` wrote."""
        return join_planes(self[part_name], plane_code)

    def sizes(self) -> dict[str, int]:
        """How many bytes each part takes."""
        return {part_name: len(packed_part) for part_name, packed_part in self._packed_parts.items()}


def write_container(
    container_kind: bytes, paper_count: int, parts: Mapping[str, bytes], part_names: Sequence[str]
) -> bytes:
    """Write parts in the order of ``part_names``; the same parts give the same bytes."""
    packed_parts = [zstd.compress(parts[part_name], _PART_ZSTD_LEVEL) for part_name in part_names]
    part_lengths = b"".join(_PART_LENGTH.pack(len(packed_part)) for packed_part in packed_parts)
    return _CONTAINER_HEADER.pack(container_kind, paper_count) + part_lengths + b"".join(packed_parts)
