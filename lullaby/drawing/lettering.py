"""Words on a cover: as large as they fit, on few lines, and none rather than boxes.

Pillow brings one typeface along, of plain Latin letters; covers look the same everywhere because no other
is looked for. Accents are put over its letters out of its own signs.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

LARGEST, SMALLEST, STEPS = 0.150, 0.042, 40
"""Heights of letters tried, in parts of the picture's width."""
LEADING = 1.16
"""From line to line, in heights of letters."""
BASE = 0.82
"""From a line's top to the foot of its letters, in parts of its height."""
INSTEAD = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "×": "x", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
    | {"ø": "o\u0338", "Ø": "O\u0338", "ł": "l\u0337", "Ł": "L\u0337"}
    | dict.fromkeys("\u00a0\u2009\u202f\t\n\r", " ")
)
MARKS: dict[str, tuple[str, str, float]] = {
    "\u0300": ("`", "", 1.0),
    "\u0301": ("`", "FLIP_LEFT_RIGHT", 1.0),
    "\u0302": ("^", "", 0.8),
    "\u0303": ("~", "", 0.8),
    "\u0304": ("-", "", 0.9),
    "\u0306": ("(", "ROTATE_90", 0.42),
    "\u0307": (".", "", 1.0),
    "\u0308": ("..", "", 1.0),
    "\u030a": ("o", "", 0.42),
    "\u030b": ("``", "FLIP_LEFT_RIGHT", 0.9),
    "\u030c": ("^", "FLIP_TOP_BOTTOM", 0.8),
    "\u0326": (",", "", 0.8),
    "\u0327": (",", "", 0.8),
    "\u0328": (",", "FLIP_LEFT_RIGHT", 0.8),
    "\u0337": ("/", "", 0.6),
    "\u0338": ("/", "", 0.8),
}
"""Accents by their combining sign: a sign that looks like it, how it is turned, its size in letters."""
BELOW, ACROSS = "\u0326\u0327\u0328", "\u0337\u0338"
GAP = 0.07
"""Between a letter and its accent, in heights of letters."""


@dataclass(frozen=True)
class Lettering:
    """Lines of one size."""

    lines: tuple[str, ...]
    pixels: float

    @property
    def height(self) -> float:
        return self.pixels * LEADING * len(self.lines)

    def write(self, image: Any, at: tuple[float, float], colour: tuple[int, int, int]) -> None:
        """On the picture, from this place down and to the right."""
        for k, line in enumerate(self.lines):
            _write(image, line, (at[0], at[1] + (k + BASE) * self.pixels * LEADING), self.pixels, colour)


def font(pixels: float) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(pixels)


def bare(text: str) -> str:
    """The text without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if c not in MARKS)


def sayable(text: str) -> str:
    """The text in letters there are; nothing where one of its letters is missing, for a name with holes
    in it is another name. What is no letter may go."""
    text = unicodedata.normalize("NFC", text).translate(INSTEAD)
    face = font(32)
    none = _shape(face, "\uffff")
    kept = ""
    for c in unicodedata.normalize("NFD", text):
        accents = c in MARKS and kept[-1:].isalpha()  # one each: a second would need a place above it
        if accents or (c.isprintable() and _shape(face, c) != none):
            kept += c
        elif unicodedata.category(c)[0] in "LMN":
            return ""
    return " ".join(kept.split())


def _shape(face: Any, c: str) -> tuple[float, bytes]:
    return face.getlength(c), bytes(face.getmask(c))


def _write(
    image: Any, line: str, foot: tuple[float, float], pixels: float, colour: tuple[int, int, int]
) -> None:
    from PIL import Image, ImageDraw

    face = font(pixels)
    mask = Image.new("L", image.size)
    draw = ImageDraw.Draw(mask)
    draw.text(foot, bare(line), fill=255, anchor="ls", font=face)
    before = ""
    for c in line:
        if c not in MARKS:
            before += c
            continue
        letter = before[-1]
        left = foot[0] + face.getlength(before) - face.getlength(letter)
        if letter in "ij" and c not in BELOW:  # the accent stands in the place of the dot
            top = foot[1] + face.getbbox("x", anchor="ls")[1]
            draw.rectangle([left, top - pixels, left + face.getlength(letter), top - 1], fill=0)
        sign = _sign(c, pixels)
        stem = "l" if letter == "L" else letter
        middle, y = left + face.getlength(stem) / 2, _height(c, letter, face, pixels, sign.height)
        mask.paste(255, (round(middle - sign.width / 2), round(foot[1] + y)), sign)
    image.paste(colour, (0, 0), mask)


def _height(c: str, letter: str, face: Any, pixels: float, high: int) -> float:
    """Where the sign begins, from the foot of the letters."""
    _, top, _, bottom = face.getbbox("x" if letter in "ij" else letter, anchor="ls")
    if c in BELOW:
        return float(bottom)
    if c in ACROSS:
        return float((top + bottom - high) / 2)
    return float(top - GAP * pixels - high)


def _sign(c: str, pixels: float) -> Any:
    """The accent as a mask of its own size."""
    from PIL import Image, ImageDraw

    sign, turn, share = MARKS[c]
    face = font(pixels * share)
    room = Image.new("L", (int(pixels * 2), int(pixels * 2)))
    ImageDraw.Draw(room).text((pixels / 4, pixels * 1.4), sign, fill=255, anchor="ls", font=face)
    cut = room.crop(room.getbbox())
    if sign == "^":
        cut = cut.resize((cut.width, max(1, round(cut.height * 0.55))))  # it is a tall one
    return cut.transpose(Image.Transpose[turn]) if turn else cut


def set_in(text: str, size: int, width: float, height: float) -> Lettering:
    """The text as large as it fits into so many pixels; an ellipsis where even the smallest is too long."""
    words = text.split()
    for k in range(STEPS):
        pixels = size * (LARGEST + (SMALLEST - LARGEST) * k / (STEPS - 1))
        face = font(pixels)
        lines = _lines(words, face, width)
        most = int(height / (pixels * LEADING))
        if lines is not None and len(lines) <= most:
            return Lettering(tuple(_balanced(words, face, width, lines)), pixels)
    return Lettering(tuple(_cut(words, face, width, most)), pixels)


def _lines(words: list[str], face: Any, width: float) -> list[str] | None:
    """The words on lines no wider than this; None where one of them is."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _wide(face, longer) <= width:
            lines[-1] = longer
        elif _wide(face, word) <= width:
            lines.append(word)
        else:
            return None
    return lines


def _balanced(words: list[str], face: Any, width: float, lines: list[str]) -> list[str]:
    """As many lines, as even as they can be."""
    for share in range(50, 100, 2):
        even = _lines(words, face, width * share / 100)
        if even is not None and len(even) == len(lines):
            return even
    return lines


def _cut(words: list[str], face: Any, width: float, most: int) -> list[str]:
    """Lines filled letter by letter; what is left over is an ellipsis."""
    lines = [""]
    for c in " ".join(words):
        if _wide(face, lines[-1] + c) > width:
            if len(lines) == most:
                while _wide(face, lines[-1] + "…") > width:
                    lines[-1] = lines[-1][:-1]
                lines[-1] = lines[-1].rstrip() + "…"
                break
            lines.append("")
        lines[-1] = (lines[-1] + c).lstrip()
    return lines


def _wide(face: Any, text: str) -> float:
    return float(face.getlength(bare(text)))
