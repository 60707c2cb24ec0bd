"""The settings of a kind of voice: one row each, read by files, scenes, checks and `voices --json`.

The rows themselves belong to the voices; a score is handed them and knows none of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TypeAlias

SILENT = float("-inf")
"""The level written "silent": exactly nothing, not something very quiet."""

SEAT = frozenset({"pan", "send", "distance", "width"})
"""The settings that say where a voice is, in whatever kind has them: on which side, how far, how wide."""

Value: TypeAlias = float | tuple[float, ...] | tuple[tuple[float, float], ...] | str | bool


class Form(Enum):
    """How a setting is written."""

    NUMBER = "number"  # 9
    RANGE = "range"  # [900, 3200], low first
    NUMBERS = "numbers"  # [110, 165, 220]
    POINTS = "points"  # [[60, -18], [800, 0]]: Hz and dB
    CHOICE = "choice"  # one of a few words
    FLAG = "flag"  # true or false
    NAME = "name"  # a voice or a tune by name
    FILE = "file"  # "my-creek.mp3": a file beside the voice file


@dataclass(frozen=True)
class Setting:
    """One setting of a kind of voice: where it is written, its default, range and unit."""

    name: str
    """The name of the setting in a scene: `rain = { drops = 9 }`."""
    key: str
    """The key in a voice file: "drops.rate" is `rate` under `[drops]`."""
    default: Value
    unit: str
    low: float
    high: float
    says: str
    """One line for people: what is heard when it grows."""
    form: Form = Form.NUMBER
    moves: bool = True
    """May a scene change it while the night goes on?"""
    by_ratio: bool = False
    """Glides by ratio (Hz, rates) instead of by difference (dB, shares)."""
    choices: tuple[str, ...] = ()
    longest: int = 32
    """The most entries in a list."""
    thins: int = 0
    """1: fewer things happen where it is lower, as sleep deepens; -1: where it is higher; 0: it stays."""
    opens: Callable[[Path], None] | None = None
    """A check of a file: raises an Unfit where it cannot be used, without reading all of it."""


@dataclass(frozen=True)
class Kind:
    """A family of sound and the settings of its voices."""

    name: str
    says: str
    settings: tuple[Setting, ...]
    speaks: bool = False
    """A teller: it has no sound of its own, and tells stories."""
    unity: float = -27.0
    """LUFS of any voice of it alone at level 0: lower where its peaks stand far above it."""
    also: tuple[str, ...] = ()
    """Other names that people use: "ocean", "waves"."""
    silent_from: str = ""
    """The state of sleep ("n2", "n3") from which on it is never heard: what could wake somebody there."""
    caution: str = ""
    """A remark for a listener before hearing it."""
    adults_only: bool = False
    """Is it left out of a child's night?"""
    plays: bool = False
    """An instrument: it can be given notes to play, and plays by itself where it is given none."""
    program: int = 0
    """Of an instrument: the number by which General MIDI knows one like it, from 0."""
    for_each_ear: bool = False
    """Is it made for each ear on its own, so that no head may stand between (`--headphones`)?"""

    def __iter__(self) -> Iterator[Setting]:
        return iter(self.settings)

    def named(self, name: str) -> Setting | None:
        return next((s for s in self.settings if s.name == name), None)

    def placed(self, key: str) -> Setting | None:
        return next((s for s in self.settings if s.key == key), None)

    @property
    def names(self) -> list[str]:
        return [s.name for s in self.settings]
