"""A file written so that it can be stopped at any moment: the same call goes on, and makes the same bytes.

There is never half a file under its name: what is made stands in `.NAME.part` until it is whole.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from lullaby.errors import CouldNot
from lullaby.export.containers import Container, container
from lullaby.export.containers.tags import Tags
from lullaby.export.disk_space import need_space
from lullaby.export.file_request import Beginning, FileRequest
from lullaby.export.file_writing import FULL, refuse_folder, why_not
from lullaby.export.journal import left_of
from lullaby.export.segments import EncodeAll, Encoded, Rendering, Segment
from lullaby.export.unfinished import LeftUnfinished, Unfinished, claimed

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many frames are done, of how many."""

Note: TypeAlias = Callable[[str], None]
"""Told a line for the listener."""


def write_file(
    path: Path,
    request: FileRequest,
    begin: Callable[[], Beginning],
    contents: Callable[[Beginning], tuple[Rendering, Tags]],
    encode_all: EncodeAll,
    before: Callable[[float], None] | None = None,
    progress: Progress | None = None,
    note: Note | None = None,
) -> Path:
    """Make a file, or go on with it. `begin` finds out what must be found out once; `contents` says from that
    what the file is. `before` is done when the file is begun, and told the gain."""
    kept, unfinished = "Nothing was kept.", None
    try:
        refuse_folder(path)
        with claimed(path) as unfinished:
            started = False
            try:
                resumed = _begun_before(unfinished, request, path, note)
                with _while_sound_is_made(path):
                    beginning = resumed or begin()
                    rendering, tags = contents(beginning)
                    file = container(rendering, tags)
                    head = len(file.head(np.zeros(0, np.uint32)))
                if resumed:
                    packets = [_packets(segment, rendering) for segment in rendering.segments]
                    unfinished.go_on(head, packets)
                _need_space(path, rendering, head, unfinished)
                if not resumed:
                    unfinished.begin(beginning, head)
                if before:
                    started = True
                    before(rendering.loudness.gain)
                _fill(unfinished, file, rendering, encode_all, path, progress)
                unfinished.finish(file.head(unfinished.sizes))
            except BaseException:  # Ctrl-C and a signal, too
                if unfinished.is_new and not (unfinished.segments or started):
                    unfinished.forget()
                elif unfinished.length:
                    kept = "What is made is kept: the same command goes on when there is space."
                raise
    except OSError as error:
        if error.errno not in FULL:
            kept = kept.removesuffix(" when there is space.").removesuffix(".") + "."
        raise _could_not(path, why_not(path, error, kept), unfinished) from error
    except CouldNot as error:
        raise _could_not(path, str(error), unfinished) from error.__cause__
    return path


def _could_not(path: Path, why: str, unfinished: Unfinished | None) -> CouldNot:
    """A kind of its own where something is left, unless that is another render's, which has this file."""
    return LeftUnfinished(why) if unfinished and left_of(path) else CouldNot(why)


@contextlib.contextmanager
def _while_sound_is_made(path: Path) -> Iterator[None]:
    """Recordings may be read then: what a disk says of those is not said of the file."""
    try:
        yield
    except OSError as error:
        said = (error.strerror or str(error) or type(error).__name__).lower()
        where = f"{error.filename}: " if error.filename else ""
        raise CouldNot(f"{path}: its sound could not be made ({where}{said}).") from error


def _fill(
    unfinished: Unfinished,
    file: Container,
    rendering: Rendering,
    encode_all: EncodeAll,
    path: Path,
    progress: Progress | None,
) -> None:
    """Every segment that is not there yet, in order."""
    frames = len(rendering.span)

    def tell() -> None:
        if progress:
            done = unfinished.segments
            all_done = done == len(rendering.segments)
            here = frames if all_done else rendering.segments[done].start * rendering.step
            progress(min(here, frames), frames)

    def encoded() -> Iterator[Encoded]:
        with _while_sound_is_made(path):
            yield from encode_all(rendering.recipe(segment) for segment in missing)

    tell()
    missing = rendering.segments[unfinished.segments :]
    for segment, sound in zip(missing, encoded(), strict=True):
        unfinished.add(file.body(segment, sound), sound.sizes)
        tell()


def _begun_before(
    unfinished: Unfinished, request: FileRequest, path: Path, note: Note | None
) -> Beginning | None:
    """The start of the unfinished file, if it is to become the file that is asked for now."""
    beginning = unfinished.beginning
    if beginning and beginning.request == request:
        if note:
            note(f"Going on with {path.name}.")
        return beginning
    if note and not unfinished.is_new:
        same_but_older = beginning and replace(beginning.request, version=request.version) == request
        other = "by another version of lullaby" if same_but_older else "as something else"
        note(f"{path.name} was begun {other}; starting over.")
    return None


def _packets(segment: Segment, rendering: Rendering) -> int | None:
    """Packets that belong to this segment; the last one has as many as its encoder gave."""
    if not rendering.format.codec:
        return 0
    return None if segment.stop is None else segment.stop - segment.start


def _need_space(path: Path, rendering: Rendering, head: int, unfinished: Unfinished) -> None:
    seconds = rendering.frames / rendering.sampling.rate
    needed = head + rendering.format.estimated_bytes(rendering.sampling, seconds)
    kept = "What is made is kept." if unfinished.segments else "Nothing was begun."
    need_space(path, needed, unfinished.bytes_to_reuse, kept=kept)
