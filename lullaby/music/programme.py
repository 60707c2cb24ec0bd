"""The music of a night as it is written: sections of melodies, their bars at frames, and notes by role."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from lullaby.music.melodies import Melody
from lullaby.music.scales import Scale
from lullaby.time import RATE


class State(Enum):
    """What music there is for a listener."""

    SONGS = "songs"
    LULL = "lull"
    DRONE = "drone"
    SILENCE = "silence"


class Listener(Protocol):
    """How awake somebody is at a frame, by what is known up to it."""

    def depth(self, frame: int) -> float:
        """0 wide awake … 1 nearly asleep."""
        ...

    def state(self, frame: int) -> State: ...


@dataclass(frozen=True, slots=True)
class Sounded:
    """A note in the night."""

    start: int
    frames: int
    pitch: int
    hz: float
    velocity: float
    swell: float = 0.0
    late: int = 0
    """Frames after the beat it is written on."""
    written: int = 0
    """Frames that it is written for, where it is released a little early."""


@dataclass(frozen=True)
class Section:
    """A melody sung once, or a rest."""

    name: str
    """"T1" as it was composed, "T1.2" in another way, "" a rest."""
    melody: Melody | None
    bars: int


@dataclass(frozen=True)
class Bar:
    """A bar of the night at its frames."""

    number: int
    start: int
    frames: int
    beats: int
    section: str
    of_section: int
    """Its number in the section."""
    metre: str

    @property
    def tempo(self) -> float:
        """Beats a minute."""
        return 60.0 * RATE * self.beats / self.frames

    @property
    def stop(self) -> int:
        return self.start + self.frames


@dataclass
class Score:
    """All the music of a night."""

    scale: Scale
    metre: str
    bars: list[Bar] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    """The sections that were begun, in order."""
    notes: dict[str, list[Sounded]] = field(default_factory=dict)
    """By role."""

    def melodies(self) -> list[Melody]:
        return [section.melody for section in self.sections if section.melody is not None]
