"""Mornings: how the night was, in its sleeper's own words and times. Nothing need be answered, and nothing
that was not is ever guessed."""

from __future__ import annotations

import datetime
import json
import sqlite3
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise

from lullaby.errors import AskedWrongly
from lullaby.journal.book import Note, journal, refuse_forgotten
from lullaby.people.private import say_nothing
from lullaby.time import clock

RESTED = ("very poorly", "poorly", "fairly", "well", "very well")
"""How somebody slept: the five words of the Consensus Sleep Diary."""
_LONGEST = datetime.timedelta(hours=24)
_LONGEST_BETWEEN = datetime.timedelta(hours=18)
"""Whoever wakes at 06:40 and gets up at 06:20 has mistyped, and did not lie awake until the next day."""


@dataclass(frozen=True)
class Morning:
    """What was answered; None where nothing was."""

    evening: datetime.date
    """The evening before."""
    in_bed: datetime.datetime | None = None
    lights_out: datetime.datetime | None = None
    latency_min: int | None = None
    """Minutes until asleep."""
    awakenings: int | None = None
    awake_min: int | None = None
    """Minutes awake in the night, all together, without those before sleep and after the last waking."""
    woke: datetime.datetime | None = None
    got_up: datetime.datetime | None = None
    rested: str | None = None
    mood: str | None = None
    """In a word."""
    nightmare: bool | None = None

    @property
    def is_empty(self) -> bool:
        return all(value is None for name, value in asdict(self).items() if name != "evening")

    @property
    def in_bed_min(self) -> float | None:
        """Minutes between going to bed (lights out, where only that is known) and getting up."""
        return _minutes(self.in_bed or self.lights_out, self.got_up)

    @property
    def asleep_min(self) -> float | None:
        """From lights out to the last waking, without what was spent awake; None unless all is known."""
        whole = _minutes(self.lights_out, self.woke)
        if whole is None or self.latency_min is None or self.awake_min is None:
            return None
        return whole - self.latency_min - self.awake_min

    @property
    def lay_awake_min(self) -> float | None:
        """Minutes in bed after the last waking."""
        return _minutes(self.woke, self.got_up)

    @property
    def efficiency(self) -> float | None:
        """Per cent of the time in bed that was slept."""
        asleep, in_bed = self.asleep_min, self.in_bed_min
        return None if asleep is None or not in_bed else 100 * asleep / in_bed


def checked(morning: Morning) -> Morning:
    """The morning, if it can be: times in order and within a day, no more awake than there was time."""
    names = ("in_bed", "lights_out", "woke", "got_up")
    said = {name: value for name in names if (value := getattr(morning, name)) is not None}
    times = list(said.items())
    for (first, earlier), (second, later) in pairwise(times):
        if later < earlier or later - earlier > _LONGEST_BETWEEN:
            raise AskedWrongly(
                f"{_SAID[second]} at {later:%H:%M} comes before {_SAID[first]} at {earlier:%H:%M}."
            )
    if times and times[-1][1] - times[0][1] > _LONGEST:
        raise AskedWrongly(f"from {_SAID[times[0][0]]} to {_SAID[times[-1][0]]} is more than a day.")
    for what, minutes in (("asleep after", morning.latency_min), ("awake for", morning.awake_min)):
        if minutes is not None and not 0 <= minutes <= 1440:
            raise AskedWrongly(f"{what} {minutes} minutes is no part of a night: 0 to 1440.")
    if morning.awakenings is not None and not 0 <= morning.awakenings <= 99:
        raise AskedWrongly("awake how often is a number from 0 to 99.")
    if (asleep := morning.asleep_min) is not None and asleep < 0:
        awake = (morning.latency_min or 0) + (morning.awake_min or 0)
        whole = round(_minutes(morning.lights_out, morning.woke) or 0)
        raise AskedWrongly(
            f"{awake} minutes awake are more than the {clock(whole * 60 * 48_000)[:5]} from lights out to "
            "waking."
        )
    return morning


_SAID = {"in_bed": "bed", "lights_out": "lights out", "woke": "waking", "got_up": "getting up"}


def keep_morning(
    listener: str | None, morning: Morning, today: datetime.date, note: Note = say_nothing
) -> Morning:
    """Writes down what was answered, beside what was before; an answer given again replaces the old one."""
    with journal(listener, today, note) as db, db:
        refuse_forgotten(db, morning.evening, today)
        before = _of(db, morning.evening)
        new = {name: value for name, value in asdict(morning).items() if value is not None}
        kept = checked(replace(before, **new))
        if not kept.is_empty:
            row = (kept.evening.isoformat(), _written(kept))
            db.execute("insert or replace into mornings values (?, ?)", row)
        return kept


def mornings_in(db: sqlite3.Connection, since: datetime.date | None = None) -> tuple[Morning, ...]:
    rows = db.execute(
        "select evening, answers from mornings where evening >= ? order by evening",
        ("" if since is None else since.isoformat(),),
    )
    return tuple(_read(evening, answers) for evening, answers in rows)


def _of(db: sqlite3.Connection, evening: datetime.date) -> Morning:
    row = db.execute(
        "select evening, answers from mornings where evening = ?", (evening.isoformat(),)
    ).fetchone()
    return Morning(evening) if row is None else _read(*row)


_TIMES = ("in_bed", "lights_out", "woke", "got_up")


def _written(morning: Morning) -> str:
    rows = {
        name: value.isoformat(timespec="minutes") if isinstance(value, datetime.datetime) else value
        for name, value in asdict(morning).items()
        if name != "evening" and value is not None
    }
    return json.dumps(rows, ensure_ascii=False)


def _read(evening: str, answers: str) -> Morning:
    known = {field.name for field in fields(Morning)} - {"evening"}
    rows = {name: value for name, value in json.loads(answers).items() if name in known}
    for name in _TIMES:
        if name in rows:
            rows[name] = datetime.datetime.fromisoformat(rows[name])
    return Morning(datetime.date.fromisoformat(evening), **rows)


def _minutes(start: datetime.datetime | None, stop: datetime.datetime | None) -> float | None:
    return None if start is None or stop is None else (stop - start).total_seconds() / 60
