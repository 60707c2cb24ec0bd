"""A score: what a person wrote for one night, checked and complete. Times are frames since lights-out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lullaby.score.attached_files import AttachedFile
from lullaby.score.planned_ritual import PlannedRitual
from lullaby.score.settings import Kind, Value
from lullaby.score.voicefile import VoiceFile
from lullaby.time import RATE

if TYPE_CHECKING:
    from lullaby.score.melody import Tune

Change: TypeAlias = Mapping[str, Value]
"""Settings by name, as a scene changes them; `level` SILENT where the voice falls silent."""


class Until(Enum):
    """An event that ends a telling, in place of a time."""

    ASLEEP = "asleep"
    END = "end"


STATES = ("awake", "drowsy", "n1", "n2", "n3", "rem", "wake")
"""States of the sleeper that a voice may follow; `wake` is the wake window in the morning."""


SLEEPERS = ("none", "typical", "slow")
"""Whom a night may follow, in a word: nobody; one who falls asleep as most do; as late as one in five."""


@dataclass(frozen=True)
class ReverbSettings:
    """The reverb that everything sounds in, as the score asks for it."""

    t60: float = 1.6  # seconds until an echo has fallen by 60 dB
    damping: float = 0.5  # 0 tiles … 1 curtains
    size: float = 1.0  # times the usual room
    early: float = -12.0  # dB: the first reflections
    level: float = 0.0  # dB: all of it; SILENT is no room at all


@dataclass(frozen=True)
class WeatherSettings:
    """The gusts and the storm that move every voice of nature, as the score asks for them."""

    gusts: float = 0.4  # 0 still air … 1 squalls
    pace: float = 14.0  # seconds from gust to gust
    storm: tuple[tuple[int, float], ...] = ()
    """(frame, strength): 1 is as the voices say, 0 calm, 2 twice as much; straight lines between."""


@dataclass(frozen=True)
class Wake:
    """The wake window: from `at` on the night no longer follows sleep, and over `over` frames comes up to
    what its scenes ask for."""

    at: int
    over: int

    @property
    def stop(self) -> int:
        return self.at + self.over


@dataclass(frozen=True)
class Part:
    """A voice under the name this score gives it."""

    name: str
    voice: VoiceFile
    values: Change
    """The voice's settings before any scene: its file's values, and what [voices] sets over them."""

    @property
    def kind(self) -> Kind:
        return self.voice.kind


@dataclass(frozen=True)
class Scene:
    """A keyframe of the night: from `at`, over `over` frames, what it names becomes as it says."""

    name: str
    at: int
    over: int
    changes: Mapping[str, Change] = field(default_factory=dict)
    """The changes by part; a part that is named without a change is an empty one."""
    silent: frozenset[str] = frozenset()
    """Parts that fall silent here."""


@dataclass(frozen=True)
class Telling:
    """A story that is told from `at` on."""

    at: int
    story: str
    path: Path
    voice: str
    until: Until | int = Until.ASLEEP
    others: tuple[tuple[str, Path], ...] = ()
    """Stories that take turns with it, night by night: their names and files."""
    recording: AttachedFile | None = None
    """What is told in place of a story, where somebody spoke it themselves; `story` is its name then."""
    text: str = field(default="", repr=False)
    """What is told, as Markdown, where it stands in no file; `story` is what it is called then. It may be
    private: it goes where it is spoken, and nowhere else."""
    lang: str = "en"
    """The language of that text, where it does not say one; "": it is guessed."""
    ours: bool = False
    """Was that text made by lullaby, so that it may go wherever lullaby's own stories may?"""
    slower: float = 1.0
    """Times the pace of a story at which that text is spoken."""
    latest: int | None = None
    """The frame from which on no sentence of it begins, whatever else ends it."""
    serial: str = ""
    """The serial that it is an episode of: a circle's, which keeps where it stops."""
    goes_on: tuple[int, str] | None = None
    """Of a serial: the number of the sentence it goes on with, and a hash of the text that this is of."""

    @property
    def in_turn(self) -> Iterator[Telling]:
        """The telling of each story whose turn it may be."""
        yield replace(self, others=())
        for story, path in self.others:
            yield replace(self, story=story, path=path, others=())

    def on(self, day: date | None) -> Telling:
        """The telling whose turn it is on this date."""
        turns = list(self.in_turn)
        return turns[0 if day is None else day.toordinal() % len(turns)]


