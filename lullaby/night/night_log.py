"""The log of a night that was heard live: lines of JSON, each appended as it happens.

    {"lullaby": "night", "version": 1, "rate": 48000, "engine": …, "fingerprint": …, "asked": …, …}
    {"grown": 5760000, "runs": [[5760000, 5760001, "awake", "pressed", 5712000]], "moves": []}
    {"pause": 8160000}

The first line says which night it was, as it was foreseen at lights-out. Each `grown` line is a `Growth`:
applied in their order they give the night as it was heard, bit for bit, before volume, pauses and fades.
Every other line is the player's own. Times are frames since lights-out.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lullaby.errors import CouldNot, WrittenWrongly
from lullaby.night.engine import engine_name
from lullaby.night.faders import FaderMove
from lullaby.night.narration import Narration
from lullaby.night.night import Growth, Night
from lullaby.people.caps import UNCAPPED, Caps
from lullaby.score import SILENT
from lullaby.score.plain_text import plain, quoted, shown
from lullaby.sleep.course import Course
from lullaby.sleep.course_file import course_in, row_of, runs_from
from lullaby.sleep.json_text import json_from
from lullaby.time import LONGEST, RATE
from lullaby.voices.speech.line import Line

VERSION = 1

MOST_LINES = 200_000
"""A key a second, for two days and nights."""

_SILENT = "silent"


@dataclass(frozen=True)
class NightLog:
    """A log as it was read."""

    where: str
    """Its file, safe to show."""
    engine: str
    fingerprint: str
    """Of the night as it was foreseen."""
    asked: Mapping[str, Any]
    """What was asked for, in the words of whoever wrote the log."""
    seed: int
    day: datetime.date | None
    course: Course | None
    """The sleeper's night as it was foreseen."""
    headphones: bool
    caps: Caps
    told: tuple[Narration, ...]
    """What was told, as far as it was known at lights-out."""
    grown: tuple[Growth, ...]
    lines: tuple[int, ...]
    """The number of the line that each of them stands in."""
    entries: tuple[Mapping[str, Any], ...]
    """The player's own lines: volume, pauses, fades, the device."""
    torn: bool
    """Was its last line not written to its end? It is left out."""
    name: str
    """A name by its content."""


def head_line(night: Night, asked: Mapping[str, Any]) -> str:
    """The first line of a log of this night, before it has grown. `asked`: what was asked for, from which the
    same score is found again."""
    course = night.course
    caps = None if night.caps == UNCAPPED else [_finite(night.caps.hard), _finite(night.caps.aim)]
    told = {"told": [narration.facts for narration in night.narrations]} if night.narrations else {}
    return _line(
        {
            "lullaby": "night",
            "version": VERSION,
            "rate": RATE,
            "engine": engine_name(),
            "fingerprint": night.fingerprint,
            "title": night.score.title,
            "asked": asked,
            "seed": night.seed,
            "date": night.date.isoformat() if night.date else None,
            "headphones": night.headphones,
            "caps": caps,
            "course": course
            and {"foreseen": course.foreseen, "runs": [row_of(known) for known in course.known]},
        }
        | told
    )


def grown_line(growth: Growth) -> str:
    moves = [[m.frame, m.voice, _SILENT if m.gain_db == SILENT else m.gain_db] for m in growth.moves]
    grown = {"grown": growth.frame, "runs": [row_of(known) for known in growth.runs], "moves": moves}
    if growth.narrations is not None:
        grown["told"] = [narration.facts for narration in growth.narrations]
    return _line(grown)


def entry_line(entry: Mapping[str, Any]) -> str:
    """A line of the player's own."""
    return _line({key: _plain(value) for key, value in entry.items()})


def _plain(value: object) -> object:
    """A value as JSON has it: a level of nothing at all is a word there."""
    if isinstance(value, float) and not math.isfinite(value):
        return _SILENT if value == SILENT else None
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _line(table: Mapping[str, Any]) -> str:
    return json.dumps(table, ensure_ascii=True, allow_nan=False) + "\n"


def _finite(level: float) -> float | None:
    return level if math.isfinite(level) else None


def is_night_log(head: bytes) -> bool:
    """Are these the first bytes of such a file?"""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    return first.startswith(b'{"lullaby":') and first[11:].lstrip().startswith(b'"night"')


