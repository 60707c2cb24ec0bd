"""A night kept as a file: never half a file under its name, and the same bytes every time.

What is made stands in `.NAME.part` until it is whole. Stopped at any moment, the same call goes on.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from lullaby.chance import Key
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.containers import Container, container
from lullaby.export.containers.about import About
from lullaby.export.formats import ENDINGS, Format, Sampling, format_of
from lullaby.export.listening import gain_to
from lullaby.export.parts import Made, Part, Whole
from lullaby.export.placing import FULL, no_folder, why_not
from lullaby.export.recipe import Recipe
from lullaby.export.side_by_side import cores, side_by_side
from lullaby.export.telling import told_of
from lullaby.export.unfinished import LeftUnfinished, Unfinished, claimed, left_of
from lullaby.export.uses import BEDSIDE, Use
from lullaby.export.versions import version
from lullaby.kernels import exact
from lullaby.night import Night
from lullaby.night.loudness import Loudness
from lullaby.time import RATE, Span, clock

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many frames are done, of how many."""

Note: TypeAlias = Callable[[str], None]
"""Told a line for the listener."""

Makers: TypeAlias = Callable[[Iterable[Recipe]], Iterator[Made]]
"""What turns recipes into parts, in their order."""

EDGE = RATE // 50
"""Frames over which a cut comes and goes while one is awake: 20 ms, so that it does not click."""

SOFT_EDGE = 2 * RATE
"""And when one may be asleep: slower than what wakes."""

_SPARE = 1 << 20
"""Bytes of room asked for besides the file itself."""


def export(
    night: Night,
    path: str | os.PathLike[str],
    *,
    span: Span | None = None,
    bits: int | None = None,
    use: Use = BEDSIDE,
    jobs: int | None = None,
    makers: Makers | None = None,
    before: Callable[[float], None] | None = None,
    progress: Progress | None = None,
    note: Note | None = None,
) -> Path:
    """Keep the night, or a span of it, as the file its ending asks for; a file of that name is replaced.

    `bits` 16 or 24, where the file has whole numbers. `use` is where the file goes. `jobs` parts are made
    side by side, as many as there are cores unless told; or by other `makers`. `before` is done once the
    file is begun, and is told the gain: what belongs to it is then stopped and gone on with like it.
    """
    path = Path(path)
    format = format_of(path)
    wanted = within(night, span)
    sampling = Sampling(use.rate, _bits(format, bits, path), use.channels)
    jobs = jobs or cores()
    makers = makers or (lambda recipes: side_by_side(recipes, jobs))
    opening = asked_of(night, wanted, format, use, sampling.bits)

    def prepare() -> Mapping[str, Any]:
        if use.lufs is not None and note:
            note("Listening to all of it first, to know how loud it is.")
        gain = gain_of(night, wanted, use, jobs, progress)
        ceiling = None if use.peak is None else float(exact.gain(use.peak))
        loudness = night.loudness(gain, ceiling)
        from lullaby.drawing.cover import cover

        picture = base64.b64encode(cover(night, wanted, use.cover)).decode()
        return {**opening, "loudness": list(astuple(loudness)), "cover": picture}

    def make(opening: Mapping[str, Any]) -> tuple[Whole, About]:
        whole = whole_of(night, wanted, format, sampling, Loudness(*opening["loudness"]))
        return whole, told_of(night, wanted, base64.b64decode(opening["cover"]), use.cover)

    return keep(path, opening, prepare, make, makers, before, progress, note)


def gain_of(night: Night, span: Span, use: Use, jobs: int, progress: Progress | None = None) -> float:
    """What the mixer multiplies by: as loud as the score wants its opening, or the place the whole file."""
    if use.lufs is None:
        return float(night.gain)
    ceiling = night.ceiling if use.peak is None else float(exact.gain(use.peak))
    return gain_to(use.lufs, night.plan, span, use.channels, jobs, ceiling, progress)


def whole_of(night: Night, span: Span, format: Format, sampling: Sampling, loudness: Loudness) -> Whole:
    """The night's sound as a file is to have it."""
    dither = (Key.root(night.seed) / "dither").words
    return Whole(night.plan, loudness, span, _fades(night, span), dither, format, sampling)


def keep(
    path: Path,
    asked: Mapping[str, Any],
    prepare: Callable[[], Mapping[str, Any]],
    make: Callable[[Mapping[str, Any]], tuple[Whole, About]],
    makers: Makers,
    before: Callable[[float], None] | None = None,
    progress: Progress | None = None,
    note: Note | None = None,
) -> Path:
    """Make a file, or go on with it. `asked` is all that it depends on; `prepare` adds what must be found
    out only once; `make` says from that what the file is."""
    kept, unfinished = "Nothing was kept.", None
    try:
        no_folder(path)
        with claimed(path) as unfinished:
            started = False
            try:
                begun = _same(unfinished, asked, path, note)
                with _not_of_the_file(path):
                    opening = begun or prepare()
                    whole, about = make(opening)
                    file = container(whole, about)
                    head = len(file.head(np.zeros(0, np.uint32)))
                if begun:
                    unfinished.go_on(head, [_packets(part, whole) for part in whole.parts])
                _room_for(path, whole, head, unfinished)
                if not begun:
                    unfinished.begin(opening, head)
                if before:
                    started = True
                    before(whole.loudness.gain)
                _fill(unfinished, file, whole, makers, path, progress)
                unfinished.finish(file.head(unfinished.sizes))
            except BaseException:
                if unfinished.is_new and not (unfinished.parts or started):
                    unfinished.forget()
                elif unfinished.length:
                    kept = "What is made is kept: the same command goes on when there is room."
                raise
    except OSError as error:
        if error.errno not in FULL:
            kept = kept.removesuffix(" when there is room.").removesuffix(".") + "."
        raise _could_not(path, why_not(path, error, kept), unfinished) from error
    except CouldNot as error:
        raise _could_not(path, str(error), unfinished) from error.__cause__
    return path


