"""When things are heard in an SBaGen sequence: lines, blocks stamped out, the way from each to the next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lullaby.score.foreign.imported import wrong
from lullaby.score.foreign.sequence import How, Tones, Turn
from lullaby.score.plain_text import quoted

_CLOCK = re.compile(r"(\d{1,2}):([0-5]?\d)(?::([0-5]?\d))?")
_WHEN = re.compile(r"(NOW|\d{1,2}:\d{1,2}(?::\d{1,2})?)?((?:\+\d{1,2}:\d{1,2}(?::\d{1,2})?)*)")
_HOW = re.compile(r"[<=-][>=-]")
_HALF_FADE = 30.0
"""Seconds before and after the mark that a change takes, where no "->" says otherwise."""
_DAY = 24 * 3600.0
MOST_LINES, _DEEPEST = 5_000, 16


@dataclass(frozen=True)
class Line:
    """A line of a sequence as it is written."""

    number: int
    anchor: str | None
    """NOW, a time of day, or nothing: relative to the last line that has one."""
    offset: float
    comes: str
    goes: str
    name: str
    arrow: bool


@dataclass(frozen=True)
class Step:
    """A tone-set at its time, seconds since lights-out."""

    time: float
    line: Line


def clock(text: str) -> float | None:
    """Seconds of hh:mm or hh:mm:ss."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    return int(found[1]) * 3600.0 + int(found[2]) * 60 + int(found[3] or 0)


def line_of(number: int, text: str) -> Line | None:
    """The line, or None where it is not one."""
    if arrow := text.endswith("->"):
        text = text[:-2]
    words = text.split()
    how = words.pop(1) if len(words) == 3 and _HOW.fullmatch(words[1]) else "--"
    if len(words) != 2 or not words[0] or not (when := _WHEN.fullmatch(words[0])):
        return None
    offsets = [clock(part) for part in when[2].split("+")[1:]]
    if any(offset is None for offset in offsets) or (when[1] not in (None, "NOW") and clock(when[1]) is None):
        return None
    return Line(number, when[1], sum(o for o in offsets if o), how[0], how[1], words[1], arrow)


def expanded(
    where: str,
    lines: Sequence[Line],
    blocks: Mapping[str, Sequence[Line]],
    tone_sets: Mapping[str, Tones],
    remarks: list[str],
) -> list[Step]:
    """Every tone-set at its time: blocks stamped out, midnights passed, the first line at lights-out."""
    anchors = {line.anchor for line in lines} - {None}
    if "NOW" in anchors and len(anchors) > 1:
        remarks.append("lines by the clock beside lines from NOW: nobody knows when NOW will be; left out.")
        lines = _from_now(lines)
    stamp = _Stamp(where, blocks, tone_sets)
    steps: list[Step] = []
    base = before = 0.0
    for line in lines:
        if line.anchor == "NOW":
            base = 0.0
        elif line.anchor is not None:
            base = clock(line.anchor) or 0.0
            while base + line.offset < before:
                base += _DAY
        for step in stamp(line, base + line.offset):
            if step.time < before:
                raise wrong(where, step.line.number, "it comes before the line above it.")
            if steps and step.time == before:
                steps.pop()
            before = step.time
            steps.append(step)
            if len(steps) > MOST_LINES:
                raise wrong(where, line.number, f"with its blocks this is more than {MOST_LINES} lines.")
    start = 0.0 if any(line.anchor == "NOW" for line in lines) else steps[0].time if steps else 0.0
    return [Step(step.time - start, step.line) for step in steps]


def _from_now(lines: Sequence[Line]) -> list[Line]:
    """The lines that count from NOW."""
    kept, counts = [], True
    for line in lines:
        counts = line.anchor == "NOW" if line.anchor is not None else counts
        if counts:
            kept.append(line)
    return kept


@dataclass
class _Stamp:
    """Puts tone-sets where a line names them, and whole blocks where it names a block."""

    where: str
    blocks: Mapping[str, Sequence[Line]]
    tone_sets: Mapping[str, Tones]
    left: int = 4 * MOST_LINES
    """Lines that may still be looked at: a few blocks inside each other can ask for millions."""

    def __call__(self, line: Line, begin: float, deep: int = _DEEPEST) -> list[Step]:
        self.left -= 1
        if self.left < 0:
            raise wrong(self.where, line.number, f"with its blocks this is more than {MOST_LINES} lines.")
        if line.name in self.tone_sets or line.name in ("off", "-"):
            return [Step(begin, line)]
        if line.name not in self.blocks:
            what = f"there is no tone-set {quoted(line.name)}."
            raise wrong(self.where, line.number, what, "It is written NAME: 150+6/30.")
        if not deep:
            raise wrong(
                self.where, line.number, f"the block {quoted(line.name)} stands in itself, or too deep."
            )
        found: list[Step] = []
        for inner in self.blocks[line.name]:
            if inner.anchor is not None:
                raise wrong(self.where, inner.number, "inside a block every time is written +00:05.")
            found += self(inner, begin + inner.offset, deep - 1)
        return found


def turns(
    steps: Sequence[Step], tone_sets: Mapping[str, Tones], until_last: bool
) -> tuple[Tones, list[Turn]]:
    """The tones at lights-out, and the way from each tone-set to the next."""
    if not steps:
        return (), []
    first: Tones = tone_sets.get(steps[0].line.name, ()) if steps[0].time == 0 else ()
    begun = [] if steps[0].time == 0 else [_coming(steps[0], tone_sets)]
    found = []
    for i, (step, following) in enumerate(pairwise(steps)):
        lasts, mark = following.time - step.time, following.time
        after = steps[i + 2].time - mark if i + 2 < len(steps) else 2 * _HALF_FADE
        start = step.time if step.line.arrow else mark - min(_HALF_FADE, lasts / 2)
        ends_there = step.line.arrow or following.line.arrow or (until_last and i + 2 == len(steps))
        stop = mark if ends_there else mark + min(_HALF_FADE, after / 2)
        tones = tone_sets.get(following.line.name, ())
        how = _how(step.line, following.line)
        found.append(Turn(start, stop - start, mark, tones, how, following.line.name))
    return first, begun + found


def _coming(step: Step, tone_sets: Mapping[str, Tones]) -> Turn:
    """The first tone-set of a sequence that begins with a silence."""
    tones = tone_sets.get(step.line.name, ())
    return Turn(step.time, _HALF_FADE, step.time, tones, How.SLIDE, step.line.name)


def _how(line: Line, following: Line) -> How:
    if line.goes == ">" or following.comes == "<":
        return How.THROUGH
    return How.SLIDE if line.goes == following.comes == "=" else How.FADE
