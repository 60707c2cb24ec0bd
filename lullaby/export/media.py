"""The one door to PyAV: a file that samples are put into, and what this copy of it can write."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lullaby.export.formats import Format
from lullaby.time import RATE

_SAMPLES = {16: "s16", 24: "s32"}
"""libav's sample formats; 24 bits stand in the high bits of 32."""


class Media:
    """An open file of sound. `put` whole numbers in; `close` writes what stands at the end."""

    def __init__(self, file: BinaryIO, format: Format, bits: int, tags: Mapping[str, str]) -> None:
        import av

        self._av = av
        # bitexact: the same night gives the same file, whichever release wrote it
        options = {"fflags": "+bitexact", **format.container_options}
        self._container: Any = av.open(file, "w", format=format.container, container_options=options)
        self._container.metadata.update(tags)
        stream: Any = self._container.add_stream(
            format.codecs[bits], rate=RATE, options=dict(format.codec_options)
        )
        stream.layout = "stereo"
        stream.format = _SAMPLES[bits]
        self._stream = stream
        self._sample = _SAMPLES[bits]
        self._frames = 0

    def put(self, samples: NDArray[Any]) -> None:
        """samples[frames, 2], int16 or int32."""
        packed = np.ascontiguousarray(samples).reshape(1, -1)
        frame = self._av.AudioFrame.from_ndarray(packed, format=self._sample, layout="stereo")
        frame.sample_rate = RATE
        frame.pts = self._frames
        self._frames += len(samples)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def abandon(self) -> None:
        """Let go of a file that will not be kept; whatever it still wants to say is not heard."""
        with contextlib.suppress(Exception):  # the reason is already on its way up
            self._container.close()


def codecs() -> dict[str, bool]:
    """Which codecs this copy of PyAV can write, of those a night is ever kept in."""
    import av

    return {name: _can_write(av, name) for name in ("flac", "pcm_s24le", "aac", "libopus", "libmp3lame")}


def _can_write(av: Any, name: str) -> bool:
    try:
        av.Codec(name, "w")
    except Exception:  # PyAV's own error for a codec it has not
        return False
    return True
