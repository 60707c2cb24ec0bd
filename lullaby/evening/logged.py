"""A request as the log of a night keeps it, and the request that such a log makes again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.evening.enough import ALL, Allowance
from lullaby.evening.request import Mix, Request
from lullaby.night.night_log import NightLog, is_night_log, night_log_from
from lullaby.score import Score
from lullaby.score.plain_text import plain, shown
from lullaby.sleep.course import Course
from lullaby.time import LONGEST, RATE

_TEXTS = ("score", "listener", "all_night")


def asked_in(request: Request) -> dict[str, Any]:
    """The request as the log's first line keeps it: what leads to the same score and the same limits. Of a
    score that a program handed in nothing leads to it but that program."""
    what: dict[str, Any] = {}
    if isinstance(request.what, Mix):
        mix = request.what
        what = {"mix": list(mix.voices), "settings": list(mix.settings), "length": mix.length}
    elif isinstance(request.what, str):
        path = request.what
        what = {"score": os.path.abspath(path) if os.sep in path or path.endswith(".toml") else path}
    elif request.what.ritual is not None:
        ritual = request.what.ritual
        what = {"ritual": os.path.abspath(request.what.path), "hemisphere": ritual.hemisphere}
        what |= {"mood": ritual.mood} if ritual.mood else {}
        what |= {"circle": ritual.circle} if ritual.circle else {}
    also: dict[str, Any] = {
        "listener": request.listener,
        "all_night": request.all_night,
        "alone": request.alone or None,
    }
    if request.enough is not None and request.enough != ALL:
        also["enough"] = request.enough.facts
    return what | {key: value for key, value in also.items() if value is not None}


def read_log(path: str | os.PathLike[str]) -> NightLog | None:
    """The log of a night in this file; None where it is another file."""
    from lullaby.sleep.hypnograms.opening import LARGEST_TEXT, opened

    file = opened(Path(path))
    if not is_night_log(file.head):
        return None
    if file.size > LARGEST_TEXT:
        raise WrittenWrongly(file.where, f"this is larger than {LARGEST_TEXT >> 20} MiB of text.")
    return night_log_from(b"".join(file.chunks()), file.where)


def request_again(log: NightLog, what: str | Mix | Score | None = None) -> Request:
    """The request that this log was written of. `what`: the score, where somebody names one, as they must
    where a program handed it in."""
    asked, where = log.asked, f"{log.where}, line 1"
    for key in _TEXTS:
        if not isinstance(asked.get(key, ""), str):
            raise WrittenWrongly(where, f'"{key}" is a text, not {shown(asked[key])}.')
    if type(asked.get("alone", False)) is not bool:
        raise WrittenWrongly(where, '"alone" is true or false.')
    request = Request(
        what or _what(asked, where),
        listener=asked.get("listener"),
        all_night=asked.get("all_night"),
        alone=asked.get("alone", False),
        course_file=log.where,
        log=log,
        enough=_enough(asked.get("enough", {}), where),
    )
    return replace(request, **foreseen(log))


def _enough(asked: object, where: str) -> Allowance:
    """What was enough that night; today's limits are not that night's."""
    match asked:
        case {"longest": int() | None as longest, "softer_db": int() | float() as softer} if (
            longest is None or 0 < longest <= LONGEST
        ) and -60 <= softer <= 0:
            return Allowance(longest, softer_db=float(softer))
        case {} if asked == {}:
            return ALL
    raise WrittenWrongly(where, f"this is not how much was enough: {shown(asked)}.")


def foreseen(log: NightLog) -> dict[str, Any]:
    """What the log itself says of a request."""
    return {
        "seed": log.seed,
        "date": log.day,
        "sleeper": log.course or "none",
        "headphones": log.headphones,
    }


def _what(asked: Mapping[str, Any], where: str) -> str | Mix:
    if "mix" not in asked:
        if "score" not in asked:
            raise AskedWrongly(f"{where}: it does not say which score it is of: name it, too.")
        return str(asked["score"])
    voices, settings, length = asked["mix"], asked.get("settings", []), asked.get("length")
    for words in (voices, settings):
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise WrittenWrongly(where, f"a mix is a list of words, not {shown(words)}.")
    if type(length) is not int or not RATE // 2 <= length <= LONGEST:
        raise WrittenWrongly(where, f"the length of a mix is a number of frames, not {shown(length)}.")
    return Mix(tuple(voices), tuple(settings), length)


def log_or_course(course: Course | str | os.PathLike[str] | None) -> NightLog | Course | None:
    """A log, or the only night of a hypnogram, in a file; a course as it is."""
    if course is None or isinstance(course, Course):
        return course
    from lullaby.sleep.hypnograms import course_of, read_hypnograms

    log = read_log(course)
    if log is not None:
        return log
    found = read_hypnograms(course)
    if len(found) > 1:
        raise AskedWrongly(f"{plain(os.fspath(course))}: there are {len(found)} nights in it, not one.")
    return course_of(found[0])
