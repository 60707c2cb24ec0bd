"""The colours of every picture: a window at night, seen from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from lullaby.sleep.stages import Stage

Colour: TypeAlias = tuple[int, int, int]

NIGHT, INK, FAINT, GOLD = (11, 14, 24), (208, 212, 224), (124, 132, 154), (226, 188, 128)
"""Paper, words, lesser words and a curve."""

COLORMAP = (
    NIGHT,
    (17, 23, 44),
    (25, 38, 68),
    (36, 60, 92),
    (58, 92, 112),
    (112, 132, 128),
    (190, 172, 134),
    (244, 224, 184),
)
"""The colours from silent to loud, evenly spaced in dB."""


@dataclass(frozen=True, slots=True)
class Palette:
    """A hypnogram's colours, these unless others are handed in."""

    paper: Colour = NIGHT
    ink: Colour = INK
    bright: Colour = (244, 246, 252)
    faint: Colour = FAINT
    grid: Colour = (30, 35, 50)
    step: Colour = (66, 76, 102)
    level: Colour = GOLD
    awake: Colour = (244, 224, 184)
    n1: Colour = (134, 158, 176)
    n2: Colour = (90, 128, 164)
    n3: Colour = (72, 98, 164)
    rem: Colour = (196, 140, 150)

    def colour_of(self, stage: Stage) -> Colour:
        colour: Colour = getattr(self, stage.label)
        return colour

    def ink_on(self, stage: Stage) -> Colour:
        """The colour of words upon a stage's colour: light on the darkest, else the paper's own dark."""
        return self.bright if stage is Stage.N3 else self.paper
