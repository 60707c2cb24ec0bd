"""The schedule's file: rules as they were written, which nights were skipped or put off, and what became of
each. SQLite, for its owner alone; every change is on the disk before the command ends."""

from __future__ import annotations

import contextlib
import datetime
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.people.database import looked_into, opened
from lullaby.ritual.schedule.zones import UTC
from lullaby.score.plain_text import plain, quoted

SCHEMA = (
    """
    create table rules (
        number integer primary key autoincrement, name text not null unique, said text not null,
        paused_until text, settled text not null
    );
    create table skips (
        rule integer not null references rules on delete cascade, key text not null, primary key (rule, key)
    );
    create table snoozes (
        rule integer not null references rules on delete cascade, key text not null, due text not null,
        primary key (rule, key)
    );
    create table nights (
        rule integer not null references rules on delete cascade, key text not null, due text not null,
        state text not null, tries integer not null, pid integer, born text, boot text, said text,
        primary key (rule, key)
    )
    """,
)
MOST_RULES = 100
LONG_AGO = datetime.datetime(1990, 1, 1, tzinfo=UTC)
GRACE = 30 * 60
"""Seconds by which a night may begin late, unless its rule says otherwise."""


@dataclass(frozen=True)
class Other:
    """Somebody who falls quiet at the same instant elsewhere."""

    name: str
    zone: str
    prepare: int
    """Seconds that they need before."""


@dataclass(frozen=True)
class KeptRule:
    """A rule and what begins by it, as it was written."""

    name: str
    night: tuple[str, ...]
    """The words of a NIGHT, as `lullaby play` takes them; none: the usual night."""
    at: str
    zone: str
    anchor: str
    """The local date on which it was added."""
    listener: str | None = None
    device: str | None = None
    begins: str = "invite"
    until: str | None = None
    """A wall time at which it is silent."""
    length: int | None = None
    """Or seconds after which it is."""
    grace: int = GRACE
    prepare: int | None = None
    """Seconds before the rule's time at which it begins; then that time is the shared silence."""
    others: tuple[Other, ...] = ()
    calendars: dict[str, str] = field(default_factory=dict, repr=False)
    """The text of each calendar that the rule names, as it was when the rule was added."""
    number: int = 0
    paused_until: datetime.date | None = None
    settled: datetime.datetime = LONG_AGO
    """The instant up to which it is known what became of every night."""

    @property
    def until_hour(self) -> datetime.time | None:
        return None if self.until is None else datetime.time.fromisoformat(self.until)


_COLUMNS = ("number", "name", "paused_until", "settled")


def schedule_file() -> Path:
    return places.home() / "schedule.db"


@contextlib.contextmanager
def schedule() -> Iterator[sqlite3.Connection]:
    with opened(schedule_file(), SCHEMA) as db:
        yield db


@contextlib.contextmanager
def looked_at() -> Iterator[sqlite3.Connection | None]:
    """The schedule to read from; None where nothing was ever added."""
    with looked_into(schedule_file(), SCHEMA) as db:
        yield db


def add_rule(db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime) -> KeptRule:
    """Keeps a new rule; what it gives before now is not missed."""
    said = {name: value for name, value in asdict(rule).items() if name not in _COLUMNS}
    with db:
        db.execute("begin immediate")
        (count,) = db.execute("select count(*) from rules").fetchone()
        if count >= MOST_RULES:
            raise AskedWrongly(f"{MOST_RULES} rules are the most; remove one first.")
        if db.execute("select 1 from rules where name = ?", (rule.name,)).fetchone():
            raise AskedWrongly(
                f"there is a rule {quoted(rule.name)} already: lullaby ritual remove {plain(rule.name)}"
            )
        db.execute(
            "insert into rules (name, said, settled) values (?, ?, ?)",
            (rule.name, json.dumps(said), stamp(now)),
        )
    return find_rule(db, rule.name)


def rules(db: sqlite3.Connection | None) -> list[KeptRule]:
    if db is None:
        return []
    rows = db.execute("select number, name, paused_until, settled, said from rules order by name")
    return [_rule(row) for row in rows]


def find_rule(db: sqlite3.Connection | None, name: str) -> KeptRule:
    found = rules(db)
    for rule in found:
        if rule.name == name:
            return rule
    names = [plain(rule.name) for rule in found]
    hint = choices(name, names, "There are") if names else 'lullaby ritual add NAME --at "weekdays 22:30"'
    raise AskedWrongly(f"there is no rule {quoted(name)}.\n    {hint}")


def rule_numbered(db: sqlite3.Connection, number: int) -> KeptRule | None:
    return next((rule for rule in rules(db) if rule.number == number), None)


def remove_rule(db: sqlite3.Connection, rule: KeptRule) -> None:
    with db:
        db.execute("delete from rules where number = ?", (rule.number,))


def pause_rule(db: sqlite3.Connection, rule: KeptRule, until: datetime.date | None) -> None:
    said = None if until is None else until.isoformat()
    with db:
        db.execute("update rules set paused_until = ? where number = ?", (said, rule.number))


def stamp(moment: datetime.datetime) -> str:
    """An instant as it is kept: UTC, so that stamps are in order as texts are."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _rule(row: tuple[Any, ...]) -> KeptRule:
    number, name, paused, settled, text = row
    try:
        said = json.loads(text)
        others = tuple(Other(**other) for other in said.pop("others"))
        night = tuple(str(word) for word in said.pop("night"))
        return KeptRule(
            name=name, night=night, others=others, number=number,
            paused_until=None if paused is None else datetime.date.fromisoformat(paused),
            settled=datetime.datetime.fromisoformat(settled), **said,
        )  # fmt: skip
    except (ValueError, TypeError, KeyError):
        raise CouldNot(
            f"{plain(str(schedule_file()))}: the rule {quoted(str(name))} cannot be read. "
            "A newer lullaby may have written it: update."
        ) from None
