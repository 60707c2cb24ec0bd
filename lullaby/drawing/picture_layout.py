"""Where everything stands in a night's picture, and the canvas that it is drawn on."""

from __future__ import annotations

from typing import Any

from lullaby.drawing.palette import FAINT, Colour
from lullaby.drawing.typeface import Drawable

WIDTH, HEIGHT = 1600, 900
LEFT, RIGHT, TOP, FOOT = 84, 1556, 118, 700
"""Edges of the spectrogram."""
STAGES_TOP, STAGES_FOOT = 703, 720
"""Edges of the sleeper's stages, where somebody sleeps."""
LOUDNESS_TOP, LOUDNESS_FOOT = 740, 826
"""Edges of the loudness curve."""

SMALL, MIDDLE, LARGE = 15, 18, 34
"""Pixels: sizes of the font."""

HAIRLINE, GRIDLINE = (255, 255, 255, 64), (255, 255, 255, 18)
"""Colours of lines that what is under them shines through."""


class Canvas:
    """An image of a night, and where frames lie on it."""

    def __init__(self, length: int, paper: Colour, below: int = 0) -> None:
        """`below`: pixels that it is higher, for what else there is to see."""
        from PIL import Image, ImageDraw

        self.length = length
        self.image: Any = Image.new("RGB", (WIDTH, HEIGHT + below), paper)
        self.draw: Any = ImageDraw.Draw(self.image, "RGBA")

    def x(self, frame: int) -> float:
        return LEFT + (RIGHT - LEFT) * min(frame, self.length) / self.length

    def line(self, start: tuple[float, float], stop: tuple[float, float], colour: tuple[int, ...]) -> None:
        self.draw.line([start, stop], fill=colour)

    def text(
        self,
        point: tuple[float, float],
        text: str | Drawable,
        anchor: str,
        colour: Colour = FAINT,
        pixels: float = SMALL,
    ) -> None:
        """Draws a text at a point that is its left, middle or right (l, m, r) and its middle or baseline (m,
        s)."""
        drawable = Drawable(text) if isinstance(text, str) else text
        face = drawable.face(pixels)
        self.draw.text(point, drawable.text, fill=colour, anchor=anchor, font=face)
