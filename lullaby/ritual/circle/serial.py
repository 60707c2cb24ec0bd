"""A serial: the story that goes on evening after evening, where the last teller stopped.

Either a story that is there, told in parts, which goes on from a sentence; or a series of woven stories, of
which each evening has the next, however many evenings lie between.
"""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass

from lullaby.people.bookmarks import Bookmark
from lullaby.ritual.circle.book import book_of, book_read, day_of
from lullaby.ritual.circle.circles import find_circle
from lullaby.ritual.circle.member import Circle
from lullaby.ritual.tonight import Episode


@dataclass(frozen=True)
class Serial:
    name: str
    is_woven: bool
    number: int = 0
    """Evenings on which it was told so far: of a woven series the number of the next one, from 0."""
    stopped: Bookmark | None = None
    """Where a story stopped; None: it begins."""

    @property
    def says(self) -> str:
        if self.is_woven:
            return f"the series {self.name}, evening {self.number + 1}"
        if self.stopped is None:
            return f"{self.name}, from the beginning"
        return f"{self.name}, from sentence {self.stopped.sentence + 1} of {self.stopped.sentences}"


def serial_in(db: sqlite3.Connection, circle: Circle) -> Serial | None:
    """The circle's serial as it stands; None where it has none."""
    name = circle.story or circle.series
    if not name:
        return None
    is_woven = not circle.story
    row = db.execute(
        "select number, sentence, sentences, text, date from serial where name = ?", (name,)
    ).fetchone()
    if row is None:
        return Serial(name, is_woven)
    number, sentence, sentences, text, day = row
    mark = None if sentence is None else Bookmark(sentence, sentences, text, day_of(day))
    return Serial(name, is_woven, number, mark)


def serial_of(circle_name: str) -> Serial | None:
    circle = find_circle(circle_name)
    with book_read(circle_name) as db:
        return serial_in(db, circle)


def gone_on(
    db: sqlite3.Connection, circle: Circle, day: datetime.date, stopped: Bookmark | None
) -> Serial | None:
    """The serial was told on this evening, up to where it stopped; None: to its end. Gives it as it stood
    before."""
    serial = serial_in(db, circle)
    if serial is not None:
        _keep(db, serial.name, serial.number + 1, stopped, day)
    return serial


def put_back(db: sqlite3.Connection, before: Serial, day: datetime.date) -> None:
    """The serial was not told on this evening after all, and stands as before; unless it began anew since."""
    row = db.execute("select date from serial where name = ?", (before.name,)).fetchone()
    if row is None or row[0] != day.isoformat():
        return
    if before.number:
        _keep(db, before.name, before.number, before.stopped, before.stopped.date if before.stopped else None)
    else:
        db.execute("delete from serial where name = ?", (before.name,))


def _keep(
    db: sqlite3.Connection, name: str, number: int, stopped: Bookmark | None, day: datetime.date | None
) -> None:
    mark = (stopped.sentence, stopped.sentences, stopped.text) if stopped else (None, None, None)
    row = (name, number, *mark, day and day.isoformat())
    db.execute("insert or replace into serial values (?, ?, ?, ?, ?, ?)", row)


def begin_anew(circle_name: str) -> None:
    """The serial begins again."""
    find_circle(circle_name)
    with book_of(circle_name) as db:
        db.execute("delete from serial")


def episode_of(serial: Serial) -> Episode:
    """What it has tonight. A woven series has a calendar of its own, on which no evening is missing."""
    if serial.is_woven:
        from lullaby.story.weaving.wishes import FIRST_NIGHT

        return Episode(serial.name, FIRST_NIGHT + datetime.timedelta(days=serial.number))
    if serial.stopped is None:
        return Episode(serial.name)
    return Episode(serial.name, None, serial.stopped.sentence, serial.stopped.text)
