"""How wide a hypnogram's picture is, and what is handed from one part of its drawing to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

WIDTH = 1600
LEFT, RIGHT = 96, 1556
"""Pixels between which the night lies."""

Level: TypeAlias = Sequence[tuple[int, float]]
"""Frames and dB, in order; -inf is silence."""
Events: TypeAlias = Sequence[tuple[int, str]]
"""Frames and what happened, in a word or two."""
X: TypeAlias = Callable[[int], float]
"""Where a frame is, in pixels from the left."""
