"""The limits that somebody sets themselves: minutes a night and a week, a dose, quiet nights.

A stricter limit holds at once. A looser one holds from noon of the next day: what is wanted in bed is not
decided in bed.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lullaby.errors import AskedWrongly
from lullaby.people.enough.book import DAY
from lullaby.score.plain_text import quoted

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_MINUTES = {"nightly": 1_440, "weekly": 10_080}
LEAST_MINUTES = 5
DOSES = (10.0, 80.0)
"""dBA: softer than any bedroom, and the most that an adult's night may have."""
NONE = "none"


@dataclass(frozen=True)
class OwnLimits:
    """None: no limit."""

    nightly: int | None = None
    """Minutes of sound a night."""
    weekly: int | None = None
    """Minutes of sound in seven evenings, tonight among them."""
    dose: float | None = None
    """dBA: no more energy in seven evenings than 40 hours at so much."""
    quiet_nights: frozenset[str] = frozenset()
    """Weekdays ("sun") and dates ("2026-12-24") without sound."""

    def is_quiet(self, evening: datetime.date) -> bool:
        return not self.quiet_nights.isdisjoint((WEEKDAYS[evening.weekday()], evening.isoformat()))


FREE = OwnLimits()
NAMES = ("nightly", "weekly", "dose", "quiet_nights")


def limits_on(db: sqlite3.Connection, evening: datetime.date) -> OwnLimits:
    """The limits that hold on this evening."""
    found = FREE
    rows = db.execute(
        "select name, value from limits where evening <= ? order by evening, number", (evening.isoformat(),)
    )
    for name, text in rows:
        found = replace(found, **{name: _read(name, text)})
    return found


def to_come(db: sqlite3.Connection, evening: datetime.date) -> list[tuple[str, str, datetime.date]]:
    """What holds from a later evening on: its name, its value as it is typed, that evening."""
    rows = db.execute(
        "select name, value, evening from limits where evening > ? order by evening, number",
        (evening.isoformat(),),
    )
    return [(name, text, datetime.date.fromisoformat(day)) for name, text, day in rows]


def change(
    db: sqlite3.Connection, asked: Mapping[str, str], evening: datetime.date, loosens: datetime.date
) -> dict[str, datetime.date | None]:
    """Sets limits, given as they are typed: all of them, or none where one cannot be read. As far as one is
    stricter it holds from this `evening`, as far as it is looser from the evening `loosens`, which is given
    back for it then."""
    wanted = {name: _read(name, text) for name, text in asked.items()}
    before = limits_on(db, evening)
    with db:
        return {
            name: _set(db, name, getattr(before, name), value, evening, loosens)
            for name, value in wanted.items()
        }


def _set(
    db: sqlite3.Connection,
    name: str,
    now: object,
    wanted: object,
    evening: datetime.date,
    loosens: datetime.date,
) -> datetime.date | None:
    at_once = _stricter(name, now, wanted)
    # what was to come is overtaken by what is decided now
    db.execute("delete from limits where name = ? and evening > ?", (name, evening.isoformat()))
    if at_once != now:
        db.execute("delete from limits where name = ? and evening = ?", (name, evening.isoformat()))
        _insert(db, name, at_once, evening)
    if at_once == wanted:
        return None
    _insert(db, name, wanted, loosens)
    return loosens


def next_noon(today: datetime.date) -> datetime.date:
    """The evening that begins at noon of the next day."""
    return today + DAY


def _insert(db: sqlite3.Connection, name: str, value: object, evening: datetime.date) -> None:
    row = (name, written(value), evening.isoformat())
    db.execute("insert into limits (name, value, evening) values (?, ?, ?)", row)


def _stricter(name: str, now: object, wanted: object) -> object:
    """The stricter of the two; of quiet nights all that are in either."""
    if isinstance(now, frozenset) and isinstance(wanted, frozenset):
        return now | wanted
    limits = [value for value in (now, wanted) if isinstance(value, int | float)]
    return min(limits) if limits else None


def written(value: object) -> str:
    """A limit as it is typed."""
    if isinstance(value, frozenset):
        return ",".join(sorted(value, key=_by_week)) or NONE
    return NONE if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _by_week(night: str) -> tuple[int, str]:
    return (WEEKDAYS.index(night), "") if night in WEEKDAYS else (7, night)


def _read(name: str, text: str) -> Any:
    """A limit from what was typed; an AskedWrongly says what it may be."""
    typed = text.strip().lower()
    if name == "quiet_nights":
        return frozenset() if typed == NONE else frozenset(_night(word) for word in typed.split(","))
    if typed == NONE:
        return None
    option = f"--{name}"
    if name == "dose":
        low, high = DOSES
        try:
            dose = float(typed)
        except ValueError:
            dose = -1.0
        if not low <= dose <= high:
            raise AskedWrongly(f"{option} {quoted(text[:20])}: from {low:g} to {high:g} dBA, or none.")
        return dose
    most = MOST_MINUTES[name]
    if not (typed.isascii() and typed.isdigit() and LEAST_MINUTES <= int(typed[:9]) <= most):
        raise AskedWrongly(
            f"{option} {quoted(text[:20])}: from {LEAST_MINUTES} to {most} minutes, or none. "
            "A night without sound is a quiet night."
        )
    return int(typed)


def _night(word: str) -> str:
    word = word.strip()
    if word[:3] in WEEKDAYS and len(word) >= 3:
        return word[:3]
    try:
        return datetime.date.fromisoformat(word).isoformat()
    except ValueError:
        raise AskedWrongly(
            f"--quiet-nights {quoted(word[:20])} is no night: {', '.join(WEEKDAYS)}, a date like 2026-12-24, "
            "several with commas, or none."
        ) from None
