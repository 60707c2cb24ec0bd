"""Instruments that are bowed, blown or sung: a note is its harmonics under a smooth envelope, from one player
or from several who are not quite together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.held import HELD, SCRATCH, add_held
from lullaby.score.settings import Setting
from lullaby.time import RATE, Span
from lullaby.voices.core.chances import between, words
from lullaby.voices.core.common_settings import number
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.onsets import OneShots
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.unity import MINUS_27
from lullaby.voices.core.voice import Sound
from lullaby.voices.instruments.bodies import tilted
from lullaby.voices.instruments.notes import USUAL, Notes, notes_near, onsets_in

Table: TypeAlias = NDArray[np.void]

TOP = 0.42 * RATE
"""Hz: no harmonic is higher."""
_TURN = 2.0**64


def holds(hold: float, attack: float, release: float, vibrato: float) -> tuple[Setting, ...]:
    """How a note comes and goes."""
    return (
        number("hold", hold, "s", 0.5, 30, "longer notes, where it finds them itself", moves=False),
        number("attack", attack, "s", 0.02, 10, "notes that come more slowly", moves=False),
        number("release", release, "s", 0.05, 10, "notes that go more slowly", moves=False),
        number("vibrato", vibrato, "cents", 0, 40, "a wider vibrato", moves=False),
    )


@dataclass(frozen=True)
class Player:
    """How one who plays or sings does it."""

    most: int
    """Harmonics, at the most."""
    detune: tuple[float, ...] = (0.0,)
    """Cents, for each who plays."""
    swings: tuple[float, float] = (4.5, 5.2)
    """Hz of vibrato."""
    late: tuple[float, float] = (0.5, 0.9)
    """Seconds until it begins."""
    tremble: float = 0.0
    """How far the level swings with the pitch, of 1."""
    waver: float = 0.0
    """How far the level wavers by noise, of 1."""
    cell: int = 192
    """Frames from one draw of that noise to the next: 64, 192, 320 or 960."""
    colour: float = 4.0
    """dB an octave that a note is brighter at twice the velocity."""
    grows: float = 3.0
    """dB an octave that it is duller as it begins."""
    spread: float = 0.03
    """How far apart they sit, of the way from the middle to a side."""


class Holding(OneShots):
    """Notes that are held, for one call."""

    def __init__(self, table: Table, soft: NDArray[np.float32], full: NDArray[np.float32]) -> None:
        super().__init__(table, SCRATCH)
        self._soft, self._full = soft, full

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_held(
            self._table, first, last, self._soft, self._full, span.start, len(span), self._scratch, sound
        )


@dataclass(frozen=True)
class HeldInstrument:
    """A note is a closed form of the time since its onset."""

    player: Player
    memory: float = 0.0

    def harmonics(self, hz: Floats, k: Floats) -> Floats:
        """Amplitudes of a usual note's harmonics, at these frequencies: a row a note."""
        raise NotImplementedError

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        notes = notes_near(key, span, controls.number("hold", 0), controls)
        holding = Holding(*self._table(key, notes, controls))
        for block in span.blocks():
            # rows that follow each other, as every voice's: for others the mixer's kernels are compiled again
            yield np.ascontiguousarray(holding.sound(block))

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        return onsets_in(key, span, controls)

    def _table(
        self, key: Key, notes: Notes, controls: Controls
    ) -> tuple[Table, NDArray[np.float32], NDArray[np.float32]]:
        """A row for each player of each note."""
        who, each = self.player, len(self.player.detune)
        of = np.repeat(np.arange(len(notes)), each)
        place = np.tile(np.arange(each), len(notes))
        index = notes.index[of] * 8 + place
        cents = np.array(who.detune)[place] + between(key / "detune", index, -0.3, 0.3)
        hz = notes.hz[of] * exact.exp2(cents / 1200)
        soft, full = self._amplitudes(key, notes, of, index, controls)
        table = np.zeros(len(of), HELD)
        table["onset"] = notes.onset[of]
        attack = between(key / "attack", index, 0.9, 1.1) * controls.number("attack", 0)
        attack = attack * exact.power(USUAL / np.maximum(notes.velocity[of], 0.1), 0.3)
        # a short note has no time for a long attack, unless nobody may be startled
        attack = np.maximum(np.minimum(attack, 0.8 * notes.frames[of] / RATE), 0.02)
        # a smoothstep is at nine tenths after four fifths of its time
        attack = np.maximum(attack, 1.3 * notes.swell[of])
        release = np.maximum(controls.number("release", 0), 0.8 * notes.swell[of])
        table["rise"], table["fall"] = 1 / (attack * RATE), 1 / (release * RATE)
        life = notes.frames[of] + (release * RATE).astype(np.int64)
        table["life"] = life
        table["pitch"] = np.rint(hz * (_TURN / RATE)).astype(np.int64)
        table["phase"] = words(key / "phase", index).astype(np.int64)
        swings = between(key / "swings", index, *who.swings)
        table["swing"] = np.rint(swings * (_TURN / RATE)).astype(np.int64)
        table["swung"] = words(key / "swung", index).astype(np.int64)
        wide = controls.number("vibrato", 0) * between(key / "wide", index, 0.7, 1.2)
        # so many cents are so many hertz; the phase swings by that over the rate
        table["depth"] = np.minimum(hz * (exact.exp2(wide / 1200) - 1) / swings / exact.TAU, 0.24)
        late = between(key / "late", index, *who.late) + attack
        table["late"], table["grow"] = late * RATE, 1 / (1.2 * RATE)
        table["tremble"] = who.tremble * min(1.0, controls.number("vibrato", 0) / 8)
        table["waver"], table["cell"] = who.waver, who.cell
        table["seed"] = (words(key / "seed", index) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        table["count"] = np.clip(np.floor(TOP / hz), 1, who.most).astype(np.int64)
        lean = between(key / "lean", index, -0.03, 0.03)
        if each > 1:
            lean = lean + who.spread * (2 * place / (each - 1) - 1)
        table["left"], table["right"] = pan_gains(controls.number("seat", 0) + lean)
        return table, soft, full

    def _amplitudes(
        self, key: Key, notes: Notes, of: Frames, index: Frames, controls: Controls
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What goes with a note's level, and what goes with its square: it grows brighter as it rises."""
        who = self.player
        k = np.arange(1, who.most + 1, dtype=np.float64)[None, :]
        level = self.harmonics(notes.hz[:, None] * k, k) * (notes.hz[:, None] * k < TOP)
        power = exact.total(level * level) / 2
        harder = who.colour * exact.log2(np.maximum(notes.velocity, 0.05) / USUAL)[:, None]
        level = level * tilted(k, harder + controls.number("bright", 0))
        size = np.sqrt(MINUS_27 / 2 / np.maximum(power * len(who.detune), 1e-12)) * notes.force
        level = (level * size[:, None])[of]
        level = level * exact.gain(between(key / "level", index[:, None] * 64 + k.astype(np.int64), -1, 1))
        soft = level * tilted(k, -who.grows)
        return soft.astype(np.float32), (level - soft).astype(np.float32)
