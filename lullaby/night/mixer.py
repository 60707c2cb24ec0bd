"""The mixer: tracks into one stereo bus, one reverb on a send, and the master. Its signal flow is fixed.

    track ── gain ── pan ──┬────────── dip ───┐
    track ── gain ── pan ──┤                  │
    teller ─ gain ── pan ──┼──────────────────┤
                           └─ send ── reverb ─┴─ bus ── tilt, high cut ── fades, gate ─┐
                                                                                       │
             out ── guard ── limiter ── gain for the score's loudness ─────────────────┘

While a story is told the other tracks make room for it: each by its duck, all of them by a dip in the band
that speech needs.

For headphones each track passes an HRTF in place of its pan; the reverb stays in stereo. What the bus and the
master do is here, what is done to finished pages (limiter, guard) is asked for in `pages`.

Everything here is made in blocks, and starts from rest wherever it is asked to: whoever wants a reverb that
has built up and filters that have settled asks for a lead-in before the first frame. Every page has the same
one, so that a night cut anywhere is the same night.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import dipping, exact
from lullaby.kernels.bank import SCRATCH, STATE, fill_toned
from lullaby.kernels.limiter import fill_limited, rest
from lullaby.kernels.memory import blank, zeros
from lullaby.kernels.mixing import mix_gliding, mix_steady
from lullaby.night.ears import Ears
from lullaby.night.loudness import PLAIN, Loudness
from lullaby.night.plan import Plan
from lullaby.night.reverberation import Reverberation
from lullaby.night.track import STILL, Receding
from lullaby.score import Curve
from lullaby.time import BLOCK, STEP, Span, page_span
from lullaby.voices.core.bed import laid_out
from lullaby.voices.core.colour import colour
from lullaby.voices.core.controls import Floats, control_points, slow_points, values
from lullaby.voices.core.resonators import ANY, Colour, matrices
from lullaby.voices.core.voice import Sound
from lullaby.voices.kinds import KINDS

TOP = 20_000.0
"""Hz: a high cut from here up is none."""

DARKER = (TOP, 4_000.0, 3_000.0, 2_000.0, 1_000.0)
"""Hz of the high cut at each step of the darkening; each step also tilts the mix by a dB per octave."""
DARK_FROM, DARK_TO = 125.0, 16_000.0
"""Hz between which it tilts: what is below keeps its level, so that nothing gets louder."""


def mixed(plan: Plan, span: Span, only: str | None = None) -> Iterator[tuple[Span, Sound]]:
    """The bus over the span, in blocks: all tracks and their reverb, before anything the master does.

    It starts from rest; a lead-in is a whole number of slow points. With `only`, one track alone and dry. A
    block may be used until the next one is asked for.
    """
    tracks = [t for t in plan.tracks if only in (None, t.name) and not t.is_silent(span)]
    tracks.sort(key=lambda track: track.tells)  # the dip is in what sounds before the tellers
    sounding = [(track, track.voice.render(track.key, span, track.controls)) for track in tracks]
    dip = Dip(plan.dip, before=sum(not track.tells for track in tracks))
    receding = Receding([track.recede for track, _ in sounding], span)
    reverb = Reverberation(plan.reverb) if plan.reverb and only is None else None
    resting = [(t.place(span, None), t.sent(span)) if t.rests_over(span) else None for t, _ in sounding]
    lone = len(sounding) == 1 and reverb is None and not plan.headphones
    ears = Ears(len(sounding)) if plan.headphones else None
    bus, wet = blank((2, BLOCK)), blank((2, BLOCK if reverb else 0))
    for block in span.blocks():
        out, sent = _cut(bus, len(block)), _cut(wet, len(block)) if reverb else wet
        heard = False
        recede_gains = receding.gains(block)
        if ears:
            out[:], sent[:] = 0, 0
        for number, (track, blocks) in enumerate(sounding):
            if number == dip.before and (heard or ears):
                out = dip.taken_out(block, out, bus)
            sound, receded = next(blocks), recede_gains.get(id(track.recede))
            rests = resting[number]
            left, right = rests[0] if rests else track.place(block, receded)
            if lone and len(left) == 1 and np.float32(left[0]) == np.float32(right[0]) == 1:
                heard, out = True, sound  # a single track at unity needs no mixing
                continue
            share = rests[1] if rests else track.sent(block)
            if ears and not KINDS[track.kind].for_each_ear:
                ears.hear(number, sound, track.loud(block, receded), track.seat(block), out)
                if reverb:
                    _mix(sound, left * share, right * share, _UNSENT, False, sent, _DRY)
                continue
            heard |= _mix(sound, left, right, share, not (heard or ears), out, sent)
        if dip.before == len(sounding) and (heard or ears):
            out = dip.taken_out(block, out, bus)
        if ears:
            ears.shade(out)
        elif not heard:
            out[:], sent[:] = 0, 0
        if reverb:
            reverb.add(sent, out)
        yield block, out


class Dip:
    """The dip in the bus during one call. Where it is 0 it passes sound bit for bit."""

    def __init__(self, curve: Curve, before: int) -> None:
        """`before`: the number of the first track that is heard without it."""
        self.before = before
        self._curve = curve
        self._state = np.zeros(dipping.STATE)

    def taken_out(self, block: Span, sound: Sound, bus: Sound) -> Sound:
        """The block with the dip in it; in place where it lies in the bus."""
        curve = self._curve
        if curve.rests_over(block.start, block.stop) and curve.value_at(block.start) == 0:
            return sound
        out = sound
        if not np.may_share_memory(sound, bus):  # a voice's own block
            out = _cut(bus, sound.shape[1])
            out[:] = sound
        depth = values(curve, control_points(block)).astype(np.float32)
        dipping.shape_dipped(depth, self._state, out)
        return out


_UNSENT = np.zeros(1)
_DRY = np.zeros((2, 0), np.float32)


def _mix(
    sound: Sound, left: Floats, right: Floats, share: Floats, fresh: bool, out: Sound, wet: Sound
) -> bool:
    """out (+)= sound × gains, wet (+)= share × that; gains are one each, or one a control point. `fresh`
    overwrites what is in `out`. False where all gains are 0, and nothing was written."""
    points = max(len(left), len(right), len(share))
    if points == 1:
        if not (left[0] or right[0]):
            return False
        a, b, c, d = _steady_gains(float(left[0]), float(right[0]), float(share[0]))
        mix_steady(sound, a, b, c, d, fresh, out, wet)
        return True

    mix_gliding(sound, left, right, share, fresh, out, wet)
    return True


def _cut(buffer: Sound, count: int) -> Sound:
    return buffer if count == buffer.shape[1] else np.ascontiguousarray(buffer[:, :count])


@lru_cache(maxsize=256)
def _steady_gains(left: float, right: float, share: float) -> tuple[np.float32, ...]:
    return np.float32(left), np.float32(right), np.float32(left * share), np.float32(right * share)


@lru_cache(maxsize=16)
def tones(high_cut: float) -> Colour:
    """The master's filters, a row for each step of the darkening."""
    octaves = float(exact.log2(DARK_TO / DARK_FROM))
    filters = []
    for step, top in enumerate(DARKER):
        tilt = ((DARK_FROM, 0.0), (DARK_TO, -step * octaves))
        filters.append(colour(tilt if step else (), 0.0, 0.0, min(top, high_cut), unity=False))
    return np.concatenate(filters)


