"""`--sleeper` and `--course`: whose sleep a night follows."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lullaby.cli.sleep.hypnograms import nights_in
from lullaby.errors import AskedWrongly
from lullaby.score.model import SLEEPERS
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.night.night_log import NightLog
    from lullaby.sleep.course import Course


def add_sleeper(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sleeper",
        choices=SLEEPERS,
        help="whom the night follows: a slow one, so that it leaves few too early (the default), a typical "
        "one (the default with --for), or none, and it plays to its end",
    )
    parser.add_argument(
        "--course",
        metavar="FILE",
        help="follow a night that was slept, in any form that `lullaby sleep read` takes; lights went out "
        "where the file says so, else where it begins. The log of a night that was heard: that night again",
    )
    parser.add_argument(
        "--course-night",
        metavar="N|DATE",
        help="of several nights in that file, one, as `sleep read --night` says it",
    )


def course_of(asked: argparse.Namespace) -> Course | NightLog | None:
    """The course in the file that was named, or the log of a night that was heard; None where none was."""
    if asked.course is None:
        if asked.course_night is not None:
            raise AskedWrongly("--course-night chooses inside a file, and --course names none.")
        return None
    if asked.sleeper is not None:
        raise AskedWrongly("--course and --sleeper both say whom the night follows: leave one of them out.")

    from lullaby.evening.logged import read_log
    from lullaby.sleep.hypnograms import course_of

    log = read_log(asked.course)
    if log is not None:
        _alone(asked)
        return log
    found = nights_in(asked.course, asked.course_night, "--course-night")
    if len(found) > 1:
        raise AskedWrongly(
            f"{plain(asked.course)}: there are {len(found)} nights in it, and --course-night says which."
        )
    return course_of(found[0][1])


_THE_LOG_SAYS = ("seed", "date", "all_night", "headphones", "device", "course_night")


def _alone(asked: argparse.Namespace) -> None:
    """An AskedWrongly where something is asked for that a log says itself."""
    options = {
        "--for": asked.listener,
        **{f"--{k.replace('_', '-')}": getattr(asked, k) for k in _THE_LOG_SAYS},
    }
    for option, value in options.items():
        if value not in (None, False):
            raise AskedWrongly(f"the log {plain(asked.course)} says which night it was: leave {option} out.")
