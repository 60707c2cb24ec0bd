"""What all plucked and struck instruments do: their partials fade, and some noise goes with the attack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Setting
from lullaby.time import Span
from lullaby.voices.core.bursts import Bursting, bursts
from lullaby.voices.core.chances import between, by_ratio, words
from lullaby.voices.core.common_settings import number
from lullaby.voices.core.controls import Controls, Floats, Frames
from lullaby.voices.core.onsets import Combined, Events, OneShots
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.voice import Sound
from lullaby.voices.instruments.fading import E_FOLDS_60, Fading, Partials, fading, usual_size
from lullaby.voices.instruments.notes import Notes, notes_near, onsets_in

LONGEST_RING = 30.0
"""Seconds: however low a string is, it is 60 dB down by then."""


def rings(ring: float, release: float) -> tuple[Setting, ...]:
    """How long a note lasts, and how loud its attack is."""
    return (
        number("ring", ring, "s", 0.3, 20, "until a note at its pitch is 60 dB down by itself", moves=False),
        number("release", release, "s", 0.05, 10, "until a released note is 60 dB down", moves=False),
        number("noise", 0.0, "dB", -60, 12, "more of finger, felt or pin in the attack", moves=False),
    )


@dataclass(frozen=True)
class Knock:
    """A burst of noise at the onset."""

    hz: tuple[float, float]
    """Its middle is drawn between these."""
    breadth: float
    """Bandwidth over frequency."""
    decay: float
    """Seconds in which it falls to 1/e."""
    rise: float
    db: float
    """Beside a usual note."""


@dataclass(frozen=True)
class RingingInstrument:
    """A note is a closed form of the time since its onset."""

    rise: float
    """Seconds: the time constant of the attack."""
    fall: float
    """How much sooner high notes die: an octave up lasts 2^-fall as long."""
    knocks: tuple[Knock, ...]
    memory: float = 0.0

    def partials(self, key: Key, notes: Notes, controls: Controls) -> Partials:
        """The partials of these notes: as loud as usual ones, and brighter or duller for their velocity."""
        raise NotImplementedError

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        sounding = self._sounding(key, span, controls)
        for block in span.blocks():
            # rows that follow each other, as every voice's: for others the mixer's kernels are compiled again
            yield np.ascontiguousarray(sounding.sound(block)[:, : len(block)])

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        return onsets_in(key, span, controls)

    def ring_of(self, hz: Floats, controls: Controls) -> Floats:
        """Seconds until notes of these pitches are 60 dB down by themselves."""
        longer = exact.power(controls.number("pitch", 0) / hz, self.fall)
        return np.minimum(controls.number("ring", 0) * longer, LONGEST_RING)

    def _sounding(self, key: Key, span: Span, controls: Controls) -> Combined:
        notes = notes_near(key, span, LONGEST_RING, controls)
        partials = self.partials(key, notes, controls)
        tau = controls.number("ring", 0) / E_FOLDS_60
        size = usual_size(partials, tau) * notes.force
        seat = controls.number("seat", 0) + between(key / "lean", notes.index, -0.05, 0.05)
        release = controls.number("release", 0)
        tones = Fading(*fading(notes, partials, size=size, rise=self.rise, release=release, seat=seat))
        return Combined(tones, *self._noises(key, notes, size, seat, controls))

    def _noises(
        self, key: Key, notes: Notes, size: Floats, seat: Floats, controls: Controls
    ) -> Iterator[OneShots]:
        begins = ~notes.swells  # what swells has no attack
        events = Events(notes.onset[begins], notes.index[begins])
        left, right = pan_gains(seat[begins])
        for number_of, knock in enumerate(self.knocks):
            own = key / "knock" / number_of
            loud = size[begins] * exact.gain(knock.db + controls.number("noise", 0))
            loud = loud * np.sqrt(notes.force[begins]) * exact.gain(between(own / "db", events.index, -2, 2))
            flat = np.full(events.index.shape, 1.0)
            yield Bursting(
                bursts(
                    events,
                    pitch=by_ratio(own / "hz", events.index, *knock.hz),
                    breadth=flat * knock.breadth,
                    decay=flat * knock.decay,
                    rise=flat * knock.rise,
                    left=loud * left,
                    right=loud * right,
                    seed=words(own / "seed", events.index),
                )
            )


def faded_at(hz: Floats, fundamental: Floats, first: Floats, inner: float) -> Floats:
    """Time constants of partials, where the fundamentals' are `first`. What a string loses within itself and
    to the air grows with frequency, so that its upper partials die sooner: by `inner` a second at 1 kHz."""
    lost = inner * (exact.power(hz / 1_000, 1.5) - exact.power(fundamental / 1_000, 1.5))
    return np.asarray(1 / (1 / first + np.maximum(lost, 0.0)))
