"""Black video, for places that take films only: half a minute of H.264, encoded once and repeated."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np


@dataclass(frozen=True)
class BlackVideo:
    """A group of encoded pictures (GOP) that may be repeated without end: its first one stands alone."""

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
def black_video(width: int = 1280, height: int = 720, a_second: int = 2, seconds: int = 30) -> BlackVideo:
    import av

    codec: Any = av.CodecContext.create("libx264", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, a_second)
    codec.framerate = Fraction(a_second, 1)
    codec.gop_size = a_second * seconds
    codec.thread_count = 1
    codec.options = {"preset": "medium", "crf": "30", "bf": "0", "x264-params": "scenecut=0:annexb=0"}
    codec.flags |= 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER: MP4 has the parameter sets in its header
    codec.open()
    blank = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="rgb24")
    blank = blank.reformat(format="yuv420p")
    packets: list[bytes] = []
    for number in range(a_second * seconds):
        blank.pts, blank.time_base = number, codec.time_base
        packets += [bytes(packet) for packet in codec.encode(blank)]
    packets += [bytes(packet) for packet in codec.encode(None)]
    return BlackVideo(width, height, a_second, bytes(codec.extradata), tuple(packets))
