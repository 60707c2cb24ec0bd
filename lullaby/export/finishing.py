"""The last steps before an encoder: fades at a file's edges, stereo to mono, floats to integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.export.formats import Sampling
from lullaby.export.recipe import Fade
from lullaby.kernels import exact
from lullaby.kernels.dither import fill_dithered_16, fill_dithered_24
from lullaby.time import Span

Sound = NDArray[np.float32]


def faded(sound: Sound, span: Span, fade_in: Fade | None, fade_out: Fade | None) -> Sound:
    """sound[frames, channels] of these frames of the night, faded where the file begins and ends."""
    begins = fade_in is not None and span.start < fade_in.edge + fade_in.length
    ends = fade_out is not None and span.stop > fade_out.edge - fade_out.length
    if not (begins or ends):
        return sound
    frames = np.arange(span.start, span.stop)
    curve = np.ones(len(span))
    if fade_in and begins:
        curve = _raised_cosine((frames + 0.5 - fade_in.edge) / fade_in.length)
    if fade_out and ends:
        curve = curve * _raised_cosine((fade_out.edge - frames - 0.5) / fade_out.length)
    quieter: Sound = sound * curve.astype(np.float32)[:, None]
    return quieter


def _raised_cosine(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """A raised cosine from 0 to 1 while `along` goes from 0 to 1."""
    return 0.5 - 0.5 * exact.cos_turns(np.clip(along, 0.0, 1.0) / 2)


def in_channels(sound: Sound, channels: int) -> Sound:
    """Stereo as it is, or its mean as one channel."""
    if channels == 2:
        return sound
    mono: Sound = (sound[:, :1] + sound[:, 1:]) * np.float32(0.5)
    return mono


def in_file_samples(
    sound: Sound, frame: int, dither: tuple[int, int] | None, sampling: Sampling
) -> NDArray[Any]:
    """Dithered integers where the file has integers; `frame` is the first frame's number in the night at the
    file's rate, which the dither is drawn by."""
    if dither is None:
        return sound
    stereo = np.ascontiguousarray(sound if sampling.channels == 2 else np.repeat(sound, 2, axis=1))
    fill, kind = (fill_dithered_16, np.int16) if sampling.bits == 16 else (fill_dithered_24, np.int32)
    samples: NDArray[Any] = np.empty(stereo.shape, kind)
    fill(stereo, dither[0], dither[1], frame, samples)
    return samples if sampling.channels == 2 else np.ascontiguousarray(samples[:, :1])


def pcm(samples: NDArray[Any], sampling: Sampling) -> bytes:
    """Samples as they stand in a WAV: little-endian, 24 bits in three bytes."""
    if sampling.bits == 24:
        return np.ascontiguousarray(samples.view(np.uint8).reshape(*samples.shape, 4)[:, :, 1:]).tobytes()
    return samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes()
