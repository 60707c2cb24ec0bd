"""The nights to come as a calendar (RFC 5545) that other programs read.

Each night is an event of its own, since no RRULE can say "30 min before sleep", a night that was skipped, or
one that was put off. Times are local, in their zone, which stands in the file as a VTIMEZONE."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence

from lullaby.ritual.schedule.book import KeptRule
from lullaby.ritual.schedule.coming import Coming
from lullaby.ritual.schedule.zone_writing import zone_component
from lullaby.ritual.schedule.zones import UTC, local, zone_of
from lullaby.score.plain_text import plain

USUAL = datetime.timedelta(minutes=30)
"""How long an event is whose night says no end."""


def calendar_of(found: Sequence[tuple[KeptRule, Coming]], now: datetime.datetime) -> str:
    import icalendar

    whole = icalendar.Calendar()
    whole.add("prodid", "-//lullaby//nights//EN")
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    stamped = now.astimezone(UTC).replace(microsecond=0)
    times = sorted(start.utc for _, start in found)
    for name in sorted({rule.zone for rule, _ in found}):
        whole.add_component(zone_component(zone_of(name), times[0], times[-1]))
    for rule, start in found:
        event = icalendar.Event()
        event.add("uid", f"{_uid(rule, start)}@lullaby")
        event.add("dtstamp", stamped)
        event.add("summary", plain(rule.name))
        event.add("description", plain(f"{' '.join(rule.night) or 'the usual night'}: {start.reason}"))
        event.add("dtstart", start.local)
        event.add("dtend", local(start.ends or start.utc + USUAL, zone_of(rule.zone)))
        event.add("transp", "TRANSPARENT")
        whole.add_component(event)
    written: bytes = whole.to_ical()
    return written.decode()


def _uid(rule: KeptRule, start: Coming) -> str:
    """The same for the same night, so that a calendar that is taken in again has it once."""
    return hashlib.sha256(f"{rule.number}|{rule.name}|{start.key}".encode()).hexdigest()[:24]
