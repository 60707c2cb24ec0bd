"""The starts that come: what a rule gives, less what was skipped, put off or paused."""

from __future__ import annotations

import datetime
import heapq
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule.book import KeptRule, Other, stamp
from lullaby.ritual.schedule.grammar import Known, rule_of
from lullaby.ritual.schedule.rule import Rule, Start, starts
from lullaby.ritual.schedule.zones import UTC, instant, local, next_at, zone_of


@dataclass(frozen=True, order=True)
class Coming:
    """A start that comes."""

    utc: datetime.datetime
    """When it begins."""
    name: str
    key: str
    """What it is known by: the rule's wall time, and "~1" where it was put off once."""
    evening: datetime.date
    local: datetime.datetime
    ends: datetime.datetime | None
    """When it is to be silent; None: as the night itself says, or some hours after it really began."""
    reason: str

    def ends_if_begun(self, rule: KeptRule, now: datetime.datetime) -> datetime.datetime | None:
        """ "8 hours" count from when it really begins; "until 07:00" is 07:00 however late that is."""
        if rule.length is not None:
            return now + datetime.timedelta(seconds=rule.length)
        return self.ends


def understood(rule: KeptRule) -> Rule:
    """What the rule says today: a bedtime is the one that the listener's file has now."""

    def bedtime() -> float:
        from lullaby.people.listeners import find_person

        return find_person(rule.listener or "").bedtime

    def calendar(name: str) -> str:
        return rule.calendars[name]

    anchor = datetime.date.fromisoformat(rule.anchor)
    return rule_of(rule.at, Known(anchor, bedtime if rule.listener else None, calendar))


def coming(db: sqlite3.Connection, rule: KeptRule, after: datetime.datetime) -> Iterator[Coming]:
    """The starts of a rule that begin after an instant, in order."""
    skipped = {key for (key,) in db.execute("select key from skips where rule = ?", (rule.number,))}
    zone = zone_of(rule.zone)
    prepare = datetime.timedelta(seconds=rule.prepare or 0)
    put_off = [
        _put_off(rule, key, datetime.datetime.fromisoformat(due))
        for key, due in db.execute(
            "select key, due from snoozes where rule = ? and due > ?", (rule.number, stamp(after))
        )
    ]

    def planned() -> Iterator[Coming]:
        for start in starts(understood(rule), zone, after + prepare):
            if start.key not in skipped:
                yield _coming(rule, start)

    for start in heapq.merge(sorted(put_off), planned()):
        if rule.paused_until is None or start.evening >= rule.paused_until:
            yield start


def planned_key(key: str) -> str:
    """The key of the start as the rule plans it, however often it was put off."""
    return key.partition("~")[0]


@dataclass(frozen=True)
class Elsewhere:
    """Somebody else's begin on a shared evening."""

    who: Other
    begins: datetime.datetime
    """In their own zone."""
    silent: datetime.datetime


def elsewhere(rule: KeptRule, start: Coming) -> tuple[Elsewhere, ...]:
    """When each of the others begins, so that all are silent at the same instant."""
    if start.ends is None:
        return ()
    found = []
    for other in rule.others:
        zone = zone_of(other.zone)
        begins = start.ends - datetime.timedelta(seconds=other.prepare)
        found.append(Elsewhere(other, local(begins, zone), local(start.ends, zone)))
    return tuple(found)


def _coming(rule: KeptRule, start: Start) -> Coming:
    zone = zone_of(rule.zone)
    if rule.prepare is not None:
        begins = start.utc - datetime.timedelta(seconds=rule.prepare)
        reason = f"{start.reason}; it begins {rule.prepare // 60} min before, and then all are silent"
        return Coming(begins, rule.name, start.key, start.evening, local(begins, zone), start.utc, reason)
    return Coming(
        start.utc, rule.name, start.key, start.evening, local(start.utc, zone), _ends(rule, start.utc),
        start.reason,
    )  # fmt: skip


def _ends(rule: KeptRule, begins: datetime.datetime) -> datetime.datetime | None:
    if rule.until_hour is not None:
        return next_at(rule.until_hour, begins, zone_of(rule.zone))
    return None if rule.length is None else begins + datetime.timedelta(seconds=rule.length)


def _put_off(rule: KeptRule, key: str, due: datetime.datetime) -> Coming:
    """A start that was put off still ends when it would have."""
    zone = zone_of(rule.zone)
    wall = datetime.datetime.fromisoformat(planned_key(key))
    planned = start_of(rule, planned_key(key))
    evening = wall.date() if planned is None else planned.evening
    was = instant(wall, zone)
    ends = was if rule.prepare is not None else _ends(rule, was)
    if rule.length is not None:
        ends = due + datetime.timedelta(seconds=rule.length)
    return Coming(
        due.astimezone(UTC), rule.name, key, evening, local(due, zone), ends, f"put off from {wall:%H:%M}"
    )


def start_of(rule: KeptRule, key: str) -> Coming | None:
    """The start of this key, skipped or not; None where the rule gives it no more."""
    zone = zone_of(rule.zone)
    then = instant(datetime.datetime.fromisoformat(key), zone)
    day = datetime.timedelta(days=1)
    for start in starts(understood(rule), zone, then - day):
        if start.key == key:
            return _coming(rule, start)
        if start.utc > then + day:
            break
    return None


def next_of(db: sqlite3.Connection, rule: KeptRule, after: datetime.datetime) -> Coming:
    found = next(coming(db, rule, after), None)
    if found is None:
        raise AskedWrongly(f"nothing comes by the rule {rule.name}: {rule.at}.")
    return found