def _tone_of(high_cut: float, steps: Floats) -> tuple[Colour, NDArray[np.float32]]:
    """The filters to crossfade between where the darkening takes these steps, and their weights at each."""
    colours = tones(high_cut)
    size = len(colours) // len(DARKER)
    first, last = int(steps.min()), -int(-steps.max() // 1)
    each = np.arange(first, last + 1)
    shares = np.clip(1 - np.abs(steps[:, None] - each), 0.0, 1.0)
    rows = laid_out(np.repeat(shares[:, :, None], 2, axis=2))
    return colours[first * size : (last + 1) * size], rows


@lru_cache(maxsize=64)
def _resting_tone(high_cut: float, step: float) -> tuple[Colour, NDArray[np.float32]]:
    return _tone_of(high_cut, np.array([step]))


def darkened(plan: Plan, frame: int) -> tuple[float, float]:
    """By how many dB an octave the mix is tilted at this frame because somebody sleeps, and the Hz of its
    high cut."""
    step = STILL.value_at(frame) if plan.darkening is None else plan.darkening.value_at(frame)
    if step <= 0:
        return 0.0, plan.high_cut
    # between two steps both cuts are heard, crossfaded: an ear takes it for one between them
    low, high = DARKER[int(step)], DARKER[-int(-step // 1)]
    return step, min(plan.high_cut, low * (high / low) ** (step % 1))


class Master:
    """The master during one call, with the state of its filters and its limiter: tilt and high cut, fades and
    gate, gain, limiter."""

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
        """The block after high cut and tilt."""
        if not self._cuts:
            return bus
        colours, weights = self._tone(block)
        out = _cut(self._toned, bus.shape[1])
        fill_toned(bus, matrices(ANY), colours, weights, self._state, self._scratch, out)
        return out

    def _tone(self, block: Span) -> tuple[Colour, NDArray[np.float32]]:
        """The filters to crossfade between over this block, and their weights; one where nothing moves."""
        high_cut, dark = self._plan.high_cut, self._plan.darkening or STILL
        if dark.rests_over(block.start, block.stop):
            return _resting_tone(high_cut, dark.value_at(block.start))
        return _tone_of(high_cut, values(dark, slow_points(block)))

    def faded(self, block: Span, sound: Sound) -> Sound:
        """The block after fades and gate."""
        fade = self._plan.fade(block)
        if len(fade) == 1 and fade[0] == 1:
            return sound
        out = _cut(self._faded, sound.shape[1])
        if not _mix(sound, fade, fade, _UNSENT, True, out, _DRY):
            out[:] = 0
        return out

    def limit(self, sound: Sound, out: NDArray[np.float32], stays_in_cache: bool = False) -> None:
        """out[frames, 2]: the block LOOK_AHEAD frames late, after gain and limiter."""
        past_cache = not stays_in_cache and out.ctypes.data % 64 == 0
        fill_limited(sound, self._gain, *self._limiter, self._ceiling, past_cache, out)


def before_the_limiter(plan: Plan, span: Span) -> Iterator[Sound]:
    """The span after tilt, high cut, fades and gate, at a gain of 1: what loudness is measured on. It starts
    at a whole control point."""
    master = Master(plan)
    for block, bus in mixed(plan, Span(max(0, span.start - plan.lead), -(-span.stop // STEP) * STEP)):
        yield inside(master.faded(block, master.toned(bus, block)), block, span)


def stem(plan: Plan, name: str, number: int) -> NDArray[np.float32]:
    """One track's page alone: after gain and pan, dry, before the master. float32[frames, 2]."""
    own = page_span(number)
    blocks = mixed(plan, Span(max(0, own.start - plan.lead), own.stop), only=name)
    return np.concatenate([inside(sound, block, own).T for block, sound in blocks])


def inside(sound: Sound, block: Span, own: Span) -> Sound:
    """The part of the block that belongs to the page; none of it in the lead-in."""
    first = max(0, min(len(block), own.start - block.start))
    return np.ascontiguousarray(sound[:, first : own.stop - block.start]).copy()
