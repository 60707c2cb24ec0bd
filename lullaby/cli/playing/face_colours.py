"""The colours of the face: amber and red on black, as dim as can still be read.

A colour's relative luminance (WCAG 2: 1 is white) is 0.2 at the most while it is bright and 0.05 at the most
once it is dimmed. That holds for terminals of 256 colours, too: each is chosen so that the nearest of those
is below the bound as well.
"""

from __future__ import annotations

from enum import Enum

from lullaby.cli.playing.lights import Light

BLACK = "#000000"
BOUNDS = {Light.BRIGHT: 0.2, Light.DIM: 0.05, Light.BLACK: 0.0}
"""The most relative luminance of any cell."""


class Tone(Enum):
    """What a piece of text is, by which it has its colour."""

    TITLE = "title"
    TEXT = "text"
    QUIET = "quiet"
    RAIL = "rail"
    """What a bar runs on."""


COLOURS = {
    Light.BRIGHT: {
        Tone.TITLE: "#b06614",
        Tone.TEXT: "#9a5410",
        Tone.QUIET: "#7a430c",
        Tone.RAIL: "#3d1a06",
    },
    Light.DIM: {
        Tone.TITLE: "#701c00",
        Tone.TEXT: "#701c00",
        Tone.QUIET: "#651800",
        Tone.RAIL: "#2c0c00",
    },
}
