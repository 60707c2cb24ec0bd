"""A night kept as a file: never half a file under its name, and the same bytes every time."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.formats import BITS, Format, format_of
from lullaby.export.media import Media
from lullaby.kernels import exact
from lullaby.kernels.finishing import fill_dithered_16, fill_dithered_24
from lullaby.night import Night
from lullaby.time import RATE, Span, clock

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many frames are done, of how many."""

EDGE = RATE // 50
"""Frames over which a cut night comes and goes: 20 ms, so that no cut clicks."""

PIECE = RATE * 5
"""Frames handed to the encoder at a time."""


def export(
    night: Night,
    path: str | os.PathLike[str],
    *,
    span: Span | None = None,
    bits: int = 16,
    progress: Progress | None = None,
) -> Path:
    """Keep the night, or a span of it, as the file its ending asks for; a file of that name is replaced.

    It is written beside its place and put there when it is whole, so no half file ever has the name.
    """
    path = Path(path)
    format = format_of(path)
    if bits not in BITS:
        raise AskedWrongly(f"a file has 16 or 24 bits, not {bits}.")
    wanted = _within(night, span)
    tags = {"title": night.score.title, "comment": f"lullaby {night.fingerprint}"}
    if night.date:
        tags["date"] = night.date.isoformat()
    with _whole_or_nothing(path) as file:
        _write(file, format, bits, tags, night, wanted, progress)
    return path


def _within(night: Night, span: Span | None) -> Span:
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


@contextlib.contextmanager
def _whole_or_nothing(path: Path) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its place once all of it is safely on the disk."""
    part = path.with_name(f".{path.name}.part")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise CouldNot(_why_not(path, error)) from error
        raise


def _why_not(path: Path, error: OSError) -> str:
    """One line for a file that could not be written."""
    folder = path.absolute().parent
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"{path}: the disk is full. Nothing was kept."
        case errno.EFBIG:
            return f"{path}: files here may not grow that large. Nothing was kept."
        case errno.ENOENT | errno.ENOTDIR:
            if folder.is_dir():
                return f"{path}: nothing can be made in {folder}."
            return f"{path}: there is no folder {folder}."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{path}: nothing may be written in {folder}."
        case errno.EISDIR:
            return f"{path}: this is a folder, not a file."
        case errno.ENAMETOOLONG:
            return f"{path.name[:40]}…: this name is too long."
    said = error.strerror or str(error) or type(error).__name__
    return f"{path}: this could not be written ({said.lower()}). Nothing was kept."


def _write(
    file: BinaryIO,
    format: Format,
    bits: int,
    tags: dict[str, str],
    night: Night,
    span: Span,
    progress: Progress | None,
) -> None:
    media = Media(file, format, bits, tags)
    try:
        if progress:
            progress(0, len(span))
        for part, samples in whole_numbers(night, span, bits):
            media.put(samples)
            if progress:
                progress(part.stop - span.start, len(span))
        media.close()
    except BaseException:
        media.abandon()
        raise


def whole_numbers(night: Night, span: Span, bits: int) -> Iterator[tuple[Span, NDArray[Any]]]:
    """The span in pieces as they stand in a file: faded where it was cut, dithered, in whole numbers."""
    low, high = (Key.root(night.seed) / "dither").words
    for page, sound in night.pieces(span):
        for part in page.blocks(PIECE):
            heard = _faded(sound[part.start - page.start : part.stop - page.start], part, span, night.span)
            if bits == 16:
                whole: NDArray[Any] = np.empty(heard.shape, np.int16)
                fill_dithered_16(heard, low, high, part.start, whole)
            else:
                whole = np.empty(heard.shape, np.int32)
                fill_dithered_24(heard, low, high, part.start, whole)
            yield part, whole


def _faded(sound: NDArray[np.float32], part: Span, span: Span, night: Span) -> NDArray[np.float32]:
    """The sound of this part, coming and going over EDGE frames at an edge that is not the night's own."""
    begins = span.start > night.start and part.start < span.start + EDGE
    ends = span.stop < night.stop and part.stop > span.stop - EDGE
    if not (begins or ends):
        return sound
    frames = np.arange(part.start, part.stop)
    rise = np.clip((frames + 0.5 - span.start) / EDGE, 0.0, 1.0) if begins else np.ones(len(part))
    fall = np.clip((span.stop - frames - 0.5) / EDGE, 0.0, 1.0) if ends else np.ones(len(part))
    curve = (0.5 - 0.5 * exact.cos_turns(rise / 2)) * (0.5 - 0.5 * exact.cos_turns(fall / 2))
    faded: NDArray[np.float32] = sound * curve.astype(np.float32)[:, None]
    return faded
