"""From a recipe to the bytes of one part: rendered, faded, turned to whole numbers, encoded.

A pure function of plain data, so it may run on any thread, in any process and on any machine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.export.containers.flac import numbered
from lullaby.export.decimate import Slower
from lullaby.export.formats import ENDINGS, Sampling
from lullaby.export.media import Encoder
from lullaby.export.parts import Made
from lullaby.export.versions import version
from lullaby.kernels import exact
from lullaby.kernels.dither import fill_dithered_16, fill_dithered_24
from lullaby.kernels.memory import blank
from lullaby.night import mixer
from lullaby.night.loudness import Loudness
from lullaby.night.parcel import unpacked
from lullaby.time import PAGE, RATE, STEP, Span, page_span

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


def made(recipe: Mapping[str, Any]) -> Made:
    """The part that this recipe describes; refused where another engine or codec would make other bytes."""
    if recipe["version"] != version():
        raise CouldNot(
            f"this part is for lullaby {recipe['version']}; here is {version()}. "
            "All machines that share a night need the same lullaby and the same PyAV."
        )
    format, sampling = ENDINGS[recipe["format"]], Sampling(**recipe["sampling"])
    if not format.sample:
        payload = b"".join(_plain(samples, sampling) for samples in _samples(recipe, sampling))
        return Made(payload[_from_to(recipe, sampling)], np.zeros(0, np.uint32))
    encoder = Encoder(format, sampling)
    packets = [packet for samples in _samples(recipe, sampling) for packet in encoder.put(samples)]
    if recipe["keep"] is None:
        packets += encoder.finish()
    last = None if recipe["keep"] is None else recipe["drop"] + recipe["keep"]
    packets = packets[recipe["drop"] : last]
    if recipe["keep"] is not None and len(packets) != recipe["keep"]:
        raise CouldNot(f"the encoder gave {len(packets)} packets where {recipe['keep']} were due.")
    if recipe["number"] is not None:
        packets = [numbered(packet, recipe["number"] + i) for i, packet in enumerate(packets)]
    return Made(b"".join(packets), np.array([len(packet) for packet in packets], np.uint32))


def _from_to(recipe: Mapping[str, Any], sampling: Sampling) -> slice:
    """Which of the bytes belong to a part without packets: there, every frame is one."""
    size = sampling.channels * sampling.bits // 8
    start: int = recipe["drop"] * size
    return slice(start, None if recipe["keep"] is None else start + recipe["keep"] * size)


def _plain(samples: NDArray[Any], sampling: Sampling) -> bytes:
    """Samples as they stand in a WAV."""
    if sampling.bits == 24:
        return np.ascontiguousarray(samples.view(np.uint8).reshape(*samples.shape, 4)[:, :, 1:]).tobytes()
    return samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes()


def _samples(recipe: Mapping[str, Any], sampling: Sampling) -> Iterator[NDArray[Any]]:
    """The sound of the part as its encoder takes it: frames by channels."""
    heard = Span(*recipe["heard"])
    slower = Slower(sampling.every, sampling.channels) if sampling.every > 1 else None
    at = heard.start // sampling.every
    for span, sound in _pieces(recipe, heard):
        sound = _folded(_faded(sound, span, recipe), sampling.channels)
        if slower:
            sound = slower.put(sound)
        if len(sound):
            yield _finished(sound, at, recipe["dither"], sampling)
            at += len(sound)
    if slower:
        ahead = [
            _folded(_faded(sound, span, recipe), sampling.channels)
            for span, sound in _pieces(recipe, Span(heard.stop, recipe["ahead"]))
        ]
        none = np.zeros((0, sampling.channels), np.float32)
        rest = slower.finish(np.concatenate([none, *ahead]))
        if len(rest):
            yield _finished(rest, at, recipe["dither"], sampling)


def _pieces(recipe: Mapping[str, Any], span: Span) -> Iterator[tuple[Span, Sound]]:
    """The night's sound over the span, a few seconds at a time."""
    if not len(span):
        return
    plan, loudness = unpacked(recipe["plan"]), Loudness(*recipe["loudness"])
    for number in span.pages():
        own = page_span(number)
        wanted = span & own
        page = _page()[: -(-(wanted.stop - own.start) // STEP) * STEP]
        if loudness.ceiling is None:
            mixer.fill_unlimited(plan, number, loudness.gain, page)
        else:
            mixer.fill_page(plan, number, loudness, page)
        for part in wanted.blocks(PIECE):
            yield part, page[part.start - own.start : part.stop - own.start]


def _faded(sound: Sound, span: Span, recipe: Mapping[str, Any]) -> Sound:
    """The sound, coming and going where the file begins and ends."""
    (start, rises), (stop, falls) = recipe["comes"] or (0, 0), recipe["goes"] or (span.stop, 0)
    begins, ends = span.start < start + rises, span.stop > stop - falls
    if not (begins or ends):
        return sound
    frames = np.arange(span.start, span.stop)
    curve = np.ones(len(span))
    if begins:
        rise = np.clip((frames + 0.5 - start) / rises, 0.0, 1.0)
        curve = 0.5 - 0.5 * exact.cos_turns(rise / 2)
    if ends:
        fall = np.clip((stop - frames - 0.5) / falls, 0.0, 1.0)
        curve = curve * (0.5 - 0.5 * exact.cos_turns(fall / 2))
    faded: Sound = sound * curve.astype(np.float32)[:, None]
    return faded


def _folded(sound: Sound, channels: int) -> Sound:
    if channels == 2:
        return sound
    middle: Sound = (sound[:, :1] + sound[:, 1:]) * np.float32(0.5)
    return middle


def _finished(sound: Sound, at: int, dither: list[int] | None, sampling: Sampling) -> NDArray[Any]:
    """Whole numbers with their dither where the file has whole numbers."""
    if dither is None:
        return sound
    pair = np.ascontiguousarray(sound if sampling.channels == 2 else np.repeat(sound, 2, axis=1))
    fill, kind = (fill_dithered_16, np.int16) if sampling.bits == 16 else (fill_dithered_24, np.int32)
    whole: NDArray[Any] = np.empty(pair.shape, kind)
    fill(pair, dither[0], dither[1], at, whole)
    return whole if sampling.channels == 2 else np.ascontiguousarray(whole[:, :1])
