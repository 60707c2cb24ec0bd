"""A night, or a span of it, kept as a file: what is asked for, checked, and what the file is to hold."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.export.containers.tags import Tags
from lullaby.export.delivery import BEDSIDE, Use
from lullaby.export.file_loudness import gain_to
from lullaby.export.file_request import Beginning, file_request
from lullaby.export.file_tags import tags_of
from lullaby.export.formats import ENDINGS, Format, Sampling, format_of
from lullaby.export.found_once import cover_once, gain_once
from lullaby.export.resumable import Note, Progress, write_file
from lullaby.export.segment_store import Store
from lullaby.export.segments import EncodeAll, Rendering
from lullaby.export.threads import cores, on_threads
from lullaby.kernels import exact
from lullaby.night import Night
from lullaby.night.loudness import Loudness
from lullaby.time import RATE, Span, clock

EDGE = RATE // 50
"""Frames over which a cut comes and goes while one is awake: 20 ms, so that it does not click."""

SOFT_EDGE = 2 * RATE
"""Frames over which a cut comes and goes when one may be asleep: too slowly to wake anybody."""


def export(
    night: Night,
    path: str | os.PathLike[str],
    *,
    span: Span | None = None,
    bits: int | None = None,
    use: Use = BEDSIDE,
    jobs: int | None = None,
    encode_all: EncodeAll | None = None,
    before: Callable[[float], None] | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
    note: Note | None = None,
) -> Path:
    """Keep the night, or a span of it, as the file its ending asks for; a file of that name is replaced.

    `bits` 16 or 24, where the file has integers. `use` is where the file goes. `jobs` threads encode it, as
    many as there are cores unless told; or `encode_all` does. `before` is done once the file is begun, and is
    told the gain: what belongs to it is then stopped and gone on with like it. `store` keeps the cover and
    the gain that were found, so that the same night is not listened to twice.
    """
    path = Path(path)
    format = format_of(path)
    wanted = exported_span(night, span)
    sampling = Sampling(use.rate, _bits(format, bits, path), use.channels)
    jobs = jobs or cores()
    request = file_request(night, wanted, format, use, sampling.bits)

    def begin() -> Beginning:
        def measured() -> float:
            if use.lufs is not None and note:
                note("Listening to all of it first, to know how loud it is.")
            return gain_of(night, wanted, use, jobs, progress)

        asked = [use.lufs, use.peak, use.channels, float(night.ceiling)]
        gain = measured() if use.lufs is None else gain_once(store, night, wanted, asked, measured)
        ceiling = None if use.peak is None else float(exact.gain(use.peak))
        return Beginning(request, night.loudness(gain, ceiling), _cover(night, wanted, use, store))

    def contents(beginning: Beginning) -> tuple[Rendering, Tags]:
        rendering = rendering_of(night, wanted, format, sampling, beginning.loudness)
        return rendering, tags_of(night, wanted, beginning.cover, use.cover)

    encode_all = encode_all or (lambda recipes: on_threads(recipes, jobs))
    return write_file(path, request, begin, contents, encode_all, before, progress, note)


def _cover(night: Night, span: Span, use: Use, store: Store | None) -> bytes:
    return cover_once(store, night, span, use.cover) if use.cover else b""


def gain_of(night: Night, span: Span, use: Use, jobs: int, progress: Progress | None = None) -> float:
    """The factor by which the mixer multiplies, so that the opening is as loud as the score wants, or the
    whole file as loud as the place it is for wants."""
    if use.lufs is None:
        return float(night.gain)
    ceiling = night.ceiling if use.peak is None else float(exact.gain(use.peak))
    return gain_to(use.lufs, night.plan, span, use.channels, jobs, ceiling, progress)


def rendering_of(
    night: Night, span: Span, format: Format, sampling: Sampling, loudness: Loudness
) -> Rendering:
    """The night's sound as a file is to have it."""
    dither = (Key.root(night.seed) / "dither").words
    return Rendering(night.plan, loudness, span, _fades(night, span), dither, format, sampling)


def _bits(format: Format, bits: int | None, path: Path) -> int:
    if bits is None:
        return format.bits[0] if format.bits else Sampling.bits
    if not format.bits:
        have = " and ".join(ending for ending, format in ENDINGS.items() if format.bits)
        raise AskedWrongly(f"{path.name}: only {have} have bits to choose from.")
    if bits not in format.bits:
        there_are = " or ".join(map(str, format.bits))
        raise AskedWrongly(f"{path.name}: a sample of it has {there_are} bits, not {bits}.")
    return bits


def exported_span(night: Night, span: Span | None) -> Span:
    """The part of the night inside this span; an empty part is a mistake."""
    if span is None:
        return night.span
    wanted = span & night.span
    if not len(wanted):
        what = "is outside the night" if len(span) else "is no time at all"
        raise AskedWrongly(
            f"from {clock(span.start)} to {clock(span.stop)} {what}: it lasts until {clock(night.length)}."
        )
    return wanted


def _fades(night: Night, span: Span) -> tuple[int, int]:
    """A cut comes and goes softly; the night's own ends are left as they are."""
    return (
        _edge(night, span.start) if span.start > night.span.start else 0,
        _edge(night, span.stop) if span.stop < night.span.stop else 0,
    )


def _edge(night: Night, frame: int) -> int:
    return EDGE if night.awake_at(frame) else SOFT_EDGE
