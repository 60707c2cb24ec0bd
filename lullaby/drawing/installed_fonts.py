"""Fonts that are installed on this machine, for letters that the bundled one lacks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path

from lullaby.drawing.charmap import charmap_of

ENDINGS = (".ttf", ".otf", ".ttc", ".otc")

MOST_FOLDERS, MOST_FONTS = 2_000, 4_000
"""The most folders and fonts that are looked at, a fraction of a second each thousand; what else there is
stays unknown."""

WEIGHTS = ("bold", "black", "heavy", "thin", "light", "vf", "variable")
SHAPES = ("italic", "oblique", "mono", "serif", "condensed", "narrow", "cursive", "hand")
"""Words in a font's name that say it is not a family's plain style: others are tried before it."""


def installed_font(characters: Iterable[str]) -> Path | None:
    """A font with glyphs for all of these, plain rather than bold or slanted; None where there is none."""
    return _found("".join(sorted(set(characters))), tuple(font_folders()))


def font_folders() -> list[Path]:
    """Where this system keeps fonts, the user's own first."""
    home = Path.home()
    if sys.platform == "win32":
        own = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        return [own / "Microsoft/Windows/Fonts", Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    own = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    shared = (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    return [own / "fonts", home / ".fonts", *(Path(folder) / "fonts" for folder in shared if folder)]


@lru_cache(maxsize=64)
def _found(characters: str, folders: tuple[Path, ...]) -> Path | None:
    for font in _fonts(folders):
        charmap = charmap_of(font)
        if charmap is not None and charmap.has_all(characters) and _can_be_drawn(font, characters):
            return font
    return None


def _can_be_drawn(font: Path, characters: str) -> bool:
    """A damaged font may say what it has and hold nothing of it."""
    from PIL import ImageFont

    try:
        return any(ImageFont.truetype(str(font), 20).getmask(characters))
    except (OSError, ValueError):
        return False


def _fonts(folders: Iterable[Path]) -> list[Path]:
    """Every font file, plain styles first; in the same order each time."""
    # a folder that may not be read, or is not there, holds nothing; links to folders are not followed
    walked = islice((found for folder in folders for found in os.walk(folder)), MOST_FOLDERS)
    files = (Path(folder, name) for folder, _, names in walked for name in sorted(names))
    fonts = (path for path in files if path.suffix.lower() in ENDINGS and path.is_file())
    return sorted(islice(fonts, MOST_FONTS), key=_plainest)


def _plainest(font: Path) -> tuple[int, int, str]:
    name = font.stem.lower().replace("sans serif", "sans")
    return sum(word in name for word in (*WEIGHTS, *SHAPES)), len(name), str(font)
