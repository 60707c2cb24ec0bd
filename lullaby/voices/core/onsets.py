"""Random events (drops, crackles, strokes), and the one-shot sounds that begin at them.

Events are drawn per fixed cell of time, so that a span needs only the cells that can reach into it. Each cell
holds as many candidates as the fastest rate that may be set; a candidate happens where its own draw is under
the rate at that moment. Raising a rate adds events and moves none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
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
from lullaby.voices.core.voice import Sound

Rings: TypeAlias = NDArray[np.void]

CELL = RATE // 4
_DB_100 = 16.609640474436812  # halvings of amplitude in 100 dB: 5 log2(10)


@dataclass(frozen=True)
class Events:
    """Events of a span: onset frames, and the number that each event's own random draws are made from."""

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
    """The events that happen at this rate (a second, at each onset)."""
    per_cell = max(1, int(np.ceil(most * CELL / RATE)))
    happens = uniform(key / "happens", events.index) * (per_cell * RATE / CELL) < rate
    return Events(events.onsets[happens], events.index[happens])


def events_at_rate(key: Key, span: Span, rate: Callable[[Frames], Floats], most: float, reach: int) -> Events:
    """The events at this rate, in order, whose onset lies in the span or up to `reach` frames before it."""
    found = candidates(key, span, reach, most)
    order = np.argsort(found.onsets, kind="stable")
    found = Events(found.onsets[order], found.index[order])
    if not len(found.onsets):
        return found
    return happening(key, found, rate(found.onsets), most)


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
    """A table of decaying partials: pitches in Hz, decay and rise as time constants in seconds."""
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
    return np.take(out, np.argsort(out["onset"], kind="stable"))  # an index would take ten times as long


class OneShots:
    """The one-shot sounds of a table, sorted by onset, for one call; and buffers to add them up in."""

    def __init__(self, table: Rings, scratch: int = LANES) -> None:
        self._table = table
        self._onsets = np.ascontiguousarray(table["onset"]).data  # numpy searches five times as slowly
        self._longest = int(table["life"].max()) if len(table) else 0
        self._scratch = zeros((scratch,))
        self._sound = np.zeros((2, BLOCK + LANES), np.float32)

    def sound(self, span: Span) -> Sound:
        """The sum of all that sounds in this block."""
        self._sound[:] = 0
        self.add_to(span, self._sound)
        return self._sound[:, : len(span)]

    def add_to(self, span: Span, sound: Sound) -> None:
        """Adds the sounds to a block with sixteen frames more than the span."""
        first = bisect_left(self._onsets, span.start - self._longest)
        last = bisect_left(self._onsets, span.stop)
        if last > first:
            self._add(first, last, span, sound)

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        raise NotImplementedError


class Ringing(OneShots):
    """A table of rings: decaying partials."""

    def _add(self, first: int, last: int, span: Span, sound: Sound) -> None:
        add_rings(self._table, first, last, span.start, len(span), self._scratch, sound)


class Combined:
    """The sum of several tables."""

    def __init__(self, first: OneShots, *others: OneShots) -> None:
        self._tables = (first, *others)
        self._scratch = np.zeros((2, BLOCK + LANES), np.float32)

    def sound(self, span: Span) -> Sound:
        """Everything that sounds in this block, and scratch behind it that is not part of it.

        A view without it would have the kernel that reads this compiled once more, for rows that lie apart.
        """
        self._scratch[:] = 0
        for table in self._tables:
            table.add_to(span, self._scratch)
        return self._scratch
