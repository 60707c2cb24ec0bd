"""One segment from its recipe to its bytes: rendered, faded, mixed down, dithered, encoded.

A pure function of plain data, so it may run on any thread, in any process and on any machine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.export.decimate import Decimator
from lullaby.export.encoder import Encoder
from lullaby.export.finishing import faded, in_channels, in_file_samples, pcm
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded
from lullaby.kernels.memory import blank
from lullaby.night.pages import pieces
from lullaby.time import PAGE, RATE, Span

PIECE = 5 * RATE
"""Frames handed to the encoder at a time."""

Sound = NDArray[np.float32]

_of_this_thread = threading.local()


def _page_memory() -> Sound:
    """Memory for a minute, one to a thread: fresh memory costs more time than the sound in it."""
    if not hasattr(_of_this_thread, "page"):
        _of_this_thread.page = blank((PAGE, 2))
    page: Sound = _of_this_thread.page
    return page


def encode(recipe: Recipe) -> Encoded:
    """The segment that this recipe describes."""
    format, sampling = recipe.format, recipe.sampling
    if not format.codec:
        payload = b"".join(pcm(samples, sampling) for samples in _samples(recipe))
        return Encoded(payload[_kept(recipe, sampling.frame_bytes)], np.zeros(0, np.uint32))
    encoder = Encoder(format, sampling)
    packets = [packet for samples in _samples(recipe) for packet in encoder.put(samples)]
    if recipe.keep is None:
        packets += encoder.finish()
    packets = packets[_kept(recipe)]
    if recipe.keep is not None and len(packets) != recipe.keep:
        raise CouldNot(f"the encoder gave {len(packets)} packets where {recipe.keep} were due.")
    if format.renumber and recipe.number is not None:
        packets = [format.renumber(packet, recipe.number + i) for i, packet in enumerate(packets)]
    return Encoded(b"".join(packets), np.array([len(packet) for packet in packets], np.uint32))


def _kept(recipe: Recipe, size: int = 1) -> slice:
    """Which packets belong to the segment; without packets, which bytes, for frames of this size."""
    stop = None if recipe.keep is None else (recipe.drop + recipe.keep) * size
    return slice(recipe.drop * size, stop)


def _samples(recipe: Recipe) -> Iterator[NDArray[Any]]:
    """The sound of the segment as its encoder takes it: frames by channels, at the file's rate."""
    sampling = recipe.sampling
    decimator = Decimator(sampling.every, sampling.channels) if sampling.every > 1 else None
    frame = recipe.heard.start // sampling.every
    for sound in _sound(recipe, recipe.heard):
        if decimator:
            sound = decimator.put(sound)
        if len(sound):
            yield in_file_samples(sound, frame, recipe.dither, sampling)
            frame += len(sound)
    if decimator:
        nothing = np.zeros((0, sampling.channels), np.float32)
        rest = decimator.finish(np.concatenate([nothing, *_sound(recipe, recipe.ahead)]))
        if len(rest):
            yield in_file_samples(rest, frame, recipe.dither, sampling)


def _sound(recipe: Recipe, span: Span) -> Iterator[Sound]:
    """The night over this span at its own rate, faded at the file's edges, in as many channels as the file
    has; a few seconds at a time."""
    for piece, sound in pieces(recipe.plan, recipe.loudness, span, PIECE, _page_memory()):
        yield in_channels(faded(sound, piece, recipe.fade_in, recipe.fade_out), recipe.sampling.channels)
