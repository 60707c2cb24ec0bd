"""What the race should show: the figures lullaby set out to reach, and how it stands to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.race import Row

NIGHT = 28_800
"""Seconds in eight hours."""


@dataclass(frozen=True)
class Figure:
    """One promise and what was measured. `measured` is None where a peer is missing."""

    says: str
    wanted: float
    measured: float | None
    at_least: bool = True

    @property
    def reached(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted


def figures(rows: Sequence[Row]) -> list[Figure]:
    night = [row.rate * NIGHT for row in rows if (row.patch, row.engine) == ("p3", "lullaby")]
    return [
        Figure("P1, times Faust's best build", 1.4, ratio(rows, "p1", ("faust",))),
        Figure("P2, times Faust's best build", 3.0, ratio(rows, "p2", ("faust",))),
        Figure("P3, times Faust with zita", 7.0, ratio(rows, "p3", ("faust",), "zita")),
        Figure("P3, times the best of Faust and scsynth", 4.0, ratio(rows, "p3", ("faust", "scsynth"))),
        Figure("P3, CPU seconds for eight hours", 24.0, min(night, default=None), at_least=False),
    ]


def ratio(rows: Sequence[Row], patch: str, engines: Sequence[str], room: str | None = None) -> float | None:
    """How many times our CPU the best of these engines needs for the same sound."""
    ours = [row.rate for row in rows if row.patch == patch and row.engine == "lullaby"]
    theirs = [
        row.rate
        for row in rows
        if row.patch == patch and row.engine in engines and (room is None or row.room == room)
    ]
    return min(theirs) / min(ours) if ours and theirs else None


def told(figure: Figure) -> str:
    """One line a person can read."""
    if figure.measured is None:
        return f"  {figure.says:42} {'–':>7}   not measured: a program is missing"
    bound = "at least" if figure.at_least else "at most"
    verdict = "reached" if figure.reached else "NOT reached"
    return f"  {figure.says:42} {figure.measured:7.2f}   {bound} {figure.wanted:g}: {verdict}"
