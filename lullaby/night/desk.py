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

from lullaby.kernels.bank import SCRATCH, STATE, fill_coloured
from lullaby.kernels.finishing import fill_interleaved
from lullaby.kernels.limiter import LOOK_AHEAD, rest, shape_limited
from lullaby.kernels.mixing import add_gliding, add_steady
from lullaby.night.plan import Plan, Sounding
from lullaby.night.reverberation import Reverberation
from lullaby.time import BLOCK, PAGE, Span, page_span
from lullaby.voices.colour import colour, poles
from lullaby.voices.controls import Floats
from lullaby.voices.voice import Sound

TOP = 20_000.0
"""A high cut from here up is none."""


def mixed(plan: Plan, span: Span, only: str | None = None) -> Iterator[tuple[Span, Sound]]:
    """The voices and their room over the span, in blocks, before anything the master does.

    The span starts at a whole block, and from rest: who wants a lead-in asks for a longer span. With
    `only`, one voice alone and dry. A block may be used until the next one is asked for.
    """
    sounding = [
        (one, _from(one, span)) for one in plan.soundings if only in (None, one.name) and not one.is_silent(span)
    ]
    room = Reverberation(plan.room) if plan.room and only is None else None
    bus, wet = np.zeros((2, BLOCK), np.float32), np.zeros((2, BLOCK), np.float32)
    for block in span.blocks():
        out, sent = _cut(bus, len(block)), _cut(wet, len(block))
        out[:] = 0
        sent[:] = 0
        for one, sound in sounding:
            made = next(sound)
            left, right = one.place(block)
            _add(made, left, right, out)
            if room:
                share = one.sent(block)
                _add(made, left * share, right * share, sent)
        if room:
            room.add(sent, out)
        yield block, out


def _from(one: Sounding, span: Span) -> Iterator[Sound]:
    """The voice from the span's start on, having heard what it remembers of its own past."""
    lead = min(one.lead, span.start)
    sound = one.voice.render(one.key, Span(span.start - lead, span.stop), one.controls)
    for _ in range(lead // BLOCK):
        next(sound)
    return sound


def _add(sound: Sound, left: Floats, right: Floats, out: Sound) -> None:
    """out += sound × gains: one a side, or one a control point."""
    if len(left) == 1 and len(right) == 1:
        if left[0] or right[0]:
            add_steady(sound, np.float32(left[0]), np.float32(right[0]), out)
    else:
        add_gliding(sound, left.astype(np.float32), right.astype(np.float32), out)


def _cut(buffer: Sound, count: int) -> Sound:
    return buffer if count == buffer.shape[1] else np.ascontiguousarray(buffer[:, :count])


class Master:
    """The master during one call: high cut, the night's fade and loudness, the limiter."""

    def __init__(self, plan: Plan, gain: float, ceiling: float) -> None:
        self._plan = plan
        self._gain = gain
        self._ceiling = np.float32(ceiling)
        self._limiter = rest()
        self._cut = colour((), 0.0, 0.0, plan.score.high_cut, unity=False) if plan.score.high_cut < TOP else None
        self._states = np.zeros((2, STATE), np.float32)
        self._scratch = np.zeros(SCRATCH, np.float32)
        self._one = np.ones(1, np.float32)
        self._toned = np.zeros((2, BLOCK), np.float32)
        self._levelled = np.zeros((2, BLOCK), np.float32)
        self._limited = np.zeros((2, BLOCK), np.float32)

    def levelled(self, block: Span, bus: Sound) -> Sound:
        """The block after high cut, fade and gain, before the limiter: what loudness is measured on."""
        toned = self._tone(bus)
        out = _cut(self._levelled, len(block))
        out[:] = 0
        fade = self._plan.fade(block) * self._gain
        _add(toned, fade, fade, out)
        return out

    def limited(self, levelled: Sound) -> Sound:
        """The block LOOK_AHEAD frames late, its peaks held."""
        line, hold = self._limiter
        out = _cut(self._limited, levelled.shape[1])
        shape_limited(levelled, line, hold, self._ceiling, out)
        return out

    def _tone(self, bus: Sound) -> Sound:
        if self._cut is None:
            return bus
        out = _cut(self._toned, bus.shape[1])
        for side in (0, 1):
            fill_coloured(
                bus[side],
                poles().matrices,
                self._cut,
                self._one,
                True,
                self._states[side],
                self._scratch,
                out[side],
            )
        return out


def page(plan: Plan, number: int, gain: float, ceiling: float) -> NDArray[np.float32]:
    """One finished minute, float32[frames, 2]."""
    own = page_span(number)
    out = np.empty((PAGE, 2), np.float32)
    if own.start >= plan.length:
        out[:] = 0
        return out
    master = Master(plan, gain, ceiling)
    start = max(0, own.start - plan.lead)
    for block, bus in mixed(plan, Span(start, own.stop + LOOK_AHEAD)):
        done = master.limited(master.levelled(block, bus))
        # what came out belongs LOOK_AHEAD frames earlier
        first = block.start - LOOK_AHEAD - own.start
        skip = max(0, -first)
        if skip < len(block):
            fill_interleaved(np.ascontiguousarray(done[:, skip:]), out[first + skip : first + len(block)])
    return out


def before_the_master(plan: Plan, number: int) -> Iterator[Sound]:
    """A page as the master hears it after fade and high cut, at gain 1: for measuring loudness."""
    own = page_span(number)
    master = Master(plan, 1.0, 1.0)
    for block, bus in mixed(plan, Span(max(0, own.start - plan.lead), own.stop)):
        levelled = master.levelled(block, bus)
        if block.start >= own.start:
            yield levelled


def stem(plan: Plan, name: str, number: int) -> NDArray[np.float32]:
    """One voice's page alone: placed and levelled, dry, before the desk's gain."""
    own = page_span(number)
    out = np.zeros((PAGE, 2), np.float32)
    for block, sound in mixed(plan, own, only=name):
        first = block.start - own.start
        fill_interleaved(sound, out[first : first + len(block)])
    return out
