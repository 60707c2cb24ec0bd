"""Ogg with Opus in it (RFC 3533, RFC 7845): pages of packets, each with its position and its checksum."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from lullaby.export.containers.tags import Tags, vorbis_comment
from lullaby.export.encoder import setup_of
from lullaby.export.segments import Encoded, PacketSizes, Rendering, Segment
from lullaby.kernels.checksums import CRC_32, checksum
from lullaby.time import RATE

_BEGINS, _GOES_ON, _ENDS = 2, 1, 4
_NO_GRANULE = (1 << 64) - 1
"""The granule position of a page on which no packet ends."""


@dataclass(frozen=True)
class Ogg:
    """An Opus file. Granule positions count 48 000 a second, whatever rate went in."""

    rendering: Rendering
    tags: Tags

    @property
    def _serial(self) -> int:
        return checksum(self.tags.comment.encode(), CRC_32, 32)

    def head(self, sizes: PacketSizes) -> bytes:
        pages = self._header_pages()
        return b"".join(pages)

    def body(self, segment: Segment, encoded: Encoded) -> bytes:
        setup = setup_of(self.rendering.format, self.rendering.sampling)
        skipped = int.from_bytes(setup.setup[10:12], "little")
        group, length = self.rendering.format.group, RATE // 50
        last = len(self.rendering.span) + skipped
        first = len(self._header_pages()) + segment.start // group
        ends = np.concatenate([[0], np.cumsum(encoded.sizes, dtype=np.int64)]).tolist()
        out = []
        for page, packet in enumerate(range(0, len(encoded.sizes), group)):
            until = min(packet + group, len(encoded.sizes))
            granule = min((segment.start + until) * length, last)
            closing = _ENDS if segment.stop is None and until == len(encoded.sizes) else 0
            lacing = b"".join(_lacing(int(size)) for size in encoded.sizes[packet:until])
            out.append(
                self._page(
                    closing, granule, first + page, lacing, encoded.payload[ends[packet] : ends[until]]
                )
            )
        return b"".join(out)

    def _header_pages(self) -> list[bytes]:
        """The pages before the sound: the identification header, and as many as the comments need."""
        opus = setup_of(self.rendering.format, self.rendering.sampling).setup
        pages = [self._page(_BEGINS, 0, 0, _lacing(len(opus)), opus)]
        comment = b"OpusTags" + vorbis_comment(self.tags, r128=True)
        lacing, most = _lacing(len(comment)), 255
        for start in range(0, len(lacing), most):
            values = lacing[start : start + most]
            packets = comment[start * 255 : (start + len(values)) * 255]
            done = start + most >= len(lacing)
            flags = _GOES_ON if start else 0
            pages.append(self._page(flags, 0 if done else _NO_GRANULE, len(pages), values, packets))
        return pages

    def _page(self, flags: int, granule: int, number: int, lacing: bytes, packets: bytes) -> bytes:
        start = b"OggS\0" + struct.pack("<BQII", flags, granule, self._serial, number)
        rest = bytes([len(lacing)]) + lacing + packets
        check = checksum(start + bytes(4) + rest, CRC_32, 32)
        return start + struct.pack("<I", check) + rest


def _lacing(size: int) -> bytes:
    """A packet's size as lacing values: as many 255s as fit, and the rest, which may be 0."""
    return b"\xff" * (size // 255) + bytes([size % 255])
