"""What is arranged for single evenings: gentle nights after a nightmare, and a story that faces a fear.

The story is the listener's own: the frightening dream, with the better ending they have written for it
(imagery rehearsal: Krakow et al., JAMA 286, 2001). It is told on the evening it was chosen for, no other.
"""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from lullaby.people.enough.book import DAY

GENTLE_NIGHTS = 7


@dataclass(frozen=True)
class Facing:
    """The story that may be told on an evening, whatever of the avoid-list stands in it."""

    path: str
    """Its file, which stays its writer's own: no word of it is kept here."""
    digest: str
    """Of that file as it was when it was chosen: another text in its place is not what was consented to."""

    def is_file(self, path: Path) -> bool:
        """Is this the very text that was chosen?"""
        try:
            return digest_of(path) == self.digest
        except OSError:
            return False


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def set_gentle(db: sqlite3.Connection, evening: datetime.date, nights: int = GENTLE_NIGHTS) -> None:
    """These evenings are gentle: a story that faces a fear is withdrawn from all of them."""
    with db:
        for number in range(nights):
            day = (evening + number * DAY).isoformat()
            db.execute("delete from evenings where evening = ? and what = 'facing'", (day,))
            db.execute("insert or replace into evenings values (?, 'gentle', '')", (day,))


def end_gentle(db: sqlite3.Connection) -> int:
    with db:
        return db.execute("delete from evenings where what = 'gentle'").rowcount


def gentle_until(db: sqlite3.Connection, evening: datetime.date) -> datetime.date | None:
    """The last of the gentle evenings that are under way; None where this is none."""
    rows = db.execute("select evening from evenings where what = 'gentle' and evening >= ?", (str(evening),))
    days = {datetime.date.fromisoformat(day) for (day,) in rows}
    if evening not in days:
        return None
    while evening + DAY in days:
        evening += DAY
    return evening


def set_facing(db: sqlite3.Connection, evening: datetime.date, facing: Facing) -> None:
    with db:
        db.execute("delete from evenings where what = 'facing'")
        text = f"{facing.digest}\n{facing.path}"
        db.execute("insert into evenings values (?, 'facing', ?)", (evening.isoformat(), text))


def facing_on(db: sqlite3.Connection, evening: datetime.date) -> Facing | None:
    """The story of this evening; none on a gentle one."""
    row = db.execute(
        "select text from evenings where what = 'facing' and evening = ?", (evening.isoformat(),)
    ).fetchone()
    if row is None or gentle_until(db, evening) is not None:
        return None
    digest, _, path = row[0].partition("\n")
    return Facing(path, digest)


def chosen_facing(db: sqlite3.Connection) -> Facing | None:
    """The story that was chosen last, for whatever evening."""
    row = db.execute("select text from evenings where what = 'facing'").fetchone()
    if row is None:
        return None
    digest, _, path = row[0].partition("\n")
    return Facing(path, digest)


def withdraw_facing(db: sqlite3.Connection) -> int:
    """Takes it back, of whatever evening; nothing of it stays in the file or its log."""
    with db:
        gone = db.execute("delete from evenings where what = 'facing'").rowcount
    if gone:
        db.execute("pragma wal_checkpoint(truncate)")
    return gone
