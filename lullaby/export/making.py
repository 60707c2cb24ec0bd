"""From a recipe to the bytes of one part: rendered, faded, turned to whole numbers, encoded.

A pure function of plain data, so it may run on any thread, in any process and on any machine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.export.decimate import Slower
from lullaby.export.formats import Sampling
from lullaby.export.media import Encoder
from lullaby.export.parts import Made
from lullaby.export.recipe import Recipe
from lullaby.kernels import exact
from lullaby.kernels.dither import fill_dithered_16, fill_dithered_24
from lullaby.kernels.memory import blank
from lullaby.night.pages import pieces
from lullaby.time import PAGE, RATE, Span

PIECE = 5 * RATE
"""Frames handed to the encoder at a time."""

Sound = NDArray[np.float32]


_mine = threading.local()


def _page() -> Sound:
    """Memory for a minute, one to a thread: fresh memory costs more than the sound in it."""
    if not hasattr(_mine, "page"):
        _mine.page = blank((PAGE, 2))
    page: Sound = _mine.page
    return page


def made(recipe: Recipe) -> Made:
    """The part that this recipe describes."""
    format, sampling = recipe.format, recipe.sampling
    if not format.codec:
        payload = b"".join(_plain(samples, sampling) for samples in _samples(recipe))
        return Made(payload[_kept(recipe, sampling.channels * sampling.bits // 8)], np.zeros(0, np.uint32))
    encoder = Encoder(format, sampling)
    packets = [packet for samples in _samples(recipe) for packet in encoder.put(samples)]
    if recipe.keep is None:
        packets += encoder.finish()
    packets = packets[_kept(recipe)]
    if recipe.keep is not None and len(packets) != recipe.keep:
        raise CouldNot(f"the encoder gave {len(packets)} packets where {recipe.keep} were due.")
    if format.renumber and recipe.number is not None:
        packets = [format.renumber(packet, recipe.number + i) for i, packet in enumerate(packets)]
    return Made(b"".join(packets), np.array([len(packet) for packet in packets], np.uint32))


def _kept(recipe: Recipe, size: int = 1) -> slice:
    """Which packets belong to the part; without packets, which bytes, for frames of this size."""
    stop = None if recipe.keep is None else (recipe.drop + recipe.keep) * size
    return slice(recipe.drop * size, stop)


def _plain(samples: NDArray[Any], sampling: Sampling) -> bytes:
    """Samples as they stand in a WAV."""
    if sampling.bits == 24:
        return np.ascontiguousarray(samples.view(np.uint8).reshape(*samples.shape, 4)[:, :, 1:]).tobytes()
    return samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes()


def _samples(recipe: Recipe) -> Iterator[NDArray[Any]]:
    """The sound of the part as its encoder takes it: frames by channels."""
    sampling = recipe.sampling
    slower = Slower(sampling.every, sampling.channels) if sampling.every > 1 else None
    at = recipe.heard.start // sampling.every
    for sound in _sound(recipe, recipe.heard):
        if slower:
            sound = slower.put(sound)
        if len(sound):
            yield _finished(sound, at, recipe.dither, sampling)
            at += len(sound)
    if slower:
        none = np.zeros((0, sampling.channels), np.float32)
        rest = slower.finish(np.concatenate([none, *_sound(recipe, recipe.ahead)]))
        if len(rest):
            yield _finished(rest, at, recipe.dither, sampling)


def _sound(recipe: Recipe, span: Span) -> Iterator[Sound]:
    """The night over this span at its own rate, faded at the file's edges, in as many channels as the file
    has; a few seconds at a time."""
    for piece, sound in pieces(recipe.plan, recipe.loudness, span, PIECE, _page()):
        yield _folded(_faded(sound, piece, recipe), recipe.sampling.channels)


def _faded(sound: Sound, span: Span, recipe: Recipe) -> Sound:
    """The sound, coming and going where the file begins and ends."""
    rise, fall = recipe.fade_in, recipe.fade_out
    begins = rise is not None and span.start < rise.edge + rise.length
    ends = fall is not None and span.stop > fall.edge - fall.length
    if not (begins or ends):
        return sound
    frames = np.arange(span.start, span.stop)
    curve = np.ones(len(span))
    if rise and begins:
        curve = _raised_cosine((frames + 0.5 - rise.edge) / rise.length)
    if fall and ends:
        curve = curve * _raised_cosine((fall.edge - frames - 0.5) / fall.length)
    faded: Sound = sound * curve.astype(np.float32)[:, None]
    return faded


def _raised_cosine(along: NDArray[np.float64]) -> NDArray[np.float64]:
    """From 0 to 1 while `along` goes from 0 to 1."""
    return 0.5 - 0.5 * exact.cos_turns(np.clip(along, 0.0, 1.0) / 2)


def _folded(sound: Sound, channels: int) -> Sound:
    if channels == 2:
        return sound
    middle: Sound = (sound[:, :1] + sound[:, 1:]) * np.float32(0.5)
    return middle


def _finished(sound: Sound, at: int, dither: tuple[int, int] | None, sampling: Sampling) -> NDArray[Any]:
    """Whole numbers with their dither where the file has whole numbers."""
    if dither is None:
        return sound
    pair = np.ascontiguousarray(sound if sampling.channels == 2 else np.repeat(sound, 2, axis=1))
    fill, kind = (fill_dithered_16, np.int16) if sampling.bits == 16 else (fill_dithered_24, np.int32)
    whole: NDArray[Any] = np.empty(pair.shape, kind)
    fill(pair, dither[0], dither[1], at, whole)
    return whole if sampling.channels == 2 else np.ascontiguousarray(whole[:, :1])
