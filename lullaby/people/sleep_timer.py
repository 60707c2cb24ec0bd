"""A listener's own sleep timer, as it stands in their file: after how long it is silent, and at which hours.

[timer]
after   = 00:45:00
between = [22:00:00, 06:00:00]
"""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.score import checks, quoting
from lullaby.score.toml_table import TomlTable
from lullaby.time import LONGEST, RATE

KEYS = ("after", "between")


@dataclass(frozen=True)
class SleepTimer:
    """When it is to be silent."""

    after: float
    """Seconds."""
    between: tuple[float, float] | None = None
    """The hours of the clock from and to which it arms itself; None: whenever something plays."""


def read_timer(table: TomlTable) -> SleepTimer | None:
    """The timer in the table [timer]; None where there is none."""
    if not table.values:
        return None
    table.only(KEYS)
    if not table.needs("after", "after = 00:45:00 says when it is silent."):
        return None
    after = table.clock("after", LONGEST, RATE, LONGEST) / RATE
    nothing: tuple[float, float] | None = None
    return SleepTimer(after, table.take("between", nothing, _hours))


def written_timer(timer: SleepTimer | None) -> dict[str, str]:
    if timer is None:
        return {}
    rows = {"after": quoting.time(round(timer.after * RATE))}
    if timer.between is not None:
        first, last = (quoting.time(round(hours * 3600 * RATE)) for hours in timer.between)
        rows["between"] = f"[{first}, {last}]"
    return rows


def _hours(value: object) -> tuple[float, float]:
    found = checks.entries(value, time_of_day)
    if len(found) != 2 or found[0] == found[1]:
        raise checks.Unfit("is not two hours.", "It is written [22:00:00, 06:00:00].")
    return found[0], found[1]


def time_of_day(value: object) -> float:
    """Hours. A bare number would be seconds, which nobody means who writes bedtime = 22."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise checks.Unfit("is a number, not a time of day.", "It is written 22:30:00.")
    return checks.moment(value, 0, LONGEST) / RATE / 3600
