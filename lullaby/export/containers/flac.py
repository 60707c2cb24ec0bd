"""FLAC: frames that know their number, and the few blocks that stand before them (RFC 9639)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from lullaby.export.containers.about import About, flac_picture, vorbis_comment
from lullaby.export.parts import Made, Part, Sizes, Whole

_EVERY_POINT = 104
"""Frames between two places a player can jump to: ten seconds."""
_LARGEST = (1 << 24) - 1
"""Bytes of the largest block."""


@dataclass(frozen=True)
class Flac:
    """A FLAC file. No checksum of the whole is kept: it could only be made in one go."""

    whole: Whole
    about: About

    def head(self, sizes: Sizes) -> bytes:
        picture = flac_picture(self.about) if self.about.cover else b""
        blocks = [(0, self._stream(sizes)), (3, self._points(sizes)), (4, vorbis_comment(self.about))]
        if 0 < len(picture) <= _LARGEST:
            blocks.append((6, picture))
        last = len(blocks) - 1
        return b"fLaC" + b"".join(
            bytes([kind | (0x80 if i == last else 0)]) + len(data).to_bytes(3, "big") + data
            for i, (kind, data) in enumerate(blocks)
        )

    def body(self, part: Part, made: Made) -> bytes:
        return made.payload

    def _stream(self, sizes: Sizes) -> bytes:
        whole = self.whole
        smallest, largest = (int(sizes.min()), int(sizes.max())) if len(sizes) else (0, 0)
        facts = whole.sampling.rate << 44 | (whole.sampling.channels - 1) << 41
        facts |= (whole.sampling.bits - 1) << 36 | whole.frames
        length = whole.packet_frames.to_bytes(2, "big")
        between = smallest.to_bytes(3, "big") + largest.to_bytes(3, "big")
        return length + length + between + facts.to_bytes(8, "big") + bytes(16)

    def _points(self, sizes: Sizes) -> bytes:
        """A table of places to jump to."""
        count = -(-self.whole.frames // self.whole.packet_frames)
        numbers = range(0, count, _EVERY_POINT)
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        length = self.whole.packet_frames
        return b"".join(
            struct.pack(
                ">QQH",
                n * length,
                int(starts[n]) if n < len(starts) else 0,
                min(length, self.whole.frames - n * length),
            )
            for n in numbers
        )
