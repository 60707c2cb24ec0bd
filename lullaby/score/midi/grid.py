"""Performed times as written lengths: onsets go to a grid that is chosen quarter by quarter, and a note that
ends a little early lasts until the next."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from lullaby.score.midi.file import Struck

_GRIDS = ((4, Fraction(0)), (3, Fraction(1, 50)), (6, Fraction(3, 50)), (8, Fraction(4, 50)))
"""Parts of a quarter, and how much nearer (in quarters, a note) a finer grid must be to be believed."""
_NEAR = Fraction(1, 60)
"""Quarters: an end so near to the grid was meant."""
_BREATH = Fraction(1, 8)
"""Quarters: no shorter rest is written."""
_SOUNDS = Fraction(1, 2)
"""The share of the time to the next note from which on a note is written as lasting to it."""


def on_grid(notes: Sequence[Struck], origin: int, quarter: int) -> list[tuple[Fraction, Fraction, int]]:
    """Onset, end and pitch of each, in quarters from the origin. Of two with one onset the second stays."""
    onsets = _onsets([Fraction(note.on - origin, quarter) for note in notes])
    found: list[tuple[Fraction, Fraction, int]] = []
    for number, (note, onset) in enumerate(zip(notes, onsets, strict=True)):
        later = next((other for other in onsets[number + 1 :] if other > onset), None)
        if number + 1 < len(notes) and onsets[number + 1] == onset:
            continue  # a grace note
        end = _end(Fraction(note.off - origin, quarter), onset, later, quarter)
        found.append((onset, end, note.pitch))
    return found


def _onsets(times: list[Fraction]) -> list[Fraction]:
    found: list[Fraction] = []
    for _, group in groupby(times, key=lambda time: (time + _NEAR) // 1):
        here = list(group)
        parts = _grid_of(here)
        for time in here:
            snapped = _snapped(time, parts)
            found.append(max(snapped, found[-1]) if found else snapped)
    return found


def _grid_of(times: list[Fraction]) -> int:
    """The parts of a quarter that these onsets are nearest to."""
    return min(_GRIDS, key=lambda grid: sum(_off(time, grid[0]) + grid[1] for time in times))[0]


def _end(end: Fraction, onset: Fraction, later: Fraction | None, quarter: int) -> Fraction:
    for parts in (4, 3, 8, 6):
        near = _NEAR if parts < 5 else Fraction(1, quarter)
        snapped = _snapped(end, parts)
        if _off(end, parts) <= near and snapped > onset:
            if later is None or later - snapped >= _BREATH:
                return snapped
            if snapped >= later:
                return later
    if later is not None and (end - onset >= _SOUNDS * (later - onset) or end >= later):
        return later
    snapped = max(_snapped(end, 4), onset + Fraction(1, 4))
    return snapped if later is None else min(snapped, later)


def _snapped(time: Fraction, parts: int) -> Fraction:
    return Fraction(round(time * parts), parts)


def _off(time: Fraction, parts: int) -> Fraction:
    return abs(time - _snapped(time, parts))
