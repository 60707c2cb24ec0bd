"""The desk: voices, one shared room, and the master. It is fixed; there is nothing to patch.

    voice ─ level, pan ─┬───────────────────────┬─ high cut ─ fade ─ loudness, limiter ─ out
                        └─ send ─ the one room ─┘

A page starts from rest a lead-in before its first frame, whoever asks, so a night cut anywhere is the
same night. It runs past its end by the limiter's look-ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.bank import ROOM, STATE, fill_toned
from lullaby.kernels.limiter import LOOK_AHEAD, fill_limited, rest
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import mix_gliding, mix_steady
from lullaby.night.plan import Plan
from lullaby.night.reverberation import Reverberation
from lullaby.time import BLOCK, STEP, Span, page_span
from lullaby.voices.colour import colour
from lullaby.voices.controls import Floats
from lullaby.voices.resonators import ANY, matrices
from lullaby.voices.voice import Sound

TOP = 20_000.0
"""A high cut from here up is none."""


def mixed(plan: Plan, span: Span, only: str | None = None) -> Iterator[tuple[Span, Sound]]:
    """The voices and their room over the span, in blocks, before anything the master does.

    All starts from rest: who wants a lead-in asks for a longer span, by a whole number of slow points.
    With `only`, one voice alone and dry. A block may be used until the next one is asked for.
    """
    sounding = [
        (one, one.voice.render(one.key, span, one.controls))
        for one in plan.soundings
        if only in (None, one.name) and not one.is_silent(span)
    ]
    room = Reverberation(plan.room) if plan.room and only is None else None
    lone = len(sounding) == 1 and room is None
    bus, wet = blank((2, BLOCK)), blank((2, BLOCK if room else 0))
    for block in span.blocks():
        out, sent = _cut(bus, len(block)), _cut(wet, len(block)) if room else wet
        heard = False
        for one, sound in sounding:
            made = next(sound)
            left, right = one.place(block)
            if lone and len(left) == 1 and np.float32(left[0]) == np.float32(right[0]) == 1:
                heard, out = True, made  # what sounds alone and as it is needs no mixing
                continue
            heard |= _mix(made, left, right, one.sent(block), not heard, out, sent)
        if not heard:
            out[:], sent[:] = 0, 0
        if room:
            room.add(sent, out)
        yield block, out


_UNSENT = np.zeros(1)
_DRY = np.zeros((2, 0), np.float32)


def _mix(
    sound: Sound, left: Floats, right: Floats, share: Floats, fresh: bool, out: Sound, wet: Sound
) -> bool:
    """out (+)= sound × gains, wet (+)= a share of it: one each, or one a control point. False where that
    is nothing at all."""
    points = max(len(left), len(right), len(share))
    if points == 1:
        if not (left[0] or right[0]):
            return False
        a, b, c, d = _steady_gains(float(left[0]), float(right[0]), float(share[0]))
        mix_steady(sound, a, b, c, d, fresh, out, wet)
        return True
    gliding = (left, right, left * share, right * share)
    e, f, g, h = (np.broadcast_to(x, points).astype(np.float32) for x in gliding)
    mix_gliding(sound, e, f, g, h, fresh, out, wet)
    return True


def _cut(buffer: Sound, count: int) -> Sound:
    return buffer if count == buffer.shape[1] else np.ascontiguousarray(buffer[:, :count])


@lru_cache(maxsize=256)
def _steady_gains(left: float, right: float, share: float) -> tuple[np.float32, ...]:
    return np.float32(left), np.float32(right), np.float32(left * share), np.float32(right * share)


class Master:
    """The master during one call: high cut, the night's fade, loudness, the limiter."""

    def __init__(self, plan: Plan, gain: float = 1.0, ceiling: float = 1.0) -> None:
        self._plan = plan
        self._gain = np.float32(gain)
        self._ceiling = np.float32(ceiling)
        self._limiter = rest()
        self._tone = colour((), 0.0, 0.0, plan.high_cut, unity=False) if plan.high_cut < TOP else None
        self._state = zeros(STATE)
        self._room = zeros(ROOM)
        self._toned = blank((2, BLOCK))
        self._faded = blank((2, BLOCK))

    def toned(self, bus: Sound) -> Sound:
        """The block after the high cut."""
        if self._tone is None:
            return bus
        out = _cut(self._toned, bus.shape[1])
        fill_toned(bus, matrices(ANY), self._tone, self._state, self._room, out)
        return out

    def faded(self, block: Span, sound: Sound) -> Sound:
        """The block under the night's fade."""
        fade = self._plan.fade(block)
        if len(fade) == 1 and fade[0] == 1:
            return sound
        out = _cut(self._faded, sound.shape[1])
        if not _mix(sound, fade, fade, _UNSENT, True, out, _DRY):
            out[:] = 0
        return out

    def limit(self, sound: Sound, out: NDArray[np.float32]) -> None:
        """out[frames, 2]: the block LOOK_AHEAD frames late, its peaks held."""
        fill_limited(sound, self._gain, *self._limiter, self._ceiling, out.ctypes.data % 64 == 0, out)


