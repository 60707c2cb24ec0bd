"""A title on a cover: as large as it fits, on few lines of even length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lullaby.drawing.typeface import ELLIPSIS, bundled_face

LARGEST, SMALLEST, SIZES = 0.145, 0.042, 40
"""Font sizes tried, in parts of the picture's width."""
LEADING = 1.2
"""The distance from baseline to baseline, in font sizes: an accent over a capital stays clear of the line
above."""
BASELINE = 0.95
"""The distance from the top of a line to its baseline, in font sizes."""


@dataclass(frozen=True)
class Lettering:
    """Lines in the bundled font, all of one size."""

    lines: tuple[str, ...]
    pixels: float

    @property
    def height(self) -> float:
        return self.pixels * LEADING * len(self.lines)

    def draw(self, canvas: Any, corner: tuple[float, float], colour: tuple[int, int, int]) -> None:
        """Draws the lines on an ImageDraw, from their upper left corner down and to the right."""
        face = bundled_face(self.pixels)
        for k, line in enumerate(self.lines):
            baseline = corner[1] + (k * LEADING + BASELINE) * self.pixels
            hangs_out = min(0, face.getbbox(line, anchor="ls")[0])  # an accent to the left of its letter
            canvas.text((corner[0] - hangs_out, baseline), line, fill=colour, anchor="ls", font=face)


def typeset(text: str, size: int, width: float, height: float) -> Lettering:
    """The text as large as it fits into this width and height, on a picture `size` pixels wide; an ellipsis
    where even the smallest is too long."""
    words = text.split()
    for k in range(SIZES):
        pixels = size * (LARGEST + (SMALLEST - LARGEST) * k / (SIZES - 1))
        face = bundled_face(pixels)
        most = max(1, int(height / (pixels * LEADING)))
        lines = _lines(words, face, width, most)
        if lines is not None:
            return Lettering(tuple(_balanced(words, face, width, lines)), pixels)
    return Lettering(tuple(_cut(words, face, width, most)), pixels)


def _lines(words: list[str], face: Any, width: float, most: int) -> list[str] | None:
    """The words on lines no wider than this; None where one of them is, or where it takes more lines."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        elif face.getlength(word) <= width and len(lines) < most:
            lines.append(word)
        else:
            return None
    return lines


def _balanced(words: list[str], face: Any, width: float, lines: list[str]) -> list[str]:
    """As many lines, as even as they can be."""
    for percent in range(20, 100):
        even = _lines(words, face, width * percent / 100, len(lines))
        if even is not None:
            return even
    return lines


def _cut(words: list[str], face: Any, width: float, most: int) -> list[str]:
    """Lines filled letter by letter; what is left over is an ellipsis."""
    lines = [""]
    for c in " ".join(words):
        if face.getlength(lines[-1] + c) > width:
            if len(lines) == most:
                while face.getlength(lines[-1] + ELLIPSIS) > width:
                    lines[-1] = lines[-1][:-1]
                lines[-1] = lines[-1].rstrip() + ELLIPSIS
                break
            lines.append("")
        lines[-1] = (lines[-1] + c).lstrip()
    return lines