def _could_not(path: Path, why: str, unfinished: Unfinished | None) -> CouldNot:
    """A kind of its own where something is left, unless that is another render's, which has this file."""
    return LeftUnfinished(why) if unfinished and left_of(path) else CouldNot(why)


@contextlib.contextmanager
def _not_of_the_file(path: Path) -> Iterator[None]:
    """While sound is made, which may read recordings: what a disk says then is not said of the file."""
    try:
        yield
    except OSError as error:
        said = (error.strerror or str(error) or type(error).__name__).lower()
        where = f"{error.filename}: " if error.filename else ""
        raise CouldNot(f"{path}: its sound could not be made ({where}{said}).") from error


def _fill(
    unfinished: Unfinished,
    file: Container,
    whole: Whole,
    makers: Makers,
    path: Path,
    progress: Progress | None,
) -> None:
    """Every part that is not there yet, in order."""
    frames = len(whole.span)

    def told() -> None:
        if progress:
            done = unfinished.parts
            left = whole.parts[done].kept * whole.step if done < len(whole.parts) else frames
            progress(min(left, frames), frames)

    def made() -> Iterator[Made]:
        with _not_of_the_file(path):
            yield from makers(whole.recipe(part) for part in missing)

    told()
    missing = whole.parts[unfinished.parts :]
    for part, sound in zip(missing, made(), strict=True):
        unfinished.add(file.body(part, sound), sound.sizes)
        told()


def asked_of(night: Night, span: Span, format: Format, use: Use, bits: int) -> Mapping[str, Any]:
    """Everything a file's bytes depend on, so far as it is known before any sound is made."""
    return {
        "request": request(night, span, format, use, bits),
        "seed": night.seed,
        "date": night.date.isoformat() if night.date else None,
        "version": version(),
    }


def request(night: Night, span: Span, format: Format, use: Use, bits: int) -> str:
    """What was asked for, but for the date: whoever asks the same after midnight means the same night."""
    gain = float(night.gain) if night.unmeasured else None
    # where a sleeper ends the night, its end is another on every date
    stop = night.score.length if span.stop >= night.length else span.stop
    how = [night.follows, [night.caps.hard, night.caps.aim], format.ending, use.name, bits]
    how += ["headphones"] if night.headphones else []
    facts = [night.seed, gain, span.start, stop, *how, *night.score.sources]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]


def _same(
    unfinished: Unfinished, asked: Mapping[str, Any], path: Path, note: Note | None
) -> Mapping[str, Any] | None:
    """What the unfinished file was begun as, if it is to become what is asked for now."""
    opening = unfinished.opening
    if not opening:
        return None
    if all(opening.get(name) == value for name, value in asked.items()) and _is_whole(opening):
        return opening
    if note:
        same = {name for name, value in asked.items() if opening.get(name) == value}
        other = "by another version of lullaby" if same == {*asked} - {"version"} else "as something else"
        note(f"{path.name} was begun {other}; starting over.")
    return None


def _is_whole(opening: Mapping[str, Any]) -> bool:
    """Does it say all that was found out when it was begun?"""
    try:
        gain, ceiling, level, cap = opening["loudness"]
        base64.b64decode(opening["cover"], validate=True)
    except (KeyError, TypeError, ValueError):
        return False
    numbers = isinstance(gain, float) and isinstance(level, float) and math.isfinite(gain)
    return numbers and isinstance(ceiling, float | None) and isinstance(cap, float | None)


def _packets(part: Part, whole: Whole) -> int | None:
    """Packets that belong to this part; the last one has as many as its encoder gave."""
    if not whole.format.codec:
        return 0
    return None if part.end is None else part.end - part.kept


def _room_for(path: Path, whole: Whole, head: int, unfinished: Unfinished) -> None:
    """Refused before it is begun where the disk has too little room for it."""
    needed = head + whole.format.estimated_bytes(whole.sampling, whole.frames / whole.sampling.rate)
    free = shutil.disk_usage(path.absolute().parent).free
    if needed - unfinished.there + _SPARE > free:
        kept = "What is made is kept." if unfinished.parts else "Nothing was begun."
        raise CouldNot(
            f"{path}: this takes about {size(needed)}, and only {size(free)} are free in "
            f"{path.absolute().parent}. {kept}"
        )


def size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.2f} GB"


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


def within(night: Night, span: Span | None) -> Span:
    """What there is of the night in this span; to ask for nothing at all is a mistake."""
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