def fill_page(plan: Plan, number: int, gain: float, ceiling: float, out: NDArray[np.float32]) -> None:
    """out[frames, 2] = one finished minute, or its first frames: as many as there is room for, in whole
    control points."""
    own = page_span(number)
    if own.start >= plan.length:
        out[:] = 0
        return
    master, aside = Master(plan, gain, ceiling), blank((BLOCK, 2))
    for block, bus in mixed(plan, Span(max(0, own.start - plan.lead), own.start + len(out) + LOOK_AHEAD)):
        sound = master.faded(block, master.toned(bus))
        first = block.start - LOOK_AHEAD - own.start  # what comes out belongs so much earlier
        if first >= 0:
            master.limit(sound, out[first : first + len(block)])
            continue
        master.limit(sound, aside[: len(block)])
        if first + len(block) > 0:
            out[: first + len(block)] = aside[-first : len(block)]


def fill_unlimited(plan: Plan, number: int, gain: float, out: NDArray[np.float32]) -> None:
    """out[frames, 2]: the same page before the limiter. With a plan of one voice alone this is its stem,
    its share of the room included; the stems of all voices add up to that of all together."""
    own = page_span(number)
    if own.start >= plan.length:
        out[:] = 0
        return
    master, loudness = Master(plan), np.float32(gain)
    for block, bus in mixed(plan, Span(max(0, own.start - plan.lead), own.start + len(out))):
        sound = _inside(master.faded(block, master.toned(bus)), block, own)
        first = max(block.start, own.start) - own.start
        out[first : first + sound.shape[1]] = sound.T * loudness


def before_the_limiter(plan: Plan, span: Span) -> Iterator[Sound]:
    """The span after high cut and fade, at gain 1: what loudness is measured on. It starts at a whole
    control point."""
    master = Master(plan)
    for block, bus in mixed(plan, Span(max(0, span.start - plan.lead), -(-span.stop // STEP) * STEP)):
        yield _inside(master.faded(block, master.toned(bus)), block, span)


def stem(plan: Plan, name: str, number: int) -> NDArray[np.float32]:
    """One voice's page alone: placed and levelled, dry, before the desk's gain. float32[frames, 2]."""
    own = page_span(number)
    blocks = mixed(plan, Span(max(0, own.start - plan.lead), own.stop), only=name)
    return np.concatenate([_inside(sound, block, own).T for block, sound in blocks])


def _inside(sound: Sound, block: Span, own: Span) -> Sound:
    """The part of the block that belongs to the page; none of it in the lead-in."""
    first = max(0, min(len(block), own.start - block.start))
    return np.ascontiguousarray(sound[:, first : own.stop - block.start]).copy()
