"""FLAC: frames that know their number, and the few blocks that stand before them (RFC 9639)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from lullaby.export.containers.tags import Tags, flac_picture, vorbis_comment
from lullaby.export.segments import Encoded, PacketSizes, Rendering, Segment

_SEEK_EVERY = 104
"""FLAC frames between two seek points: ten seconds."""
_LARGEST = (1 << 24) - 1
"""Bytes of the largest block."""


@dataclass(frozen=True)
class Flac:
    """A FLAC file. Its MD5 is left at 0, which means unknown: it could only be made in one go."""

    rendering: Rendering
    tags: Tags

    def head(self, sizes: PacketSizes) -> bytes:
        picture = flac_picture(self.tags) if self.tags.cover else b""
        blocks = [(0, self._stream_info(sizes)), (3, self._seek_table(sizes)), (4, vorbis_comment(self.tags))]
        if 0 < len(picture) <= _LARGEST:
            blocks.append((6, picture))
        last = len(blocks) - 1
        return b"fLaC" + b"".join(
            bytes([kind | (0x80 if i == last else 0)]) + len(data).to_bytes(3, "big") + data
            for i, (kind, data) in enumerate(blocks)
        )

    def body(self, segment: Segment, encoded: Encoded) -> bytes:
        return encoded.payload

    def _stream_info(self, sizes: PacketSizes) -> bytes:
        rendering = self.rendering
        smallest, largest = (int(sizes.min()), int(sizes.max())) if len(sizes) else (0, 0)
        facts = rendering.sampling.rate << 44 | (rendering.sampling.channels - 1) << 41
        facts |= (rendering.sampling.bits - 1) << 36 | rendering.frames
        length = rendering.packet_frames.to_bytes(2, "big")
        between = smallest.to_bytes(3, "big") + largest.to_bytes(3, "big")
        return length + length + between + facts.to_bytes(8, "big") + bytes(16)

    def _seek_table(self, sizes: PacketSizes) -> bytes:
        """The seek table."""
        count = -(-self.rendering.frames // self.rendering.packet_frames)
        numbers = range(0, count, _SEEK_EVERY)
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        length = self.rendering.packet_frames
        return b"".join(
            struct.pack(
                ">QQH",
                n * length,
                int(starts[n]) if n < len(starts) else 0,
                min(length, self.rendering.frames - n * length),
            )
            for n in numbers
        )
