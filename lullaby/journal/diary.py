"""A page for a clinician, in the terms of the Consensus Sleep Diary (Carney et al., Sleep 35, 2012), and the
same nights for oneself. Dreams are in neither."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lullaby.journal.mornings import Morning
from lullaby.score.plain_text import plain

BLANK = ""
"""What stands where nothing was answered."""


@dataclass(frozen=True)
class Row:
    """A line of the page: its name, and what stands in it for a morning."""

    name: str
    value: Callable[[Morning], str]
    mean: Callable[[Morning], float | None] | None = None
    """The number whose mean over the nights is told; None where there is none to tell."""
    unit: str = "min"


def _time(moment: datetime.datetime | None) -> str:
    return BLANK if moment is None else f"{moment:%H:%M}"


def _whole(value: float | None) -> str:
    return BLANK if value is None else f"{value:.0f}"


ROWS = (
    Row("1 Got into bed", lambda m: _time(m.in_bed)),
    Row("2 Tried to sleep (lights out)", lambda m: _time(m.lights_out)),
    Row("3 Sleep onset latency, min", lambda m: _whole(m.latency_min), lambda m: m.latency_min),
    Row("4 Awakenings", lambda m: _whole(m.awakenings), lambda m: m.awakenings, ""),
    Row("5 Wake after sleep onset, min", lambda m: _whole(m.awake_min), lambda m: m.awake_min),
    Row("6 Final awakening", lambda m: _time(m.woke)),
    Row("7 Got out of bed", lambda m: _time(m.got_up)),
    Row("8 Sleep quality", lambda m: m.rested or BLANK),
    Row("Time in bed, min", lambda m: _whole(m.in_bed_min), lambda m: m.in_bed_min),
    Row("Total sleep time, min", lambda m: _whole(m.asleep_min), lambda m: m.asleep_min),
    Row("Awake in bed at the end, min", lambda m: _whole(m.lay_awake_min), lambda m: m.lay_awake_min),
    Row("Sleep efficiency, %", lambda m: _whole(m.efficiency), lambda m: m.efficiency, "%"),
)


def mean_of(row: Row, mornings: Iterable[Morning]) -> tuple[float, int] | None:
    """The mean over the nights that have it, and how many these are."""
    if row.mean is None:
        return None
    found = [value for morning in mornings if (value := row.mean(morning)) is not None]
    return (sum(found) / len(found), len(found)) if found else None


def clinician_page(listener: str | None, mornings: Sequence[Morning], days: Sequence[datetime.date]) -> str:
    """The page, as Markdown. What was not answered is blank, and in no mean."""
    by_day = {morning.evening: morning for morning in mornings}
    here = [by_day.get(day, Morning(day)) for day in days]
    whose = "" if listener is None else f" of {plain(listener)}"
    lines = [
        f"# Sleep diary{whose}, {days[0]} to {days[-1]}",
        "",
        "Told by the sleeper each morning; nothing was measured. A column is named by the evening. What is "
        "blank was not answered, and is in no mean. Terms: Consensus Sleep Diary (Carney 2012).",
        "",
        "| | " + " | ".join(f"{day:%a %d %b}" for day in days) + " | mean (nights) |",
        "|---|" + "---|" * (len(days) + 1),
    ]
    for row in ROWS:
        found = mean_of(row, here)
        mean = "" if found is None else f"{found[0]:.1f} ({found[1]})"
        lines.append(f"| {row.name} | " + " | ".join(row.value(morning) for morning in here) + f" | {mean} |")
    lines += [
        "",
        "Time in bed runs from row 1 (from row 2 where 1 is blank) to row 7. Total sleep time is row 2 to "
        "row 6 without rows 3 and 5. Sleep efficiency is total sleep time in time in bed.",
    ]
    return "\n".join(lines) + "\n"
