"""Going on with a file that was stopped: the same command, also after midnight, means the same night."""

from __future__ import annotations

import argparse
import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import LullabyError
from lullaby.score.plain_text import plain, together
from lullaby.time import Span

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.export import Format, Use
    from lullaby.export.file_request import FileRequest


class Job(NamedTuple):
    """How a night is kept: the cut, and what kind of file."""

    cut: Callable[[int], Span]
    """The frames that are kept of a night so long."""
    format: Format
    use: Use
    bits: int | None


def as_begun(evening: Evening, path: Path, asked: argparse.Namespace, job: Job) -> tuple[Evening, Path]:
    """The night and the file that the same command began before, where it did and was stopped. `export` finds
    out whether it goes on, or starts over because another version began it, and says so."""
    night = evening.night
    # where no file is named its name holds the date, so a file begun before midnight has another one
    places = [path] if asked.file else [path, *_begun_earlier(path, str(night.date))]
    for place in places:
        if then := _begun_as(place, evening, asked.date, job):
            return then, place
    return evening, path


def _begun_as(path: Path, evening: Evening, asked: datetime.date | None, job: Job) -> Evening | None:
    """The evening of the date that an unfinished file was begun for, if it is the file that is wanted.

    It is asked for anew on that date: over the turn of a year a listener's age is another, and with it their
    sleep and their limits.
    """
    from lullaby.evening import prepared
    from lullaby.export import begun, whatever_the_date

    beginning = begun(path)
    if beginning is None:
        return None
    date = _date_of(beginning.request)
    if date is None or asked not in (None, date):
        return None
    try:
        then = evening if date == evening.night.date else prepared(replace(evening.request, date=date))
        span = job.cut(then.night.length) & then.night.span
    except LullabyError:  # on that date it is nothing that can be made
        return None
    wanted = whatever_the_date(then.night, span, job.format, job.use, job.bits or 16)
    return then if beginning.request.what == wanted else None


def _begun_earlier(path: Path, date: str) -> list[Path]:
    """Unfinished files named like this one, but for their date; the newest first."""
    from lullaby.export import unfinished_like

    before, _, after = path.name.rpartition(date)
    return unfinished_like(path.parent, before, after)


def _date_of(request: FileRequest) -> datetime.date | None:
    with contextlib.suppress(TypeError, ValueError):
        return datetime.date.fromisoformat(request.date) if request.date else None
    return None


@contextlib.contextmanager
def going_on_is_said(path: Path, bedside: Bedside) -> Iterator[None]:
    """While this file is made: where it is stopped, by a person or by the machine, what is left is named."""
    from lullaby.export import LeftUnfinished

    try:
        yield
    except (KeyboardInterrupt, LeftUnfinished):
        say_how_to_go_on(path, bedside)
        raise


def say_how_to_go_on(path: Path, bedside: Bedside) -> None:
    """Names everything there is of an unfinished file."""
    from lullaby.export import left_of, unfinished_stems

    left = [place.name for place in left_of(path)]
    left += [f"{place.parent.name}/{place.name}" for place in unfinished_stems(path)]
    if left:
        bedside.note(plain(f"What is made of {path.name} is kept: the same command goes on from there."))
        bedside.note(plain(f"    To forget it, delete {together(left)} beside it."))