def night_log_from(content: bytes, where: str) -> NightLog:
    """The log in this content; a WrittenWrongly says which line of it is none. `where` is safe to show."""
    lines, torn = _whole_lines(content, where)
    if not lines:
        raise WrittenWrongly(where, "this log ends before its first line does.")
    if len(lines) > MOST_LINES:
        raise WrittenWrongly(where, f"this log has more than {MOST_LINES} lines.")
    head = _table(lines[0], f"{where}, line 1")
    log = _head(head, f"{where}, line 1")
    grown: list[Growth] = []
    numbers: list[int] = []
    entries: list[Mapping[str, Any]] = []
    for number, line in enumerate(lines[1:], 2):
        place = f"{where}, line {number}"
        table = _table(line, place)
        if "lullaby" in table:
            raise WrittenWrongly(place, "a log has one first line, and this is another.")
        if "grown" in table:
            grown.append(_growth(table, place))
            numbers.append(number)
        else:
            entries.append(table)
    name = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return NightLog(
        **log,
        where=where,
        grown=tuple(grown),
        lines=tuple(numbers),
        entries=tuple(entries),
        torn=torn,
        name=name,
    )


def as_heard(night: Night, log: NightLog) -> Night:
    """The night that was foreseen, as it was heard: with everything that was added to it. Refused where it is
    not the night that the log is of."""
    if log.engine != engine_name():
        raise CouldNot(
            f"{log.where} was written by lullaby's engine {plain(log.engine)}; here is {engine_name()}, and "
            "the same night would sound different. That version of lullaby renders it."
        )
    if night.fingerprint != log.fingerprint:
        raise WrittenWrongly(
            f"{log.where}, line 1",
            f"this is the log of another night ({plain(log.fingerprint)}) than {quoted(night.score.title)} "
            f"is now ({night.fingerprint}).",
            "Its score, a voice in it, or what its listener avoids is not what it was that night.",
        )
    voices = {track.name for track in night.plan.tracks}
    for growth, number in zip(log.grown, log.lines, strict=True):
        for move in growth.moves:
            if move.voice not in voices:
                raise WrittenWrongly(
                    f"{log.where}, line {number}", f"there is no voice {quoted(move.voice)} in this night."
                )
        told = growth.narrations
        if told is not None and [one.voice for one in told] != [one.voice for one in night.narrations]:
            raise WrittenWrongly(
                f"{log.where}, line {number}", "other tellers than in the first line tell here."
            )
        night = night.from_frame(growth)
    night.follows = f"course {log.name}"
    return night


def _whole_lines(content: bytes, where: str) -> tuple[list[str], bool]:
    """The lines that were written to their end, and whether there was another. After a power cut a file may
    end in zeros where its last line was to stand."""
    content = content.removeprefix(b"\xef\xbb\xbf").rstrip(b"\0")
    whole, _, rest = content.rpartition(b"\n")
    lines: list[str] = []
    for number, line in enumerate(whole.split(b"\n") if whole else [], 1):
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise WrittenWrongly(f"{where}, line {number}", "this is not UTF-8 text.") from None
        lines.append(text)
    if not rest.strip():
        return lines, False
    with contextlib.suppress(WrittenWrongly, UnicodeDecodeError):  # only the end of its line is missing
        return [*lines, json.dumps(_table(rest.decode(), where))], False
    return lines, True


def _table(line: str, place: str) -> dict[str, Any]:
    try:
        table = json_from(line, where=place)
    except WrittenWrongly as error:  # which line it is, we know better
        raise WrittenWrongly(place, error.what) from None
    if not isinstance(table, dict):
        raise WrittenWrongly(place, f"a line of a log is a table, not {shown(table)}.")
    return table


def _head(table: Mapping[str, Any], place: str) -> dict[str, Any]:
    if table.get("lullaby") != "night":
        raise WrittenWrongly(place, "this is not the log of a night.")
    for key, ours in (("version", VERSION), ("rate", RATE)):
        if type(table.get(key)) is not int or table[key] != ours:
            found = shown(table[key]) if key in table else "missing"
            raise WrittenWrongly(place, f"its {key} is {found}, and only {ours} is understood here.")
    asked, course = table.get("asked"), table.get("course")
    if not isinstance(asked, dict):
        raise WrittenWrongly(place, f'"asked" is a table, not {shown(asked)}.')
    if not (course is None or isinstance(course, dict)):
        raise WrittenWrongly(place, f'"course" is a table or null, not {shown(course)}.')
    seed = table.get("seed")
    if type(seed) is not int or not 0 <= seed <= 10**15:
        raise WrittenWrongly(place, f'"seed" is a whole number from 0 to 10^15, not {shown(seed)}.')
    if type(table.get("headphones")) is not bool:
        raise WrittenWrongly(place, '"headphones" is true or false.')
    return {
        "engine": _text(table, "engine", place),
        "fingerprint": _text(table, "fingerprint", place),
        "asked": asked,
        "seed": seed,
        "day": _day(table.get("date"), place),
        "course": None if course is None else course_in(course, place),
        "headphones": table["headphones"],
        "caps": _caps(table.get("caps"), place),
        "told": _narrations(table, place) or (),
    }


