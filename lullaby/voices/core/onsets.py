"""Things that happen: drawn per fixed cell of time, so that a span asks every cell that can reach it.

Each cell holds as many candidates as the fastest rate the table allows; a candidate happens where its
own draw is under the rate at that moment. Raising a rate adds events and moves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.kernels.memory import zeros
from lullaby.kernels.rings import RING, add_rings
from lullaby.kernels.simd import LANES
from lullaby.time import BLOCK, RATE, Span
from lullaby.voices.core.chances import uniform
from lullaby.voices.core.controls import Floats, Frames
from lullaby.voices.core.unity import ROOT_2
from lullaby.voices.core.voice import Sound

Rings: TypeAlias = NDArray[np.void]

CELL = RATE // 4
_DB_100 = 16.609640474436812  # half-lives of amplitude in 100 dB: 5 log2(10)


@dataclass(frozen=True)
class Events:
    """What may happen in a span: onset frames, and the number each draw of an event is made from."""

    onsets: Frames
    index: Frames


def candidates(key: Key, span: Span, reach: int, most: float) -> Events:
    """All candidates whose onset lies in the span or up to `reach` frames before it; `most` a second."""
    per_cell = max(1, int(np.ceil(most * CELL / RATE)))
    first, last = max(0, span.start - reach) // CELL, -(-span.stop // CELL)
    index = np.arange(first * per_cell, last * per_cell, dtype=np.int64)
    # anywhere in the cell: no lattice, and within a cell no order
    onset = index // per_cell * CELL + (uniform(key / "onset", index) * CELL).astype(np.int64)
    inside = (onset >= span.start - reach) & (onset < span.stop)
    return Events(onset[inside], index[inside])


def happening(key: Key, events: Events, rate: Floats, most: float) -> Events:
    """Those that happen at this rate (a second, at each onset)."""
    per_cell = max(1, int(np.ceil(most * CELL / RATE)))
    happens = uniform(key / "happens", events.index) * (per_cell * RATE / CELL) < rate
    return Events(events.onsets[happens], events.index[happens])


def rings(
    events: Events,
    *,
    pitch: Floats,
    decay: Floats,
    rise: Floats,
    left: Floats,
    right: Floats,
    hiss: Floats,
    phase: Floats,
    seed: NDArray[np.uint64],
    bend: Floats | None = None,
) -> Rings:
    """A table for the kernel: pitches in Hz, decay and rise as time constants in seconds."""
    out = np.zeros(len(events.onsets), RING)
    out["onset"] = events.onsets
    per_frame = 1.4426950408889634 / RATE  # log2(e): time constants to halvings
    halvings = per_frame / np.maximum(decay, 1e-5)
    out["decay"] = exact.exp2(-halvings)
    out["life"] = (_DB_100 / halvings).astype(np.int64) + LANES
    out["rise"] = np.where(rise > 0, exact.exp2(-per_frame / np.maximum(rise, 1e-6)), 0.0)
    out["pitch"] = np.rint(pitch * (2.0**32 / RATE)).astype(np.int64)
    if bend is not None:
        out["bend"] = np.rint(bend * (2.0**32 / RATE / RATE)).astype(np.int64)
    out["phase"] = (phase * 2.0**32).astype(np.int64)
    out["left"], out["right"], out["hiss"] = left, right, hiss
    out["seed"] = (seed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    return out[np.argsort(out["onset"], kind="stable")]


class Happening:
    """What begins at one frame of a table after the other and lives on for a while: those of one call, and
    room to add them up in."""

    def __init__(self, table: Rings, room: int = LANES) -> None:
        self._table = table
        self._onsets = np.ascontiguousarray(table["onset"])
        self._longest = int(table["life"].max()) if len(table) else 0
        self._room = zeros((room,))
        self._sound = np.zeros((2, BLOCK + LANES), np.float32)

    def sound(self, span: Span) -> Sound:
        """Everything that sounds in this block, alone."""
        self._sound[:] = 0
        self.add_to(span, self._sound)
        return self._sound[:, : len(span)]

    def add_to(self, span: Span, sound: Sound) -> None:
        """The same, added to a block with sixteen frames more than the span."""
        first = int(np.searchsorted(self._onsets, span.start - self._longest))
        last = int(np.searchsorted(self._onsets, span.stop))
        if last > first:
            self._add(first, last, span, sound)

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        raise NotImplementedError


class Ringing(Happening):
    """Rings."""

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_rings(self._table, first, last, span.start, len(span), self._room, sound)


class Several:
    """More than one table, heard together."""

    def __init__(self, first: Happening, *others: Happening) -> None:
        self._parts = (first, *others)
        self._room = np.zeros((2, BLOCK + LANES), np.float32)

    def sound(self, span: Span) -> Sound:
        """Everything that sounds in this block, and behind it room that is not part of it. A view without
        that room would have the kernel that reads this compiled once more, for rows that lie apart."""
        self._room[:] = 0
        for part in self._parts:
            part.add_to(span, self._room)
        return self._room


def seats(place: Floats) -> tuple[Floats, Floats]:
    """Equal-power gains for places from -1 (left) to 1 (right); 1 and 1 in the middle."""
    turn = (np.clip(place, -1, 1) + 1) / 8
    return exact.cos_turns(turn) * ROOT_2, exact.sin_turns(turn) * ROOT_2
