"""Skipping a night, and putting one off."""

from __future__ import annotations

import datetime
import itertools
import shlex
import sqlite3

from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule.book import KeptRule, stamp
from lullaby.ritual.schedule.claims import BEGUN, known
from lullaby.ritual.schedule.coming import Coming, coming, next_of, planned_key, start_of
from lullaby.ritual.schedule.zones import UTC
from lullaby.score.plain_text import plain

SOON = datetime.timedelta(hours=12)
"""Only what comes within this can be put off."""
DAY = datetime.timedelta(days=1)
MOST_AHEAD = datetime.timedelta(days=3_660)


def on_evening(db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime, day: datetime.date) -> Coming:
    """The start of one evening; an AskedWrongly where the rule gives none, or it is over."""
    if day < now.date() - DAY or day > now.date() + MOST_AHEAD:
        raise AskedWrongly(f"{day} is {'over' if day < now.date() else 'too far off'}.")
    begin = max(now - SOON, datetime.datetime.combine(day, datetime.time(), UTC) - datetime.timedelta(days=3))
    found = itertools.takewhile(lambda start: start.evening <= day + SOON * 4, coming(db, rule, begin))
    for start in found:
        if start.evening == day:
            return start
    shows = plain(f"lullaby ritual next {shlex.quote(rule.name)}")
    raise AskedWrongly(f"{plain(rule.name)} gives nothing on {day}: {shows}")


def skip(db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime, day: datetime.date | None) -> Coming:
    """Leaves out the next start, or that of an evening."""
    start = next_of(db, rule, now) if day is None else on_evening(db, rule, now, day)
    with db:
        db.execute("insert or ignore into skips values (?, ?)", (rule.number, planned_key(start.key)))
        db.execute("delete from snoozes where rule = ? and key = ?", (rule.number, start.key))
    return start


def skip_no_more(
    db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime, day: datetime.date | None
) -> Coming:
    """Takes back the skip of an evening, or of the next one that is skipped."""
    # one that was put off stands among them, too: it is not skipped
    put_off = {
        planned_key(key) for (key,) in db.execute("select key from snoozes where rule = ?", (rule.number,))
    }
    keys = {key for (key,) in db.execute("select key from skips where rule = ?", (rule.number,))}
    for key in sorted(keys - put_off):
        start = start_of(rule, key)
        if start is not None and (start.utc >= now - SOON if day is None else start.evening == day):
            with db:
                db.execute("delete from skips where rule = ? and key = ?", (rule.number, key))
            return start
    raise AskedWrongly(f"{plain(rule.name)}: nothing is skipped{f' on {day}' if day else ''}.")


def current(db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime) -> Coming:
    """The start that it is about now: one that is due and has not begun, or the next."""
    begin = now - datetime.timedelta(seconds=rule.grace)
    for start in coming(db, rule, begin):
        was = known(db, rule.number, start.key)
        if start.utc > now or was is None or was.state != BEGUN:
            return start
    raise AskedWrongly(f"nothing comes by the rule {plain(rule.name)}: {plain(rule.at)}.")


def snooze(db: sqlite3.Connection, rule: KeptRule, now: datetime.datetime, seconds: int) -> datetime.datetime:
    """Puts the start that is due, or the next one, off; when it begins then."""
    start = current(db, rule, now)
    if start.utc - now > SOON:
        raise AskedWrongly(
            f"the next night of {plain(rule.name)} is {start.local:%A %d %B, %H:%M}: too far off to snooze."
        )
    due = max(now, start.utc) + datetime.timedelta(seconds=seconds)
    base, _, count = start.key.partition("~")
    with db:
        db.execute("insert or ignore into skips values (?, ?)", (rule.number, base))
        db.execute("delete from snoozes where rule = ? and key = ?", (rule.number, start.key))
        db.execute(
            "insert into snoozes values (?, ?, ?)", (rule.number, f"{base}~{int(count or 0) + 1}", stamp(due))
        )
    return due
