"""MP3: an ID3 tag, a silent frame that says how long it is and what to skip, and the frames themselves."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lullaby.export.containers.tags import Tags, id3
from lullaby.export.encoder import Encoder, setup_of
from lullaby.export.segments import Encoded, PacketSizes, Rendering, Segment

_DECODER = 529
"""Frames that every decoder is late by, and that players know of."""


@dataclass(frozen=True)
class Mp3:
    """All packets are of one size, so a player finds any minute by counting."""

    rendering: Rendering
    tags: Tags

    def head(self, sizes: PacketSizes) -> bytes:
        return id3(self.tags, len(self.rendering.span)) + self._info(sizes)

    def body(self, segment: Segment, encoded: Encoded) -> bytes:
        return encoded.payload

    def _info(self, sizes: PacketSizes) -> bytes:
        """A frame that decodes to silence and holds what LAME writes into it: frames, bytes, delays."""
        header = self._header()
        modern, mono = header[1] & 8, header[3] >> 6 == 3
        side = (17 if mono else 32) if modern else (9 if mono else 17)
        bits = self.rendering.format.bit_rate(self.rendering.sampling)
        length = self.rendering.packet_frames * bits // 8 // self.rendering.sampling.rate
        count, total = len(sizes), int(sizes.sum()) + length
        before = setup_of(self.rendering.format, self.rendering.sampling).delay - _DECODER
        after = max(0, count * self.rendering.packet_frames - before - self.rendering.frames)
        even = bytes(round(k * 255.99 / 100) for k in range(100))
        info = b"Info" + struct.pack(">III", 15, count, total) + even + struct.pack(">I", 0)
        info += b"Lavc".ljust(9, b"\0") + bytes(12) + (before << 12 | min(after, 4095)).to_bytes(3, "big")
        return (header + bytes(side) + info).ljust(length, b"\0")

    def _header(self) -> bytes:
        """The four bytes every frame of this file begins with, without the two bits that come and go."""
        import numpy as np

        encoder = Encoder(self.rendering.format, self.rendering.sampling)
        silence = np.zeros((self.rendering.packet_frames, self.rendering.sampling.channels), np.float32)
        first = (encoder.put(silence) + encoder.finish())[0]
        return first[:2] + bytes([first[2] & ~2]) + first[3:4]
