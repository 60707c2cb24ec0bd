"""Faders: what a listener turns up or down by hand while a night plays, one fader for each voice.

A move is stamped with the frame from which it is heard, so the night can be rendered afterwards as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lullaby.score import SILENT, Curve
from lullaby.time import RATE

GLIDE = RATE // 2
"""Frames in which a fader reaches where it is moved to: at once for a hand, and no click."""

HIGHEST, LOWEST = 12.0, -60.0
"""dB; below it a voice is silent."""


@dataclass(frozen=True, slots=True)
class FaderMove:
    """A voice's fader is moved, at this frame, to so many dB above or below what the score asks for."""

    frame: int
    voice: str
    gain_db: float

    def __post_init__(self) -> None:
        if type(self.frame) is not int or self.frame < 0:
            raise ValueError(f"a fader moves at a frame of the night, not at {self.frame!r}")
        if not (self.gain_db == SILENT or LOWEST <= self.gain_db <= HIGHEST):
            raise ValueError(f"a fader goes from {LOWEST:g} to {HIGHEST:g} dB, or to silence")


def fader_curve(voice: str, moves: Iterable[FaderMove]) -> Curve:
    """Automation of a voice's fader, in dB. A glide under way goes on to its end before the next begins."""
    curve = Curve.steady(0.0)
    for move in moves:
        if move.voice == voice:
            start = max(move.frame, curve.keyframes[-1].stop)
            curve = curve.then(start, start + GLIDE, move.gain_db)
    return curve
