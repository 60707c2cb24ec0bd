"""How wide a drawn night of sleep is, and its colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lullaby.drawing.sheet import Colour
from lullaby.sleep.stages import Stage

WIDTH = 1600
LEFT, RIGHT = 96, 1556
"""Pixels between which the night lies."""

Level: TypeAlias = Sequence[tuple[int, float]]
"""Frames and dB, in order; -inf is silence."""
Events: TypeAlias = Sequence[tuple[int, str]]
"""Frames and what happened, in a word or two."""
X: TypeAlias = Callable[[int], float]
"""Where a frame is, in pixels from the left."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The same night as everywhere else in the house, unless one is handed in."""

    paper: Colour = (11, 14, 24)
    ink: Colour = (208, 212, 224)
    bright: Colour = (244, 246, 252)
    faint: Colour = (124, 132, 154)
    grid: Colour = (30, 35, 50)
    step: Colour = (66, 76, 102)
    level: Colour = (226, 188, 128)
    awake: Colour = (244, 224, 184)
    n1: Colour = (134, 158, 176)
    n2: Colour = (90, 128, 164)
    n3: Colour = (72, 98, 164)
    rem: Colour = (196, 140, 150)

    def of(self, stage: Stage) -> Colour:
        colour: Colour = getattr(self, stage.label)
        return colour

    def on(self, stage: Stage) -> Colour:
        """What is read upon it: light on the darkest, else the paper's own dark."""
        return self.bright if stage is Stage.N3 else self.paper
