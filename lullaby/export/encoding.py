"""One segment from its recipe to its bytes: rendered, faded, mixed down, dithered, encoded.

A pure function of plain data, so it may run on any thread, in any process and on any machine.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.export.decimate import Decimator
from lullaby.export.encoder import Encoder
from lullaby.export.finishing import faded, in_channels, in_file_samples, pcm
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded
from lullaby.kernels.memory import blank
from lullaby.night.pages import growing_pieces, pieces
from lullaby.time import PAGE, RATE, Span

PIECE = 5 * RATE
"""Frames handed to the encoder at a time."""

Sound = NDArray[np.float32]
Pieces: TypeAlias = Callable[[Recipe, Span], Iterator[tuple[Span, Sound]]]
"""Makes the night of a recipe over a span, a piece after the other."""

_of_this_thread = threading.local()


def _page_memory() -> Sound:
    """Memory for a minute, one to a thread: fresh memory costs more time than the sound in it."""
    if not hasattr(_of_this_thread, "page"):
        _of_this_thread.page = blank((PAGE, 2))
    page: Sound = _of_this_thread.page
    return page


def encode(recipe: Recipe) -> Encoded:
    """The segment that this recipe describes."""
    format = recipe.format
    packets = list(packets_of(recipe, _whole_pages))
    if not format.codec:
        return Encoded(b"".join(packets), np.zeros(0, np.uint32))
    if recipe.keep is not None and len(packets) != recipe.keep:
        raise CouldNot(f"the encoder gave {len(packets)} packets where {recipe.keep} were due.")
    if format.renumber and recipe.number is not None:
        packets = [format.renumber(packet, recipe.number + i) for i, packet in enumerate(packets)]
    return Encoded(b"".join(packets), np.array([len(packet) for packet in packets], np.uint32))


def encoded_at_once(recipe: Recipe) -> Iterator[bytes]:
    """The same packets, before they are numbered, each as soon as it can be had: the night is made no further
    than that."""
    return packets_of(recipe, _growing_pages)


def packets_of(recipe: Recipe, sound: Pieces) -> Iterator[bytes]:
    """The packets that are kept, one by one; where samples stand as they are, some frames at a time."""
    format, sampling = recipe.format, recipe.sampling
    if not format.codec:
        size = sampling.frame_bytes
        yield from _kept_bytes((pcm(samples, sampling) for samples in _samples(recipe, sound)), recipe, size)
        return
    encoder = Encoder(format, sampling)
    stop = math.inf if recipe.keep is None else recipe.drop + recipe.keep
    for number, packet in enumerate(_encoded(encoder, recipe, sound)):
        if recipe.drop <= number < stop:
            yield packet


def _encoded(encoder: Encoder, recipe: Recipe, sound: Pieces) -> Iterator[bytes]:
    for samples in _samples(recipe, sound):
        yield from encoder.put(samples)
    if recipe.keep is None:
        yield from encoder.finish()


def _kept_bytes(chunks: Iterator[bytes], recipe: Recipe, size: int) -> Iterator[bytes]:
    start = recipe.drop * size
    stop = math.inf if recipe.keep is None else start + recipe.keep * size
    at = 0
    for chunk in chunks:
        kept = chunk[max(0, start - at) : int(min(len(chunk), max(0, stop - at)))]
        at += len(chunk)
        if kept:
            yield kept


def _samples(recipe: Recipe, sound: Pieces) -> Iterator[NDArray[Any]]:
    """The sound of the segment as its encoder takes it: frames by channels, at the file's rate."""
    sampling = recipe.sampling
    decimator = Decimator(sampling.every, sampling.channels) if sampling.every > 1 else None
    frame = recipe.heard.start // sampling.every
    for piece in _sound(recipe, recipe.heard, sound):
        if decimator:
            piece = decimator.put(piece)
        if len(piece):
            yield in_file_samples(piece, frame, recipe.dither, sampling)
            frame += len(piece)
    if decimator:
        nothing = np.zeros((0, sampling.channels), np.float32)
        rest = decimator.finish(np.concatenate([nothing, *_sound(recipe, recipe.ahead, sound)]))
        if len(rest):
            yield in_file_samples(rest, frame, recipe.dither, sampling)


def _sound(recipe: Recipe, span: Span, sound: Pieces) -> Iterator[Sound]:
    """The night over this span at its own rate, faded at the file's edges, in as many channels as the file
    has; a few seconds at a time."""
    for piece, frames in sound(recipe, span):
        yield in_channels(faded(frames, piece, recipe.fade_in, recipe.fade_out), recipe.sampling.channels)


def _whole_pages(recipe: Recipe, span: Span) -> Iterator[tuple[Span, Sound]]:
    return pieces(recipe.plan, recipe.loudness, span, PIECE, _page_memory())


def _growing_pages(recipe: Recipe, span: Span) -> Iterator[tuple[Span, Sound]]:
    return growing_pieces(recipe.plan, recipe.loudness, span, RATE)
