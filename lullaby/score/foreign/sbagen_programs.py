"""The sequences SBaGen works out for itself: -p drop, where beats fall, and -p slide, where pitches do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from lullaby.score.foreign.sbagen_times import Line
from lullaby.score.foreign.sbagen_tones import NUMBER
from lullaby.score.foreign.sequence import Tones
from lullaby.score.foreign.tones import BINAURAL, Tone

_DEPTHS = dict(zip("abcdefghijkl", (4.4, 3.7, 3.1, 2.5, 2.0, 1.5, 1.2, 0.9, 0.7, 0.5, 0.4, 0.3), strict=True))
"""Hz of the beat that a drop comes down to, by its letter."""
_TOP_BEAT, _TOP, _PER_LEVEL, _FALL = 10.0, 200.0, 2.0, 5.0
"""Hz: where beats begin, the carrier of level 00, how much lower each level is, how far a drop's falls."""
_DROP = re.compile(rf"{NUMBER}([a-l])([sk]?)(\+?)(\^?)(?:/{NUMBER})?", re.IGNORECASE)
_SLIDE = re.compile(rf"{NUMBER}([-+]{NUMBER})/{NUMBER}")
_DROP_TIMES = re.compile(rf"t{NUMBER},{NUMBER},{NUMBER}")
_SLIDE_TIME = re.compile(rf"t{NUMBER}")
_FADE_IN, _FADE_OUT = 5.0, 10.0
_POINTS = 180.0
"""Seconds from one point of a glide to the next: between them it is a straight line."""
_MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class _Point:
    """The frequencies of the pair of tones at a time, in seconds."""

    time: float
    hz: float
    beat: float


@dataclass(frozen=True)
class Program:
    """A sequence that was worked out: its tone-sets, and when each is heard."""

    tone_sets: dict[str, Tones]
    lines: list[Line]


def program(number: int, kind: str, words: list[str], extra: Tones) -> Program | None:
    """The program that this -p asks for, with these other tones beside it; None where ours has no such
    program."""
    if kind not in ("drop", "slide"):
        return None
    points, share = _drop(words) if kind == "drop" else _slide(words)
    if not points:
        return None
    tone_sets: dict[str, Tones] = {"off": ()}
    lines = [Line(number, "NOW", 0.0, "=", "=", "off", True)]
    for count, point in enumerate(points):
        name = f"{kind} {count + 1}"
        tone_sets[name] = (Tone(BINAURAL, share, point.hz, point.beat), *extra)
        lines.append(Line(number, None, _FADE_IN + point.time, "=", "=", name, True))
    lines.append(Line(number, None, _FADE_IN + points[-1].time + _FADE_OUT, "=", "=", "off", False))
    return Program(tone_sets, lines)


def words_of(kind: str, words: list[str]) -> tuple[list[str], list[str]]:
    """The words of the program itself, and the words of the tones that are played beside it."""
    times = {"drop": _DROP_TIMES, "slide": _SLIDE_TIME}.get(kind)
    count = 2 if times and words and times.fullmatch(words[0]) else 1
    return words[:count], words[count:]


def _drop(words: list[str]) -> tuple[list[_Point], float]:
    """Beats fall from 10 Hz by equal ratios for half an hour, are held if it says +, and wake up if ^."""
    found, times = _DROP.fullmatch(words[-1]) if words else None, (30.0, 30.0, 3.0)
    if found and len(words) == 2 and (said := _DROP_TIMES.fullmatch(words[0])):
        times = (float(said[1]), float(said[2]), float(said[3]))
    if not found or not 0 < times[0] <= _MOST_MINUTES or max(times) > _MOST_MINUTES:
        return [], 0.0
    carrier, target = _TOP - _PER_LEVEL * float(found[1]), _DEPTHS[found[2].lower()]
    if carrier < 0:
        return [], 0.0
    falls, holds, wakes = (60 * minutes for minutes in times)
    whole = falls + holds if found[4] else falls
    step = {"": 180.0, "k": 60.0}.get(found[3].lower(), _POINTS)
    count = max(2, -(-int(falls) // int(step)))

    def point(seconds: float, along: float, now: float) -> _Point:
        beat = _TOP_BEAT * (target / _TOP_BEAT) ** min(1.0, along)
        return _Point(seconds, carrier + _FALL * (1 - now / whole), beat)

    points: list[_Point] = []
    if found[3].lower() == "s":
        for n in range(count):
            seconds = falls * n / (count - 1)
            points.append(point(seconds, n / (count - 1), seconds))
        if whole > falls:
            points.append(point(whole, 1.0, whole))
    else:
        slide = 5.0 if step < 90 else 10.0
        for n in range(max(count, int(whole // step))):
            there = point(step * n, n / (count - 1), min(whole, step * (n + 1)))
            points += [there, _Point(step * (n + 1) - slide, there.hz, there.beat)]
    if found[5] and wakes:
        points.append(_Point(points[-1].time + wakes, carrier + _FALL, _TOP_BEAT))
    return points, min(1.0, float(found[6] or 1) / 100)


def _slide(words: list[str]) -> tuple[list[_Point], float]:
    """The beat is held, and the carrier comes down to nothing."""
    found, minutes = _SLIDE.fullmatch(words[-1]) if words else None, 30.0
    if found and len(words) == 2 and (said := _SLIDE_TIME.fullmatch(words[0])):
        minutes = float(said[1])
    if not found or not 0 < minutes <= _MOST_MINUTES:
        return [], 0.0
    hz, beat, share = float(found[1]), abs(float(found[2])), min(1.0, float(found[4]) / 100)
    whole = 60 * minutes
    count = max(2, round(whole / _POINTS) + 1)
    times = [whole * n / (count - 1) for n in range(count)]
    points = [_Point(t, hz + (beat / 2 - hz) * t / whole, beat) for t in times]
    return ([] if any(b.time <= a.time for a, b in pairwise(points)) else points), share
