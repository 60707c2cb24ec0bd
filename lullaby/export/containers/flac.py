"""FLAC: frames that know their number, and the few blocks that stand before them (RFC 9639)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from lullaby.export.containers.about import About, flac_picture, vorbis_comment
from lullaby.export.parts import Made, Part, Sizes, Whole
from lullaby.kernels.checksums import CRC_8, CRC_16, checksum

_SIZE_BYTES = {6: 1, 7: 2}
"""By the code of a frame's length: bytes in which an uncommon one is written out."""
_RATE_BYTES = {12: 1, 13: 2, 14: 2}


def numbered(frame: bytes, number: int) -> bytes:
    """The same frame with another number, and checksums that are right again."""
    written = 1
    while frame[4] & 0x80 and frame[4] << written & 0x80:  # as many bytes as the first has leading ones
        written += 1
    after = 4 + written
    more = _SIZE_BYTES.get(frame[2] >> 4, 0) + _RATE_BYTES.get(frame[2] & 15, 0)
    header = frame[:4] + _coded(number) + frame[after : after + more]
    header += bytes([checksum(header, CRC_8, 8)])
    body = header + frame[after + more + 1 : -2]
    return body + struct.pack(">H", checksum(body, CRC_16, 16))


def _coded(number: int) -> bytes:
    """A number in as few bytes as it needs, as UTF-8 does it, but up to 36 bits."""
    if number < 0x80:
        return bytes([number])
    count = 2
    while number >= 1 << (5 * count + 1):
        count += 1
    tail = [0x80 | number >> (6 * k) & 0x3F for k in reversed(range(count - 1))]
    return bytes([0xFF << (8 - count) & 0xFF | number >> (6 * (count - 1)), *tail])


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