def _text(table: Mapping[str, Any], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or len(value) > 100:
        raise WrittenWrongly(place, f'"{key}" is a short text, not {shown(value)}.')
    return value


def _day(value: object, place: str) -> datetime.date | None:
    if value is None:
        return None
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise WrittenWrongly(
            place, f'"date" is a date like "2026-11-30" or null, not {shown(value)}.'
        ) from None


def _caps(value: object, place: str) -> Caps:
    if value is None:
        return UNCAPPED
    levels: list[Any] = value if isinstance(value, list) and len(value) == 2 else [value]
    if len(levels) != 2 or not all(
        level is None
        or (isinstance(level, int | float) and not isinstance(level, bool) and -1e3 < level < 1e3)
        for level in levels
    ):
        raise WrittenWrongly(place, f'"caps" is two levels in dB or null, not {shown(value)}.')
    hard, aim = (math.inf if level is None else float(level) for level in levels)
    return Caps(hard=hard, aim=aim)


def _growth(table: Mapping[str, Any], place: str) -> Growth:
    frame, rows, moves = table["grown"], table.get("runs", []), table.get("moves", [])
    if type(frame) is not int or not 0 <= frame < LONGEST:
        raise WrittenWrongly(place, f'"grown" is a frame of a day, not {shown(frame)}.')
    for key, value in (("runs", rows), ("moves", moves)):
        if not isinstance(value, list):
            raise WrittenWrongly(place, f'"{key}" is a list, not {shown(value)}.')
    runs = tuple(runs_from(rows, place))
    try:
        return Growth(frame, runs, tuple(_move(move, place) for move in moves), _narrations(table, place))
    except ValueError as error:
        raise WrittenWrongly(place, f"{plain(str(error))}.") from None


def _narrations(table: Mapping[str, Any], place: str) -> tuple[Narration, ...] | None:
    rows = table.get("told")
    if rows is None:
        return None
    if not isinstance(rows, list):
        raise WrittenWrongly(place, f'"told" is a list, not {shown(rows)}.')
    return tuple(_narration(row, place) for row in rows)


def _narration(row: object, place: str) -> Narration:
    """What one teller says, as `Narration.facts` has it."""
    match row:
        case [str(voice), str(of), int(coming), list(lines), bool(hushed)] if 0 <= coming < LONGEST:
            said = tuple(_spoken(line, place) for line in lines)
            return Narration(voice, of, said, coming, hushed=hushed)
    raise WrittenWrongly(place, "what is told is [voice, hash, frames to come, lines, is it hushed].")


def _spoken(row: object, place: str) -> Line:
    match row:
        case [int(start), int(samples), str(name), str(digest), int() | float() as gain_db, int(whole)]:
            if (
                0 <= start < LONGEST
                and 0 < samples < LONGEST
                and -200 < gain_db < 30
                and _NAME.fullmatch(name)
            ):
                return Line(start, samples, name, digest, float(gain_db), whole)
    raise WrittenWrongly(place, "a spoken line is [frame, samples, name, digest, dB, samples of all of it].")


_NAME = re.compile(r"[0-9a-f]{8,64}")
"""The name of a sentence on the shelf: it becomes the name of a file."""


def _move(row: object, place: str) -> FaderMove:
    if not isinstance(row, list) or len(row) != 3:
        raise WrittenWrongly(place, "a fader's move is [frame, voice, dB].")
    frame, voice, level = row
    if type(frame) is not int or not 0 <= frame < LONGEST:
        raise WrittenWrongly(place, f"{shown(frame)} is not a frame of a day.")
    if not isinstance(voice, str):
        raise WrittenWrongly(place, f"{shown(voice)} is not the name of a voice.")
    if isinstance(level, int | float) and not isinstance(level, bool) and abs(level) < 1e3:
        return FaderMove(frame, voice, float(level))
    if level != _SILENT:
        raise WrittenWrongly(place, f'a fader is at so many dB or "{_SILENT}", not at {shown(level)}.')
    return FaderMove(frame, voice, SILENT)
