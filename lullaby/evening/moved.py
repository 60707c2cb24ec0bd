"""The score of a night as its listener has mixed it by hand: what is kept when faders were moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lullaby.evening.prepare import Evening
from lullaby.night import Night
from lullaby.score import Score
from lullaby.score.moved_levels import with_faders
from lullaby.voices.core.unity import LUFS

_SOFTEST, _LOUDEST = -60.0, -14.0
"""LUFS that the opening of a score may have."""


def moved_score(evening: Evening, faders: Mapping[str, float]) -> Score:
    """The score as it was asked for, with the levels that are heard now.

    What a listener avoids was taken out of the night, not of the score that is kept: it is left out again
    whenever that listener plays it, and anybody else hears it. So is what a child's timer has cut off.

    A night opens as loud as its score says, whatever its voices' levels are. So that softer voices are not
    all raised again, that loudness moves as well, by what the faders have changed of it.
    """
    asked = evening.asked
    sleeper = evening.request.sleeper
    if isinstance(sleeper, str):
        asked = replace(asked, sleeper=sleeper)
    score, _ = with_faders(asked, faders)
    if not any(faders.values()):
        return score
    level = asked.level + _louder(evening.night, faders)
    return replace(score, level=round(min(_LOUDEST, max(_SOFTEST, level)), 1))


def _louder(night: Night, faders: Mapping[str, float]) -> float:
    """LU by which the opening is louder or softer for these faders; 0 where nothing is left to hear."""
    moved, lowered = with_faders(night.score, faders)
    again = Night(moved, seed=night.seed, day=night.date, course=night.course, headphones=night.headphones)
    if again.measured == LUFS:
        return 0.0
    return again.measured + lowered - night.measured
