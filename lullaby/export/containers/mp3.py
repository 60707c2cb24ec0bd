"""MP3: an ID3 tag, a silent frame that says how long it is and what to skip, and the frames themselves."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lullaby.export.containers.about import About, id3
from lullaby.export.media import Encoder, setup_of
from lullaby.export.parts import Made, Part, Sizes, Whole

_DECODER = 529
"""Frames that every decoder is late by, and that players know of."""


@dataclass(frozen=True)
class Mp3:
    """All packets are of one size, so a player finds any minute by counting."""

    whole: Whole
    about: About

    def head(self, sizes: Sizes) -> bytes:
        return id3(self.about, len(self.whole.span)) + self._info(sizes)

    def body(self, part: Part, made: Made) -> bytes:
        return made.payload

    def _info(self, sizes: Sizes) -> bytes:
        """A frame that decodes to silence and holds what LAME writes into it: frames, bytes, delays."""
        header = self._header()
        modern, mono = header[1] & 8, header[3] >> 6 == 3
        side = (17 if mono else 32) if modern else (9 if mono else 17)
        bits = self.whole.format.bit_rate(self.whole.sampling)
        length = self.whole.packet_frames * bits // 8 // self.whole.sampling.rate
        count, total = len(sizes), int(sizes.sum()) + length
        before = setup_of(self.whole.format, self.whole.sampling).delay - _DECODER
        after = max(0, count * self.whole.packet_frames - before - self.whole.frames)
        even = bytes(round(k * 255.99 / 100) for k in range(100))
        info = b"Info" + struct.pack(">III", 15, count, total) + even + struct.pack(">I", 0)
        info += b"Lavc".ljust(9, b"\0") + bytes(12) + (before << 12 | min(after, 4095)).to_bytes(3, "big")
        return (header + bytes(side) + info).ljust(length, b"\0")

    def _header(self) -> bytes:
        """The four bytes every frame of this file begins with, without the two bits that come and go."""
        import numpy as np

        encoder = Encoder(self.whole.format, self.whole.sampling)
        silence = np.zeros((self.whole.packet_frames, self.whole.sampling.channels), np.float32)
        first = (encoder.put(silence) + encoder.finish())[0]
        return first[:2] + bytes([first[2] & ~2]) + first[3:4]
