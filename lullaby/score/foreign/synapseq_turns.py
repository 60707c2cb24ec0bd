"""A SynapSeq timeline as turns: what glides from preset to preset, and what cross-fades about a mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lullaby.score.foreign.sequence import How, Tones, Turn
from lullaby.score.foreign.tones import Tone

SILENCE = "silence"
"""The preset that everybody has: no track at all."""

_HALF_FADE = 30.0
"""Seconds before and after a mark in which tracks change places that cannot become each other."""


@dataclass(frozen=True)
class Mark:
    """A line of the timeline: from so many seconds on, this preset."""

    time: float
    preset: str


def turns(marks: Sequence[Mark], tones: Mapping[str, Tones]) -> list[Turn]:
    """The changes from mark to mark: all that can glides to the next; the rest changes places about it."""
    found: list[Turn] = []
    free = 0.0  # when the change before this one is over
    for number, (mark, following) in enumerate(pairwise(marks)):
        here, there = tones[mark.preset], tones[following.preset]
        met = _met(here, there, SILENCE in (mark.preset, following.preset))
        last = number + 2 == len(marks)
        lasts = following.time - mark.time
        before = min(_HALF_FADE, lasts / 2) if met != there else 0.0
        start = max(mark.time, free)
        if met != here:
            duration = following.time - before - start
            found.append(Turn(start, duration, following.time, met, How.SLIDE, following.preset))
        if met != there and not last:
            after = min(_HALF_FADE, (marks[number + 2].time - following.time) / 2)
            begin = following.time - before
            found.append(Turn(begin, before + after, following.time, there, How.FADE, following.preset))
            free = following.time + after
    return found


def _met(here: Tones, there: Tones, silence: bool) -> Tones:
    """The tracks just before the mark: those of the next preset where they can be glided to."""
    return tuple(b if _glides(a, b, silence) else a for a, b in zip(here, there, strict=True))


def _glides(a: Tone | None, b: Tone | None, silence: bool) -> bool:
    if a is None or b is None:
        return silence
    return a.slides_to(b)
