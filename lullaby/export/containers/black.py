"""A picture of nothing, for places that take films only: a minute of it, coded once, again and again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Black:
    """A group of coded pictures, the first of them whole, that follows itself without end."""

    width: int
    height: int
    a_second: int
    setup: bytes
    pictures: tuple[bytes, ...]

    @property
    def group(self) -> int:
        return len(self.pictures)

    def picture(self, number: int) -> bytes:
        return self.pictures[number % len(self.pictures)]


@lru_cache(maxsize=1)
def black(width: int = 1280, height: int = 720, a_second: int = 2, seconds: int = 30) -> Black:
    import av

    codec: Any = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, a_second)
    codec.framerate = Fraction(a_second, 1)
    codec.gop_size = a_second * seconds
    codec.thread_count = 1
    codec.options = {"preset": "medium", "crf": "30", "bf": "0", "x264-params": "scenecut=0:annexb=0"}
    codec.flags |= 1 << 22  # what a decoder needs stands in the header, not before every whole picture
    codec.open()
    nothing = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="rgb24")
    nothing = nothing.reformat(format="yuv420p")
    packets: list[bytes] = []
    for number in range(a_second * seconds):
        nothing.pts, nothing.time_base = number, codec.time_base
        packets += [bytes(packet) for packet in codec.encode(nothing)]
    packets += [bytes(packet) for packet in codec.encode(None)]
    return Black(width, height, a_second, bytes(codec.extradata), tuple(packets))
