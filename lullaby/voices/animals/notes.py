"""Tables of short tones for the kernel: what animals sing, sorted by onset."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels.notes import NOTE, add_notes
from lullaby.time import RATE, Span
from lullaby.voices.core.chances import words
from lullaby.voices.core.controls import Frames
from lullaby.voices.core.onsets import OneShots
from lullaby.voices.core.voice import Sound

Notes: TypeAlias = NDArray[np.void]

_TURN = 2.0**64


def notes(
    onsets: Frames,
    *,
    life: Any,
    pitch: Any,
    left: Any,
    right: Any,
    rise: Any,
    fall: Any,
    end_pitch: Any = None,
    arch: Any = 0.0,
    octave: Any = 0.0,
    phase: NDArray[np.uint64] | None = None,
) -> Notes:
    """A table. `life`, `rise` and `fall` in seconds; the pitch goes from `pitch` to `end_pitch` Hz, and
    half-way is `arch` Hz above the straight line between them. Notes that would not be heard are left out."""
    out = np.zeros(len(onsets), NOTE)
    out["onset"] = onsets
    life = np.maximum(np.asarray(life, np.float64) * RATE, 8.0)
    out["life"] = life.astype(np.int64)
    out["rise"] = 1 / np.maximum(np.asarray(rise, np.float64) * RATE, 1.0)
    out["fall"] = 1 / np.maximum(np.asarray(fall, np.float64) * RATE, 1.0)
    pitch = np.asarray(pitch, np.float64)
    end_pitch = pitch if end_pitch is None else np.asarray(end_pitch, np.float64)
    arch = np.asarray(arch, np.float64)
    # p(x) = pitch + (to − pitch) x + 4 arch x (1 − x), x from 0 to 1 through the note
    out["pitch"] = np.rint(pitch * (_TURN / RATE)).astype(np.int64)
    out["bend"] = np.rint((end_pitch - pitch + 4 * arch) / life * (_TURN / RATE)).astype(np.int64)
    out["curl"] = np.rint(-8 * arch / (life * life) * (_TURN / RATE)).astype(np.int64)
    out["octave"], out["left"], out["right"] = octave, left, right
    if phase is not None:
        out["phase"] = phase.astype(np.int64)
    heard = (np.abs(out["left"]) + np.abs(out["right"])) > 1e-6
    return together(out if heard.all() else np.compress(heard, out))


def together(*tables: Notes) -> Notes:
    """Several tables as one, sorted."""
    out = tables[0] if len(tables) == 1 else np.concatenate(tables)
    return np.take(out, np.argsort(out["onset"], kind="stable"))  # an index would take ten times as long


def phases(key: Key, index: Any) -> NDArray[np.uint64]:
    """A random phase for each note."""
    return words(key / "phase", index)


class Singing(OneShots):
    """A table of notes: short tones."""

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_notes(self._table, first, last, span.start, len(span), sound)
