"""What the face shows, as lines of text: worked out from the state of the player, without any terminal.

Picture ── lines(picture, width, height) ── [[(text, tone), …], …]
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from lullaby.cli.playing.face_colours import Tone
from lullaby.cli.playing.lights import Light
from lullaby.score import SILENT
from lullaby.score.plain_text import figure

Piece: TypeAlias = tuple[str, Tone]
Row: TypeAlias = list[Piece]

WIDEST = 64
"""Columns of what is shown, in the middle of a terminal that has more."""
FLOOR_DB, TOP_DB = -60.0, 12.0
"""The levels between which a bar is drawn."""
BAR, RAIL = "━", "─"

HINTS = (
    (("↑ ↓", "voice"), ("space", "pause"), ("a", "still awake")),
    (("← →", "its level"), ("n", "next scene"), ("w", "woke up")),
    (("x", "silence it"), ("f", "fade"), ("m", "ten minutes more")),
    (("+ -", "volume"), ("l", "lights out"), ("t", "time, while held")),
    (("s", "keep as a score"), ("?", "keys"), ("q", "stop")),
)
"""What is said of the keys, in three columns."""


@dataclass(frozen=True)
class VoiceLevel:
    """A voice of the mix."""

    name: str
    level: float
    """dB that the score and the listener ask for; SILENT where it is not to be heard."""
    fader: float


@dataclass(frozen=True)
class Picture:
    """All that there is to see."""

    light: Light
    title: str = ""
    scene: str = ""
    story: str = ""
    says: str = ""
    """What the player is about, where it does not just play."""
    volume: float = 0.0
    voices: tuple[VoiceLevel, ...] = ()
    chosen: str | None = None
    time: str = ""
    """The clock, the time left and the stage of sleep, while the key for it is held."""
    notes: tuple[str, ...] = ()
    asks: tuple[str, str, str] | None = None
    """A question, what was typed, and which keys answer it."""


def lines(picture: Picture, width: int, height: int) -> list[Row]:
    """The rows of a terminal of this size, from its top; what matters least is left out."""
    if picture.light is Light.BLACK or width < 1:
        return []
    wide = min(WIDEST, width)
    below = _below(picture, wide)
    above = _above(picture, wide)
    below = below[: max(0, height - len(above) - 2)]
    voices = _voices(picture, wide, max(1, height - len(above) - len(below) - 4))
    rows: list[Row] = [*above, [], *voices, [], *below]
    usual = len(above) + len(voices) + len(HINTS) + 2  # so that nothing moves where hints come and go
    top = max(0, min((height - usual) // 2, height - len(rows)))
    left = (width - wide) // 2
    margin: Row = [(" " * left, Tone.TEXT)] if left else []
    return [[] for _ in range(top)] + [[*margin, *row] for row in rows][:height]


def _above(picture: Picture, wide: int) -> list[Row]:
    rows: list[Row] = [[(_cut(picture.title, wide), Tone.TITLE)], [(_cut(picture.scene, wide), Tone.QUIET)]]
    if picture.story:
        rows += [[], [(_cut(picture.story, wide), Tone.TEXT)]]
    volume = f"volume {figure(picture.volume)} dB" if picture.volume else ""
    says = " · ".join(filter(None, (picture.says, volume, picture.time)))
    return [*rows, [(_cut(says, wide), Tone.TEXT)]]


def _voices(picture: Picture, wide: int, room: int) -> list[Row]:
    """The voices; where there are too many, those around the chosen one."""
    voices = picture.voices
    chosen = next((k for k, voice in enumerate(voices) if voice.name == picture.chosen), 0)
    first = max(0, min(chosen - room // 2, len(voices) - room))
    names = min(max((_cells(voice.name) for voice in voices), default=0), max(4, wide // 3))
    return [
        _voice(voice, voice.name == picture.chosen, names, wide) for voice in voices[first : first + room]
    ]


def _voice(voice: VoiceLevel, is_chosen: bool, names: int, wide: int) -> Row:
    tone = Tone.TITLE if is_chosen else Tone.QUIET
    name = f"{'›' if is_chosen else ' '} {_fit(voice.name, names)}  "
    level = "silent" if voice.level == SILENT else f"{voice.level:.0f} dB"
    fader = "" if voice.fader == 0 or voice.level == SILENT else f"{voice.fader:+g}"
    figures = f"  {level:>7} {fader:>5}"
    bar = wide - _cells(name) - len(figures)
    if bar < 4:
        return [(_cut(f"{name}{level}", wide), tone)]
    share = 0.0 if voice.level == SILENT else (voice.level - FLOOR_DB) / (TOP_DB - FLOOR_DB)
    full = round(bar * min(1.0, max(0.0, share)))
    return [(name, tone), (BAR * full, tone), (RAIL * (bar - full), Tone.RAIL), (figures, tone)]


def _below(picture: Picture, wide: int) -> list[Row]:
    if picture.asks is not None:
        question, typed, answers = picture.asks
        room = max(1, wide - len(question) - 2)
        return [
            [(f"{question} ", Tone.QUIET), (f"{typed[-room:]}▏", Tone.TITLE)],
            [(_cut(answers, wide), Tone.QUIET)],
        ]
    if picture.notes:
        rows = [line for note in picture.notes for line in note.splitlines()]
        return [[(_cut(row, wide), Tone.TEXT)] for row in rows]
    return _hints(wide) if picture.light is Light.BRIGHT else []


def _hints(wide: int) -> list[Row]:
    column = wide // len(HINTS[0])
    if column < max(len(key) + len(does) + 2 for row in HINTS for key, does in row):
        return [[("? shows the keys", Tone.QUIET)]]
    return [[piece for key, does in row for piece in _hint(key, does, column)] for row in HINTS]


def _hint(key: str, does: str, column: int) -> Row:
    return [(key, Tone.TEXT), (_fit(f" {does}", column - len(key)), Tone.QUIET)]


def _cells(text: str) -> int:
    """Columns of a terminal that a text takes: a wide letter takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cut(text: str, cells: int) -> str:
    """As much of the text as there is room for."""
    if _cells(text) <= cells:
        return text
    while text and _cells(text) > cells - 1:
        text = text[:-1]
    return f"{text}…"[:cells]


def _fit(text: str, cells: int) -> str:
    """The text in so many columns."""
    cut = _cut(text, cells)
    return cut + " " * (cells - _cells(cut))
