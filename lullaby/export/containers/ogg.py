"""Ogg with Opus in it (RFC 3533, RFC 7845): pages of packets, each with its place and its checksum."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from lullaby.export.containers.about import About, vorbis_comment
from lullaby.export.media import setup_of
from lullaby.export.parts import Made, Part, Sizes, Whole
from lullaby.kernels.checksums import CRC_32, checksum
from lullaby.time import RATE

_BEGINS, _GOES_ON, _ENDS = 2, 1, 4
_NO_PLACE = (1 << 64) - 1
"""The place of a page on which no packet ends."""


@dataclass(frozen=True)
class Ogg:
    """An Opus file. Places count 48 000 a second, whatever rate went in."""

    whole: Whole
    about: About

    @property
    def _serial(self) -> int:
        return checksum(self.about.comment.encode(), CRC_32, 32)

    def head(self, sizes: Sizes) -> bytes:
        pages = self._opening()
        return b"".join(pages)

    def body(self, part: Part, made: Made) -> bytes:
        setup = setup_of(self.whole.format, self.whole.sampling)
        skipped = int.from_bytes(setup.setup[10:12], "little")
        group, length = self.whole.format.group, RATE // 50
        last = len(self.whole.span) + skipped
        first = len(self._opening()) + part.kept // group
        ends = np.concatenate([[0], np.cumsum(made.sizes, dtype=np.int64)]).tolist()
        out = []
        for page, at in enumerate(range(0, len(made.sizes), group)):
            until = min(at + group, len(made.sizes))
            place = min((part.kept + until) * length, last)
            closing = _ENDS if part.end is None and until == len(made.sizes) else 0
            laced = b"".join(_laced(int(size)) for size in made.sizes[at:until])
            out.append(self._page(closing, place, first + page, laced, made.payload[ends[at] : ends[until]]))
        return b"".join(out)

    def _opening(self) -> list[bytes]:
        """The pages before the sound: one that says Opus, and as many as the comments need."""
        opus = setup_of(self.whole.format, self.whole.sampling).setup
        pages = [self._page(_BEGINS, 0, 0, _laced(len(opus)), opus)]
        comment = b"OpusTags" + vorbis_comment(self.about, r128=True)
        laced, most = _laced(len(comment)), 255
        for start in range(0, len(laced), most):
            piece = laced[start : start + most]
            sound = comment[start * 255 : (start + len(piece)) * 255]
            done = start + most >= len(laced)
            flags = _GOES_ON if start else 0
            pages.append(self._page(flags, 0 if done else _NO_PLACE, len(pages), piece, sound))
        return pages

    def _page(self, flags: int, place: int, number: int, laced: bytes, packets: bytes) -> bytes:
        start = b"OggS\0" + struct.pack("<BQII", flags, place, self._serial, number)
        rest = bytes([len(laced)]) + laced + packets
        check = checksum(start + bytes(4) + rest, CRC_32, 32)
        return start + struct.pack("<I", check) + rest


def _laced(size: int) -> bytes:
    """A packet's size: as many 255s as fit, and what is left, which may be nothing."""
    return b"\xff" * (size // 255) + bytes([size % 255])