FORMS = ("rondo", "songs", "variations")
"""How the melodies of a night follow one another: one that returns between others; each sung twice and not
again; one alone, never twice the same."""


@dataclass(frozen=True)
class Music:
    """What instruments play together: rules by which music is written, and who plays what of it."""

    at: int = 0
    melody: str = ""
    """The name of the voice that plays the melody; "" where nobody does. So of the others."""
    accompaniment: str = ""
    drone: str = ""
    lull: str = ""
    """Who plays single long notes once somebody sleeps: one that is bowed or blown, as a rule."""
    mode: str = "pentatonic"
    tonic: int = 62
    just: bool = True
    tempo: float = 72.0
    """Beats a minute while somebody is wide awake."""
    density: float = 1.0
    """1 as the melody is written; less thins it."""
    register: tuple[int, int] = (57, 76)
    """Pitches between which melodies move."""
    metre: str = ""
    """"": each night has its own."""
    tunes: tuple[Tune, ...] = ()
    """What is sung, where it is not composed."""
    form: str = "rondo"
    rest: float = 2.0
    """Bars between two melodies."""
    harmony: bool = True
    """Do chords change under the melody, or is there one all along?"""
    until: Until | int = Until.END
    """`END`: it slows to single notes and a drone as sleep comes, and ends. `ASLEEP`: nothing is played for
    somebody who sleeps."""

    @property
    def players(self) -> dict[str, str]:
        """Voices by role, where somebody plays it."""
        roles = {
            "melody": self.melody, "accompaniment": self.accompaniment, "drone": self.drone, "lull": self.lull
        }  # fmt: skip
        return {role: name for role, name in roles.items() if name}

    @property
    def by_role(self) -> dict[str, str]:
        """The same, with the melody's voice for single notes where no voice has them for its own."""
        found = self.players
        if self.melody:
            found.setdefault("lull", self.melody)
        return found

    def played_by(self, players: Mapping[str, str]) -> Music:
        """The same by these voices, by role; who is not named plays nothing."""
        return replace(
            self,
            melody=players.get("melody", ""),
            accompaniment=players.get("accompaniment", ""),
            drone=players.get("drone", ""),
            lull=players.get("lull", ""),
        )


@dataclass(frozen=True)
class Score:
    """One night as it is written."""

    name: str
    path: Path
    title: str
    description: str
    length: int
    seed: int = 0
    level: float = -33.0  # LUFS of the opening
    fade_in: int = 3 * RATE
    fade_out: int = 60 * RATE
    high_cut: float = 16_000.0  # Hz
    room: ReverbSettings = ReverbSettings()
    weather: WeatherSettings = WeatherSettings()
    voices: tuple[Part, ...] = ()
    scenes: tuple[Scene, ...] = ()
    """The scenes by time; no two at once, and none begins while another still glides."""
    follow: Mapping[str, Mapping[str, Change]] = field(default_factory=dict)
    """The changes with sleep, by part and state. A level here is dB above or below what the scenes ask
    for."""
    tellings: tuple[Telling, ...] = ()
    music: Music | None = None
    sleeper: str = ""
    """Whose sleep it follows where nobody says otherwise, one of `SLEEPERS`; "" is the usual one."""
    all_night: str | None = None
    """Why this night plays until morning, where it does."""
    at_most: int | None = None
    """Frames after which it ends where sleep never comes to stay, by its listener's wish; None: the usual
    hour."""
    wake: Wake | None = None
    is_story: bool = False
    """Is it there for one story, alone or over a bed, as `tell` makes it?"""
    ritual: PlannedRitual | None = None
    """Where it was composed of a ritual: what is done when, and why."""
    sources: tuple[str, ...] = field(default=(), repr=False)
    """The texts this score was read from: its own, and its voices' in their order."""

    def part(self, name: str) -> Part | None:
        return next((part for part in self.voices if part.name == name), None)
