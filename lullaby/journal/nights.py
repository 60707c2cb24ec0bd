"""Nights that were heard: written down when they begin and when they end, so that each can be had again."""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from lullaby.journal.book import Note, evening_of, journal
from lullaby.people.private import say_nothing


@dataclass(frozen=True)
class NightPlayed:
    """What was asked for, and what came of it."""

    title: str
    asked: tuple[str, ...]
    """The words and options after `lullaby render` that give the same night: score or mix, seed, date, …"""
    fingerprint: str
    engine: str
    seed: int
    date: datetime.date | None
    begun: datetime.datetime
    ended: datetime.datetime | None = None
    """None where nobody wrote that down: it was killed, or it plays still."""
    seconds: float = 0.0
    """Heard of it."""
    log: str = ""
    """The log of what happened in it, where one was kept."""
    mood: str = ""
    ritual: str = ""
    level: float | None = None
    """LUFS of its opening as it was heard, with the volume that was asked for."""
    dba: float | None = None
    """The same at the pillow, where somebody has measured the device."""
    without: bool = False
    """A night on which somebody chose to hear nothing."""
    number: int = 0

    @property
    def evening(self) -> datetime.date:
        return evening_of(self.begun)


def note_night(
    listener: str | None, night: NightPlayed, today: datetime.date, note: Note = say_nothing
) -> int:
    """Writes a night down and gives its number, by which it can be ended."""
    with journal(listener, today, note) as db, db:
        row = (night.evening.isoformat(), *_written(night))
        found = db.execute("insert into nights (evening, begun, ended, heard) values (?, ?, ?, ?)", row)
        assert found.lastrowid is not None
        return found.lastrowid


def end_night(
    listener: str | None, number: int, ended: datetime.datetime, seconds: float, today: datetime.date
) -> None:
    """Writes down when it ended, and how much of it was heard. One that was erased meanwhile stays so."""
    with journal(listener, today) as db, db:
        found = db.execute("select number, begun, ended, heard from nights where number = ?", (number,))
        for row in found.fetchall():
            night = replace(_read(row), ended=ended, seconds=seconds)
            _, end, heard = _written(night)
            db.execute("update nights set ended = ?, heard = ? where number = ?", (end, heard, number))


def heard_so_far(listener: str | None, number: int, seconds: float, today: datetime.date) -> None:
    """Writes down how much was heard by now, so that a night that is killed counts what it was."""
    with journal(listener, today) as db, db:
        db.execute(
            "update nights set heard = json_set(heard, '$.seconds', ?) where number = ? and ended is null",
            (round(seconds, 1), number),
        )


def nights_in(db: sqlite3.Connection, since: datetime.date | None = None) -> tuple[NightPlayed, ...]:
    """Nights by the time at which they began, from an evening on."""
    rows = db.execute(
        "select number, begun, ended, heard from nights where evening >= ? order by julianday(begun), number",
        ("" if since is None else since.isoformat(),),
    )
    return tuple(_read(row) for row in rows)


_TIMES = ("begun", "ended", "number")


def _written(night: NightPlayed) -> tuple[str, str | None, str]:
    rows = {name: value for name, value in asdict(night).items() if name not in _TIMES}
    rows["date"] = None if night.date is None else night.date.isoformat()
    ended = None if night.ended is None else night.ended.isoformat(timespec="seconds")
    return night.begun.isoformat(timespec="seconds"), ended, json.dumps(rows, ensure_ascii=False)


def _read(row: Sequence[Any]) -> NightPlayed:
    number, begun, ended, heard = row
    known = {field.name for field in fields(NightPlayed)} - {*_TIMES}
    rows: Mapping[str, Any] = {name: value for name, value in json.loads(heard).items() if name in known}
    return NightPlayed(
        **{
            **rows,
            "asked": tuple(rows["asked"]),
            "date": None if rows["date"] is None else datetime.date.fromisoformat(rows["date"]),
        },
        begun=datetime.datetime.fromisoformat(begun),
        ended=None if ended is None else datetime.datetime.fromisoformat(ended),
        number=number,
    )
