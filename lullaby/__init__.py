"""lullaby: bedtime soundscapes that follow the sleeper and end by themselves.

    night = lullaby.load("harbour-rain", date=date(2026, 3, 1))
    sound = night.render(lullaby.span("00:10:00", "00:12:00"))      # float32[frames, 2] at 48 kHz

Importing it is light: numba and the rest come with the first night.
"""

from __future__ import annotations

import datetime
import os
import warnings
from typing import TYPE_CHECKING, Any

from lullaby import time
from lullaby.errors import AskedWrongly, CouldNot, LullabyError, NoSuchValue, WrittenWrongly
from lullaby.time import Span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lullaby.night import Night
    from lullaby.score import Score
    from lullaby.sleep.course import Course
    from lullaby.sleep.sleeper import Sleeper

__version__ = "0.1.0"

__all__ = [
    "AskedWrongly",
    "CouldNot",
    "LullabyError",
    "Night",
    "Span",
    "WrittenWrongly",
    "__version__",
    "load",
    "span",
]


def span(start: str | float, stop: str | float) -> Span:
    """A span from clock times or seconds: `span("00:10:00", "00:12:00")`. A NoSuchValue, which is an
    AskedWrongly and a ValueError, where it cannot be."""
    try:
        return time.span(start, stop)
    except (ValueError, OverflowError, TypeError):
        raise NoSuchValue(
            f"there is no span from {start!r} to {stop!r}: it runs forward from lights-out, between clock "
            'times like "00:10:00" or numbers of seconds.'
        ) from None


def load(
    score: str | os.PathLike[str] | None = None,
    *,
    listener: str | None = None,
    seed: int | None = None,
    date: datetime.date | None = None,
    sleeper: str | Sleeper | Course | None = None,
    course: Course | str | os.PathLike[str] | None = None,
    all_night: str | None = None,
    headphones: bool = False,
    device: str | None = None,
    stories: bool = True,
    mood: str | None = None,
) -> Night:
    """A night from a score or a ritual: a name among the shipped and the listener's own, or a path.

    Without a seed it is the score's own; without a date it is the same on every date.

    With a `listener` (`lullaby people add kim`) it keeps to their limits and their avoid-list, follows their
    sleep, and wants a date, since limits go by age. Otherwise it follows a made-up sleeper and ends once they
    sleep, as on the command line: "slow", who falls asleep as late as one in five, or "typical"; or a
    `Sleeper` you describe, or the `Course` of a night that was slept. "none" plays every scene to the score's
    end; so does `all_night="the reason"`, softer as sleep deepens. `course` is a night that was slept, as a
    `Course` or as a file; or the log of a night that was heard live, which is had again as it was heard, and
    the log says all the rest. With `headphones` it is made for two ears, rather than for two loudspeakers;
    `device` names what it is heard on, as `calibrate` knows it, and of one that it does not know a warning
    says that no limit is kept on it. What is told in it is spoken before this returns, which takes some
    seconds the first time; with `stories` False nothing is told. A ritual wants a date, and is composed for
    that evening; `mood` is how somebody is, in a word.
    """
    from lullaby.evening import Request, prepared
    from lullaby.evening.logged import log_or_course, request_again
    from lullaby.evening.notes import UnknownDevice
    from lullaby.night.night_log import NightLog

    along = log_or_course(course)
    if along is not None and sleeper is not None:
        raise AskedWrongly("course and sleeper both say whom the night follows: leave one of them out.")
    if isinstance(along, NightLog):
        if headphones or any(said is not None for said in (listener, seed, date, all_night, device)):
            raise AskedWrongly(f"the log {along.where} says which night it was: leave the rest out.")
        what = None if score is None else os.fspath(score)
        return prepared(request_again(along, what), keeper=_keep).night
    if score is None:
        raise AskedWrongly("a night needs a score, or the log of one that was heard.")
    request = Request(
        _composed(os.fspath(score), listener, seed, date, mood) or os.fspath(score),
        listener=listener,
        seed=seed,
        date=date,
        sleeper=sleeper if along is None else along,
        all_night=all_night,
        headphones=headphones,
        device=device,
        stories=stories,
    )
    evening = prepared(request, keeper=_keep)
    for note in evening.notes:
        if isinstance(note, UnknownDevice):  # the command line says it, too: no limit is kept on it
            warnings.warn(note.says, stacklevel=2)
    return evening.night


def _keep(
    night: Night, path: str | os.PathLike[str], *, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Keeps a night as a file; what that takes is loaded only by whoever does."""
    from lullaby.export import export

    return export(night, path, progress=progress)


def _composed(
    named: str, listener: str | None, seed: int | None, date: datetime.date | None, mood: str | None
) -> Score | None:
    """The ritual of this name, as it is on this evening; None where it is a score."""
    from lullaby.score.rituals import ritual_path

    path = ritual_path(named)
    if path is None:
        if mood:
            raise AskedWrongly("a mood is told to a ritual, and this is a score.")
        return None
    if date is None:
        raise AskedWrongly("a ritual is of one evening: say its date.")

    from lullaby.ritual.composing import composed
    from lullaby.ritual.tonight import greeted
    from lullaby.score.rituals import read_ritual
    from lullaby.voices.kinds import KINDS

    return composed(read_ritual(path, KINDS), greeted(date, listener, mood or ""), seed)


def __getattr__(name: str) -> Any:
    if name == "Night":
        from lullaby.night import Night

        return Night
    raise AttributeError(f"module 'lullaby' has no attribute {name!r}")
