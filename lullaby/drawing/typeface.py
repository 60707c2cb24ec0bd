"""Which font draws a text, and which of its characters no font can draw.

One font is bundled, Lato: Latin with Vietnamese, Cyrillic and Greek. Our own words and covers are drawn in it
alone; titles in pictures may borrow an installed one. A character without a glyph is left out and accounted
for, never drawn as a box.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from lullaby.drawing.charmap import Charmap, charmap_of
from lullaby.drawing.installed_fonts import installed_font

BUNDLED = Path(__file__).parent / "font" / "Lato-Regular.ttf"

LONGEST = 400
"""Characters of a text that are looked at: more than any picture has room for."""
ELLIPSIS = "…"
NON_JOINER = "\u200c"
"""The character that keeps two letters apart which would join without it, as Persian is spelled; it has no
shape of its own."""

_UNSEEN = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0x180B, 0x1810)} | {
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}
"""Fillers and variation selectors: Unicode calls them letters and marks, and they have no shape."""


@dataclass(frozen=True)
class Drawable:
    """A text of which every character has a glyph in this font."""

    text: str
    font: Path = BUNDLED
    missing: str = ""
    """Characters left out of it, each once: no font has them, or none whose layout is known here."""
    shaped: bool = False
    """Letters change with their neighbours or run from right to left: a layout that Pillow leaves to Raqm."""

    @property
    def has_every_letter(self) -> bool:
        """Whether nothing is missing but signs: a name with holes in it is another name."""
        return not any(_is_letter(c) for c in self.missing)

    def face(self, pixels: float) -> Any:
        from PIL import ImageFont

        layout = ImageFont.Layout.RAQM if self.shaped else ImageFont.Layout.BASIC
        return ImageFont.truetype(str(self.font), pixels, layout_engine=layout)

    def width(self, pixels: float) -> float:
        return float(self.face(pixels).getlength(self.text))

    def shortened(self, width: float, pixels: float) -> Drawable:
        """The longest beginning of it that is no wider than this, with an ellipsis where that is not all."""
        face = self.face(pixels)
        if face.getlength(self.text) <= width:
            return self
        end = ELLIPSIS if _charmap(self.font).has(ELLIPSIS) else ""
        fits, too_long = 0, len(self.text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if face.getlength(self.text[:middle].rstrip() + end) <= width:
                fits = middle
            else:
                too_long = middle
        return replace(self, text=self.text[:fits].rstrip() + end if fits else "")


def left_out(missing: str) -> str:
    """The remark in a picture on characters that no font here has."""
    count = "1 character" if len(missing) == 1 else f"{len(missing)} characters"
    return f"without {count} that no font on this machine has"


def bundled_face(pixels: float) -> Any:
    """The bundled font at this size, for words of our own."""
    return Drawable("").face(pixels)


def in_bundled_font(text: str) -> Drawable:
    """The text in the bundled font: the same on every machine."""
    return _drawn_in(BUNDLED, _visible(text))


def in_any_font(text: str) -> Drawable:
    """The text in the bundled font, or else in an installed one that has all of its letters."""
    visible = _visible(text)
    bundled = _drawn_in(BUNDLED, visible)
    if bundled.has_every_letter:
        return bundled
    shaped = any(_needs_shaping(c) for c in visible)
    if shaped and not _can_shape():
        return bundled
    font = installed_font(c for c in visible if _is_letter(c))
    return bundled if font is None else replace(_drawn_in(font, visible), shaped=shaped)


def _visible(text: str) -> str:
    """The text as it is seen: accents joined to their letters, on one line, without what has no shape."""
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST])
    shapes = (" " if c.isspace() else c for c in text if ord(c) not in _UNSEEN)
    seen = " ".join("".join(c for c in shapes if c.isprintable() or c == NON_JOINER).split())
    return seen if len(seen) <= LONGEST else seen[: LONGEST - 1].rstrip() + ELLIPSIS


def _drawn_in(font: Path, text: str) -> Drawable:
    """The part of the text that this font can draw; nothing where no letter would be left of it."""
    charmap = _charmap(font)
    missing = "".join(dict.fromkeys(c for c in text if not charmap.has(c)))
    left = " ".join("".join(c for c in text if c not in missing).split()) if missing else text
    if missing and not any(map(_is_letter, left)):
        left = ""
    return Drawable(left, font, missing.replace(NON_JOINER, ""))


@lru_cache(maxsize=8)
def _charmap(font: Path) -> Charmap:
    charmap = charmap_of(font)
    if charmap is None:
        raise FileNotFoundError(f"{font}: this font is missing or damaged; install lullaby again.")
    return charmap


def _is_letter(c: str) -> bool:
    """Letters, digits and the marks that belong to them, but for marks around a sign."""
    category = unicodedata.category(c)
    return category[0] in "LNM" and category != "Me"


def _needs_shaping(c: str) -> bool:
    """Right-to-left letters, and marks that no letter has taken in: Arabic, Hebrew, Devanagari, Thai …"""
    return unicodedata.bidirectional(c) in ("R", "AL", "AN") or unicodedata.category(c) in ("Mn", "Mc")


def _can_shape() -> bool:
    from PIL import features

    return bool(features.check("raqm"))
