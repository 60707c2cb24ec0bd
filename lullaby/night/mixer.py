"""The mixer: voices, one shared room, and the master. It is fixed; there is nothing to patch.

    voice ─ level, pan ─┬───────────────────────┬─ high cut ─ fade ─ loudness, limiter ─ guard ─ out
                        └─ send ─ the one room ─┘

For headphones a voice goes around a head to both ears before it meets the others; the room stays as it is.

A page starts from rest a lead-in before its first frame, whoever asks, so a night cut anywhere is the
same night. It runs past its end by the limiter's look-ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.bank import SCRATCH, STATE, fill_toned
from lullaby.kernels.limiter import fill_limited, rest
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import mix_gliding, mix_steady
from lullaby.night.ears import Ears
from lullaby.night.loudness import PLAIN, Loudness
from lullaby.night.plan import Plan
from lullaby.night.reverberation import Reverberation
from lullaby.night.track import STILL, Receding
from lullaby.time import BLOCK, STEP, Span, page_span
from lullaby.voices.core.bed import laid_out
from lullaby.voices.core.colour import colour
from lullaby.voices.core.controls import Floats, slow_points, values
from lullaby.voices.core.resonators import ANY, Colour, matrices
from lullaby.voices.core.voice import Sound
from lullaby.voices.kinds import KINDS

TOP = 20_000.0
"""A high cut from here up is none."""

DARKER = (TOP, 4_000.0, 3_000.0, 2_000.0, 1_000.0)
"""Hz up to which a night is heard at each step of its darkening, which falls a dB an octave more."""
DARK_FROM, DARK_TO = 125.0, 16_000.0
"""Hz between which it falls: what is below keeps its level, so that nothing is made louder by it."""


def mixed(plan: Plan, span: Span, only: str | None = None) -> Iterator[tuple[Span, Sound]]:
    """The voices and their room over the span, in blocks, before anything the master does.

    All starts from rest: who wants a lead-in asks for a longer span, by a whole number of slow points.
    With `only`, one voice alone and dry. A block may be used until the next one is asked for.
    """
    sounding = [
        (one, one.voice.render(one.key, span, one.controls))
        for one in plan.tracks
        if only in (None, one.name) and not one.is_silent(span)
    ]
    receding = Receding([one.recede for one, _ in sounding], span)
    room = Reverberation(plan.room) if plan.room and only is None else None
    lone = len(sounding) == 1 and room is None and not plan.headphones
    ears = Ears(len(sounding)) if plan.headphones else None
    bus, wet = blank((2, BLOCK)), blank((2, BLOCK if room else 0))
    for block in span.blocks():
        out, sent = _cut(bus, len(block)), _cut(wet, len(block)) if room else wet
        heard = False
        held = receding.over(block)
        if ears:
            out[:], sent[:] = 0, 0
        for number, (one, sound) in enumerate(sounding):
            made, back = next(sound), held.get(id(one.recede))
            left, right = one.place(block, back)
            if lone and len(left) == 1 and np.float32(left[0]) == np.float32(right[0]) == 1:
                heard, out = True, made  # what sounds alone and as it is needs no mixing
                continue
            share = one.sent(block)
            if ears and not KINDS[one.kind].for_each_ear:
                ears.hear(number, made, one.loud(block, back), one.seat(block), out)
                if room:
                    _mix(made, left * share, right * share, _UNSENT, False, sent, _DRY)
                continue
            heard |= _mix(made, left, right, share, not (heard or ears), out, sent)
        if ears:
            ears.shade(out)
        elif not heard:
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


@lru_cache(maxsize=16)
def tones(high_cut: float) -> Colour:
    """The master's colours, a row for each step of darkening."""
    octaves = float(exact.log2(DARK_TO / DARK_FROM))
    made = []
    for step, top in enumerate(DARKER):
        falls = ((DARK_FROM, 0.0), (DARK_TO, -step * octaves))
        made.append(colour(falls if step else (), 0.0, 0.0, min(top, high_cut), unity=False))
    return np.concatenate(made)


class Master:
    """The master during one call: high cut and darkening, the night's fade, loudness, the limiter."""

    def __init__(self, plan: Plan, loudness: Loudness = PLAIN) -> None:
        self._plan = plan
        self._gain = np.float32(loudness.gain)
        self._ceiling = np.float32(loudness.ceiling or 1.0)
        self._limiter = rest()
        self._cuts = plan.high_cut < TOP or plan.darkening is not None
        self._state = zeros(STATE)
        self._scratch = zeros(SCRATCH)
        self._toned = blank((2, BLOCK))
        self._faded = blank((2, BLOCK))

    def toned(self, bus: Sound, block: Span) -> Sound:
        """The block after the high cut, and as dark as the night is by now."""
        if not self._cuts:
            return bus
        colours, weights = self._tone(block)
        out = _cut(self._toned, bus.shape[1])
        fill_toned(bus, matrices(ANY), colours, weights, self._state, self._scratch, out)
        return out

    def _tone(self, block: Span) -> tuple[Colour, NDArray[np.float32]]:
        """The colours to mix over this block, and by how much: of one that rests, only itself."""
        colours, dark = tones(self._plan.high_cut), self._plan.darkening or STILL
        size = len(colours) // len(DARKER)
        if dark.rests_over(block.start, block.stop):
            steps = np.array([dark.value_at(block.start)])
        else:
            steps = values(dark, slow_points(block))
        first, last = int(steps.min()), -int(-steps.max() // 1)
        each = np.arange(first, last + 1)
        shares = np.clip(1 - np.abs(steps[:, None] - each), 0.0, 1.0)
        rows = laid_out(np.repeat(shares[:, :, None], 2, axis=2))
        return colours[first * size : (last + 1) * size], rows

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


def before_the_limiter(plan: Plan, span: Span) -> Iterator[Sound]:
    """The span after high cut and fade, at gain 1: what loudness is measured on. It starts at a whole
    control point."""
    master = Master(plan)
    for block, bus in mixed(plan, Span(max(0, span.start - plan.lead), -(-span.stop // STEP) * STEP)):
        yield inside(master.faded(block, master.toned(bus, block)), block, span)


def stem(plan: Plan, name: str, number: int) -> NDArray[np.float32]:
    """One voice's page alone: placed and levelled, dry, before the mixer's gain. float32[frames, 2]."""
    own = page_span(number)
    blocks = mixed(plan, Span(max(0, own.start - plan.lead), own.stop), only=name)
    return np.concatenate([inside(sound, block, own).T for block, sound in blocks])


def inside(sound: Sound, block: Span, own: Span) -> Sound:
    """The part of the block that belongs to the page; none of it in the lead-in."""
    first = max(0, min(len(block), own.start - block.start))
    return np.ascontiguousarray(sound[:, first : own.stop - block.start]).copy()
