"""Tones and noises as sequencers write them, and the voices of ours that sound them.

A voice that beats keeps its pitch and its beat all night, so each pair of them is a voice of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lullaby.score.foreign.sounds import counterpart
from lullaby.score.plain_text import figure, quoted
from lullaby.score.settings import Kind, Setting, Value

BINAURAL, ISOCHRONIC, PURE, BELL, NAMED = "binaural", "isochronic", "pure", "bell", "named"

_SOON, _USUAL, _SELDOM = 8.0, 60.0, 600.0
"""Seconds between strokes of a bell: at least, where a file has one alone, and at most."""


@dataclass(frozen=True)
class Tone:
    """One line of a tone-set: its shape, a pitch and a beat in Hz, and its share of full amplitude."""

    shape: str
    share: float
    hz: float = 0.0
    beat: float = 0.0
    """The beat in Hz; of a bell, how often it is struck a second."""
    pan: float = 0.0
    name: str = ""
    """The name of a named sound, a noise or a recording."""
    depth: float = 1.0
    """How far an isochronic tone fades between its swells: 1 is to nothing."""

    @property
    def glides(self) -> bool:
        """Has it a pitch that can move?"""
        return self.shape not in (NAMED, BELL)

    def slides_to(self, other: Tone) -> bool:
        """Are they the same sort of sound, so that one may become the other?"""
        alike = (self.shape, self.name) == (other.shape, other.name)
        return alike and (self.shape != BELL or self.hz == other.hz)

    def towards(self, other: Tone, along: float) -> Tone:
        """The tone so far along the way to another."""
        return replace(
            other,
            share=self.share + (other.share - self.share) * along,
            hz=self.hz + (other.hz - self.hz) * along,
            beat=self.beat + (other.beat - self.beat) * along,
        )

    def softer(self, factor: float) -> Tone:
        return replace(self, share=self.share * factor)


@dataclass(frozen=True)
class Sound:
    """One of our voices, told so much for the whole night."""

    stem: str
    """The part's name where it is alone of its sort."""
    voice: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass
class Tuner:
    """Finds our sound for each tone, and says what had to be changed."""

    kinds: Mapping[str, Kind]
    remarks: list[str] = field(default_factory=list)

    def sound(self, tone: Tone) -> Sound | None:
        """The sound; None, with a remark, where there is none."""
        pan: tuple[tuple[str, Value], ...] = (("pan", round(tone.pan, 2)),) if round(tone.pan, 2) else ()
        if tone.shape == NAMED:
            return self._named(tone, pan)
        if tone.shape == BELL:
            return self._bell(tone, pan)
        shape = PURE if tone.shape == BINAURAL and round(tone.beat, 2) == 0 else tone.shape
        hz = self._within("tone", "tones", tone.hz, 2.0)
        if hz is None:
            return None
        if shape == PURE:
            return Sound("tone", "slow-pulse", (("tone", hz), ("depth", 0.0), *pan))
        beat = self._within("beat", "beats", tone.beat, None)
        stem, voice = ("beats", "between-the-ears") if shape == BINAURAL else ("pulse", "slow-pulse")
        depth = (("depth", round(tone.depth, 2)),) if shape == ISOCHRONIC and tone.depth < 1 else ()
        return None if beat is None else Sound(stem, voice, (("tone", hz), ("beat", beat), *depth, *pan))

    def _bell(self, tone: Tone, pan: tuple[tuple[str, Value], ...]) -> Sound:
        """A bell of ours rings now and then: as often as those there is the nearest it comes to a mark."""
        every = round(min(max(1 / tone.beat if tone.beat else _USUAL, _SOON), _SELDOM))
        row = self._row("bell", "pitch")
        pitch = round(min(max(tone.hz, row.low), row.high), 2)
        self.remarks.append(
            f"bells: single strokes on a mark there; here they ring now and then, about every {every} s."
        )
        return Sound("bell", "buoy-bell", (("pitch", pitch), ("every", float(every)), *pan))

    def _named(self, tone: Tone, pan: tuple[tuple[str, Value], ...]) -> Sound | None:
        found = counterpart(tone.name)
        if found is None:
            self.remarks.append(f"{quoted(tone.name)}: lullaby has no voice for it yet; left out.")
            return None
        name, ours = found
        if ours.played_as:
            self.remarks.append(f"{quoted(tone.name)}: played as {ours.played_as}.")
        return Sound(name, ours.voice, (*ours.values.items(), *pan))

    def _within(self, name: str, many: str, hz: float, reach: float | None) -> float | None:
        """The value, or the nearest our voices can; None where that is further off than `reach` times."""
        row = self._row("beats", name)
        if row.low <= hz <= row.high:
            return round(hz, 2)
        side, end = ("below", row.low) if hz < row.low else ("above", row.high)
        if reach is not None and not end / reach <= hz <= end * reach:
            far = end / reach if hz < end else end * reach
            self.remarks.append(f"{many} {side} {figure(far)} Hz are left out: they are out of reach.")
            return None
        self.remarks.append(f"{many} {side} {figure(end)} Hz are played at {figure(end)} Hz.")
        return end

    def _row(self, kind: str, name: str) -> Setting:
        row = self.kinds[kind].named(name)
        assert row is not None
        return row
