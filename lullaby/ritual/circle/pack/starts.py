"""The instant at which a night begins, on every machine that opens it."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.score.plain_text import quoted, shown
from lullaby.time import RATE

QUARTER = 15 * 60
_YEARS = range(2000, 2201)


def next_quarter(now: datetime.datetime) -> datetime.datetime:
    """The next quarter of an hour, five minutes from now at the least: where nobody said when."""
    then = math.ceil((now.timestamp() + 300) / QUARTER) * QUARTER
    return datetime.datetime.fromtimestamp(then, datetime.UTC)


def instant_of(text: str, now: datetime.datetime) -> datetime.datetime:
    """The instant that a person means by "22:30", the next one to come, or by "2026-11-30T22:30"; by this
    machine's clock, unless an offset is given."""
    try:
        if len(text) <= 5 and ":" in text:
            hour = datetime.time.fromisoformat(text)
            then = datetime.datetime.combine(now.date(), hour, now.tzinfo)
            if then < now:
                then = datetime.datetime.combine(now.date() + datetime.timedelta(days=1), hour, now.tzinfo)
        else:
            then = datetime.datetime.fromisoformat(text)
            if "T" not in text and " " not in text:
                raise ValueError
            then = then if then.tzinfo else then.replace(tzinfo=now.tzinfo)
        found = then.astimezone(datetime.UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise AskedWrongly(f"--at {quoted(text)} is not an instant like 22:30 or 2026-11-30T22:30.") from None
    if found.year not in _YEARS:
        raise AskedWrongly(f"--at {quoted(text)}: that is not in these centuries.")
    return found


def written(instant: datetime.datetime) -> str:
    """2026-11-30T21:30:00Z"""
    return instant.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(value: object, where: str) -> datetime.datetime:
    """The instant that is written so; a WrittenWrongly where it is none."""
    try:
        if not isinstance(value, str) or len(value) != 20:
            raise ValueError
        found = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
        if found.year not in _YEARS:
            raise ValueError
    except ValueError:
        raise WrittenWrongly(
            where, f'a start is an instant like "2026-11-30T21:30:00Z", not {shown(value)}.'
        ) from None
    return found


@dataclass(frozen=True)
class Joining:
    """How somebody joins a night: seconds to wait, or the frame that it is at already."""

    wait: float = 0.0
    frame: int = 0


def joining(starts: datetime.datetime, now: datetime.datetime, length: int) -> Joining | None:
    """How to hear the night at the same time as everybody else; None where it is over."""
    late = (now - starts).total_seconds()
    if late <= 0:
        return Joining(wait=-late)
    frame = round(late * RATE)
    return Joining(frame=frame) if frame < length else None
