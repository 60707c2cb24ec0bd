"""Codecs: an encoder that turns sound into packets, and what a container must know of it. By PyAV."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.export.formats import ENDINGS, Format, Sampling

_TYPES = {"s16": np.int16, "s32": np.int32, "flt": np.float32}
"""numpy's types of samples by libav's names, which end in p (planar) where channels do not alternate."""


class Encoder:
    """A codec at rest, for one stretch of sound."""

    def __init__(self, format: Format, sampling: Sampling) -> None:
        import av

        self._av = av
        self._sampling = sampling
        self._layout = "stereo" if sampling.channels == 2 else "mono"
        self._sample = format.sample(sampling.bits)
        codec: Any = av.CodecContext.create(format.codec, "w")
        codec.sample_rate = sampling.rate
        codec.layout = self._layout
        codec.format = self._sample
        codec.time_base = Fraction(1, sampling.rate)
        if format.stereo_bit_rate:
            codec.bit_rate = format.bit_rate(sampling)
        codec.options = dict(format.options)
        codec.open()
        self._codec = codec
        self._frames = 0

    @property
    def setup(self) -> bytes:
        """The bytes that a decoder needs before the first packet."""
        return bytes(self._codec.extradata or b"")

    def put(self, samples: NDArray[Any]) -> list[bytes]:
        """samples[frames, channels], of the type the codec takes; the packets that are ready."""
        return [bytes(packet) for packet in self._put(samples)]

    def _put(self, samples: NDArray[Any]) -> list[Any]:
        planar = self._sample.endswith("p")
        packed = np.ascontiguousarray(samples.T) if planar else samples.reshape(1, -1)
        frame = self._av.AudioFrame.from_ndarray(packed, format=self._sample, layout=self._layout)
        frame.sample_rate = self._sampling.rate
        frame.pts = self._frames
        frame.time_base = self._codec.time_base
        self._frames += len(samples)
        packets: list[Any] = self._codec.encode(frame)
        return packets

    def finish(self) -> list[bytes]:
        """The packets that were still waiting for more; nothing may be put in afterwards."""
        # flac ends with a packet without sound, which only holds the header anew
        return [bytes(packet) for packet in self._codec.encode(None) if packet.size]

    def delay(self) -> int:
        """Frames that a decoder gives before the first that was put in."""
        silence = np.zeros(
            (4 * self._codec.frame_size, self._sampling.channels), _TYPES[self._sample.removesuffix("p")]
        )
        return -int(self._put(silence)[0].pts)


@dataclass(frozen=True)
class Setup:
    """The facts about a codec that a container needs."""

    setup: bytes
    """The bytes that a decoder needs before the first packet (libav's extradata)."""
    delay: int
    """Frames that a decoder gives before the first one of the sound."""


@lru_cache(maxsize=16)
def setup_of(format: Format, sampling: Sampling) -> Setup:
    encoder = Encoder(format, sampling)
    return Setup(encoder.setup, encoder.delay())


def codec_version() -> str:
    """The release of the codecs at hand: another may give other bytes."""
    import av

    return ".".join(str(n) for n in av.library_versions["libavcodec"])


def codecs() -> dict[str, bool]:
    """Which codecs this copy of PyAV can write, of those a night is ever kept in."""
    import av

    names = dict.fromkeys(format.codec for format in ENDINGS.values() if format.codec)
    return {name: _can_write(av, name) for name in (*names, "libx264")}


def _can_write(av: Any, name: str) -> bool:
    try:
        av.Codec(name, "w")
    except Exception:  # PyAV's own error for a codec it has not
        return False
    return True
