"""The desk: voices, one shared room, and the master. It is fixed; there is nothing to patch.

    voice ─ level, pan ─┬────────────────────────┬─ high cut ─ fade, loudness ─ limiter ─ out
                        └─ send ─ the one room ──┘

A page starts from rest a lead-in before its first frame, whoever asks, so a night cut anywhere is the
same night. It runs past its end by the limiter's look-ahead.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.bank import fill_coloured
from lullaby.kernels.finishing import fill_interleaved
from lullaby.kernels.limiter import LOOK_AHEAD, rest, shape_limited
from lullaby.kernels.mixing import add_gliding, add_steady
from lullaby.night.plan import Plan, Sounding
from lullaby.night.reverberation import Reverberation
from lullaby.time import BLOCK, PAGE, STEP, Span, page_span
from lullaby.voices.colour import colour, poles
from lullaby.voices.controls import control_points
from lullaby.voices.voice import Sound

TOP = 20_000.0
"""A high cut from here up is none."""


def mixed(plan: Plan, span: Span, only: str | None = None) -> Iterator[tuple[Span, Sound]]:
    """The voices and their room over the span, in blocks, before anything the master does.

    The span's start is a whole number of blocks. Nothing before it is heard: who wants a lead-in asks
    for a longer span. With `only`, one voice alone and dry.
    """
    sounding = [
        (one, _from(one, span)) for one in plan.soundings if only in (None, one.name) and not one.is_silent(span)
    ]
    room = Reverberation(plan.room) if plan.room and only is None else None
    bus, wet = np.zeros((2, BLOCK), np.float32), np.zeros((2, BLOCK), np.float32)
    for block in span.blocks():
        out, sent = _cut(bus, len(block)), _cut(wet, len(block))
        out[:] = 0
        if room:
            sent[:] = 0
        points = control_points(block)
        for one, sound in sounding:
            left, right = one.place(points)
            _add(next(sound), left, right, out)
        if room:
            # the voices once more, each by its share: what they just made is still in their blocks
            for one, sound in sounding:
                pass
            room.add(sent, out)
        yield block, out


def _cut(buffer: Sound, count: int) -> Sound:
    return buffer if count == buffer.shape[1] else np.ascontiguousarray(buffer[:, :count])
