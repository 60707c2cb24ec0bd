"""Stories in a night: which lines are heard when, and how everything else makes room for them.

bed     ───────╲                                        ╱──────
                ╲______________________________________╱          duck: level, and a dip in speech's band
teller            ▂▂▂ ▂▂▂▂  ▂▂ ▂▂▂▂▂   ▂▂▂ ▂▂   ▂▂▂▂             lines
              ◄2 s►                                ◄2 s►
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lullaby.kernels import exact
from lullaby.score import SILENT, Curve, Keyframe
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE
from lullaby.voices.core.controls import gains
from lullaby.voices.speech.line import Line

ROOM = 12.0
"""dB by which the others are softer than the teller: 9 LU is the least at which every word is understood, and
what is estimated here is up to three off."""
TURNS = 2 * RATE
"""Frames in which the others make room, and in which they come back."""
DIP = 0.5
"""The share of speech's band that is taken out of the others meanwhile: 6 dB at its centre."""
WORTH_MOVING = 0.5
"""dB; a smaller step is left for the next line."""
PLAYS_ON = 2 * PAGE
"""Frames that a night goes on after its last line."""

A_RECORDING = "a recording"


@dataclass(frozen=True)
class Narration:
    """One story that is told in a night, as far as its lines are known."""

    voice: str
    """The teller's name in the score."""
    of: str
    """A hash of what is told and how: the same text, told again, has the same."""
    lines: tuple[Line, ...] = ()
    coming: int = 0
    """Frames that it takes, about, to say what is not known yet; 0: all is known."""
    title: str = ""
    by: str = ""
    """What speaks it, for the credits: the names of engines, or `A_RECORDING`."""
    author: str = ""
    ships: bool = True
    """Does its text come with lullaby, or from it? Of any other nobody knows what may be done with it."""
    hushed: bool = False
    """Is it silent for now, so that nothing makes room for it?"""
    parts: tuple[tuple[int, str], ...] = ()
    """Its parts that are known by now: at which frame each begins, and its heading. They are shown, and
    change no sound."""

    @property
    def is_nothing(self) -> bool:
        """Is nothing of it told?"""
        return not (self.lines or self.coming)

    @property
    def stop(self) -> int:
        """The frame at which the last known line ends."""
        return max((line.stop for line in self.lines), default=0)

    def then(self, frame: int, later: Narration) -> Narration:
        """The same story, up to this frame as it was, and as the other has it from there on. A line that is
        spoken at that frame goes on, unless the other has it cut short."""
        cut = {line.start: line for line in later.lines if line.start < frame and line.is_cut}
        before = tuple(cut.get(line.start, line) for line in self.lines if line.start < frame)
        after = tuple(line for line in later.lines if line.start >= frame)
        return replace(later, lines=(*before, *after))

    def put_off(self, frame: int, frames: int) -> Narration:
        """What is new from this frame on comes so much later."""
        later = (line.put_off(frames) for line in self.lines if line.start >= frame)
        cut = (line.cut_at(line.stop + frames) for line in self.lines if line.start < frame)
        return replace(self, lines=(*(line for line in cut if line.is_cut), *later))

    @property
    def facts(self) -> list[object]:
        """All of it, for the log of a night that is heard."""
        return [self.voice, self.of, self.coming, [list(line.row) for line in self.lines], self.hushed]


def told_until(narrations: Iterable[Narration]) -> int:
    """The frame at which the last line of all ends, as far as that can be told."""
    return max((narration.stop + narration.coming for narration in narrations), default=0)


def making_room(
    narrations: Sequence[Narration],
    beds: Sequence[Curve],
    tellers: dict[str, Curve],
    opening: int,
    course: Course | None,
) -> tuple[Curve, Curve]:
    """Automation of the others' level in dB, and of the dip. `beds` and `tellers` are levels: of the others,
    against what they are at the `opening`; of each teller, against the same."""
    duck, dip = [Keyframe(0, 0, 0.0)], [Keyframe(0, 0, 0.0)]
    as_ever = _together(beds, [opening])[0]
    for narration in sorted((n for n in narrations if n.lines), key=lambda n: n.lines[0].start):
        level = tellers[narration.voice]
        loudest = _together(beds, [line.start for line in narration.lines]) - as_ever
        for line, bed in zip(narration.lines, loudest.tolist(), strict=True):
            depth = min(0.0, level.value_at(line.start) + line.gain_db - ROOM - bed)
            _glide(duck, line.start - TURNS, round(depth, 1), WORTH_MOVING)
            _glide(dip, line.start - TURNS, DIP, 0.0)
        # a guess that somebody sleeps makes nothing louder: then they stay as they are
        if (narration.hushed or not narration.coming) and (
            course is None or course.stage(narration.stop) is Stage.AWAKE
        ):
            _glide(duck, narration.stop, 0.0, 0.0)
            _glide(dip, narration.stop, 0.0, 0.0)
    return Curve(tuple(duck)), Curve(tuple(dip))


def _glide(keyframes: list[Keyframe], start: int, value: float, least: float) -> None:
    if abs(value - keyframes[-1].value) <= least:
        return
    start = max(start, 0)
    if keyframes[-1].stop > start:
        start = keyframes[-1].stop
    keyframes.append(Keyframe(start, start + TURNS, value))


def _together(levels: Sequence[Curve], frames: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The level of all of them together, in dB, at each of these frames; very low where none is heard."""
    at = np.array(frames, np.int64)
    power = np.full(len(at), 1e-9)
    for level in levels:
        if any(k.value > SILENT for k in level.keyframes):
            found = gains(level, at)
            power = power + found * found
    return np.asarray(exact.log2(power) * 3.010299956639812)
