"""A sheet of boxes, lines and words, put down once and kept as PNG or SVG. Pillow comes in here.

The SVG is written by hand: what it shows is words and straight edges. Its words are drawn in the fonts of the
machine that shows it; those of the PNG are drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from typing import TypeAlias

from lullaby.drawing.palette import Colour
from lullaby.drawing.typeface import in_any_font

Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    left_top: Point
    right_foot: Point
    colour: Colour


@dataclass(frozen=True, slots=True)
class Line:
    points: tuple[Point, ...]
    colour: Colour
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Words:
    place: Point
    """The foot of the letters, at the left, the middle or the right."""
    text: str
    colour: Colour
    size: float
    side: str


@dataclass
class Sheet:
    size: tuple[int, int]
    paper: Colour
    description: str
    """A description of the picture, for those who hear it read."""
    marks: list[Box | Line | Words] = field(default_factory=list)

    def box(self, left_top: Point, right_foot: Point, colour: Colour) -> None:
        self.marks.append(Box(left_top, right_foot, colour))

    def line(self, points: Sequence[Point], colour: Colour, width: float = 1.0) -> None:
        if len(points) > 1:
            self.marks.append(Line(tuple(points), colour, width))

    def words(self, place: Point, text: str, colour: Colour, size: float, side: str = "left") -> None:
        if text:
            self.marks.append(Words(place, text, colour, size, side))

    @property
    def missing(self) -> str:
        """Characters of its words that a PNG lacks, since no font on this machine has them."""
        words = (mark.text for mark in self.marks if isinstance(mark, Words))
        return "".join(dict.fromkeys("".join(in_any_font(text).missing for text in words)))

    def svg(self) -> bytes:
        width, height = self.size
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
            ' font-family="system-ui, sans-serif">',
            f"<title>{_escaped(self.description)}</title>",
            f'<rect width="{width}" height="{height}" fill="{_hex(self.paper)}"/>',
            *(_drawn(mark) for mark in self.marks),
            "</svg>",
        ]
        return ("\n".join(lines) + "\n").encode()

    def png(self) -> bytes:
        """Drawn twice as large and shrunk, so that edges are smooth; words are put on at their own size."""
        from PIL import Image, ImageDraw

        finer = 2
        image = Image.new("RGB", (self.size[0] * finer, self.size[1] * finer), self.paper)
        draw = ImageDraw.Draw(image)
        for mark in self.marks:
            if isinstance(mark, Box):
                (left, top), (right, foot) = mark.left_top, mark.right_foot
                far = (max(left, right - 1 / finer) * finer, max(top, foot - 1 / finer) * finer)
                draw.rectangle([(left * finer, top * finer), far], fill=mark.colour)
            elif isinstance(mark, Line):
                points = [(x * finer, y * finer) for x, y in mark.points]
                draw.line(points, fill=mark.colour, width=max(1, round(mark.width * finer)), joint="curve")
        image = image.resize(self.size, Image.Resampling.LANCZOS)
        draw = ImageDraw.Draw(image)
        anchors = {"left": "ls", "middle": "ms", "right": "rs"}
        for mark in self.marks:
            if isinstance(mark, Words):
                text = in_any_font(mark.text)
                anchor, face = anchors[mark.side], text.face(mark.size)
                draw.text(mark.place, text.text, fill=mark.colour, anchor=anchor, font=face)
        target = BytesIO()
        image.save(target, format="PNG", optimize=True)
        return target.getvalue()


def _drawn(mark: Box | Line | Words) -> str:
    if isinstance(mark, Box):
        (left, top), (right, foot) = mark.left_top, mark.right_foot
        place = f'x="{_n(left)}" y="{_n(top)}" width="{_n(right - left)}" height="{_n(foot - top)}"'
        return f'<rect {place} fill="{_hex(mark.colour)}"/>'
    if isinstance(mark, Line):
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)
        look = f'fill="none" stroke="{_hex(mark.colour)}" stroke-width="{_n(mark.width)}"'
        return f'<polyline points="{points}" {look} stroke-linejoin="round"/>'
    anchor = {"left": "start", "middle": "middle", "right": "end"}[mark.side]
    place = f'x="{_n(mark.place[0])}" y="{_n(mark.place[1])}" font-size="{_n(mark.size)}"'
    return f'<text {place} text-anchor="{anchor}" fill="{_hex(mark.colour)}">{_escaped(mark.text)}</text>'


def _escaped(text: str) -> str:
    """Safe between tags; what XML cannot hold at all is left out."""
    return escape("".join(c for c in text if c.isprintable()))


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
