"""A true-peak limiter with look-ahead: a pure delay, bit for bit, while nothing is too loud.

Sound comes out LOOK_AHEAD frames late, times one gain for both channels. Per group of 16 frames:

    need    the gain reduction (1 - gain) that brings the group's true peak down to the ceiling
    held    peak hold: the greatest need within the look-ahead; afterwards it decays by RELEASE
    eased   held, smoothed by a Hann window of the same length: the reduction is complete when the peak comes

Between groups the gain is interpolated. Where every need is 0 the gain is exactly 1; whether a stretch is
skipped or worked out, its bits are the same.

As plain loops: `limited` in tests/references/levels.py.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.exact import cos_turns
from lullaby.kernels.jit import kernel
from lullaby.kernels.lanes import greatest
from lullaby.kernels.meters import RISE, highest_between
from lullaby.kernels.simd import (
    LANES,
    absolute,
    counting,
    greater,
    load,
    signed_to_float,
    splat,
    store,
    store_stereo,
    store_stereo_past_cache,
)

Floats = NDArray[np.float32]

LOOK_AHEAD = 512
"""Frames of delay: 480 of them to bring the gain down in, the rest for the true peak's interpolator."""

MEMORY_SECONDS = 1.0
"""Seconds after which a limiter sounds the same from rest and long running: the release decays by exp(-1 s /
80 ms), 109 dB."""

MARGIN = np.float32(0.99)
"""The level that the limiter limits to, as a factor of the ceiling, 0.087 dB below it: a peak may fall
between two eighths of a frame, and a moving gain distorts the wave. Over sines at every phase, noise and
square waves 30 dB too loud, clicks and bursts, the true peak measured with scipy's resample_poly, x8, stayed
0.03 dB below the ceiling."""

RELEASE = np.float32(0.99584200184511)
"""exp(-1/240): what a group of 16 frames leaves, of a release of 80 ms."""

_FAINT = np.float32(1e-6)
"""A reduction of less than this (0.00001 dB) is set to 0, so that the limiter comes to rest."""

_CHUNK = 1024
"""Frames looked at together: quiet ones are only copied. Sixteen groups at a time, so a multiple of 256."""
_PAST = LOOK_AHEAD
_LINE = _PAST + _CHUNK
_KEPT = LOOK_AHEAD // LANES
"""Groups in the look-ahead. The newest two are only there for the interpolator."""
_HOLD = _KEPT + _CHUNK // LANES
_EASED_OVER = _KEPT - 1

_hann = 1 - cos_turns(np.arange(1, _EASED_OVER + 1) / (_EASED_OVER + 1))
_HANN = (_hann / (_EASED_OVER + 1)).astype(np.float32)


def rest() -> tuple[Floats, Floats]:
    """The state of a limiter after silence: its delay line, its rows of need, held and eased."""
    return np.zeros((2, _LINE), np.float32), np.zeros((3, _HOLD), np.float32)


@kernel
def _fill_needs(line: Floats, groups: int, inner: np.float32, need: Floats) -> None:
    """need of each new group, one group late, because the interpolator reaches into the next one."""
    for g in range(groups):
        first = _PAST + (g - 1) * LANES
        peak = inner
        for row in range(0, 2 * _LINE, _LINE):
            i = row + first
            around = greater(absolute(load(line, i - LANES)), absolute(load(line, i)))
            if greatest(greater(around, absolute(load(line, i + LANES)))) * RISE > inner:
                peak = max(peak, highest_between(line, i))
        need[_KEPT + g] = np.float32(1) - inner / peak if peak > inner else np.float32(0)


@kernel
def _fill_eased(groups: int, need: Floats, held: Floats, eased: Floats) -> None:
    """held and eased of the new groups; what lies past the last one is undefined, and is written over."""
    for g in range(0, groups, LANES):
        ahead = load(need, _KEPT + g)
        for k in range(1, _KEPT):
            ahead = greater(ahead, load(need, _KEPT + g - k))
        store(held, _KEPT + g, ahead)
    for g in range(_KEPT, _KEPT + groups):
        released = held[g - 1] * RELEASE
        held[g] = max(held[g], released if released > _FAINT else np.float32(0))
    for g in range(0, groups, LANES):
        mean = splat(np.float32(0))
        for k in range(_EASED_OVER):
            mean = mean + load(held, _KEPT + g - k) * splat(_HANN[k])
        store(eased, _KEPT + g, mean)


@kernel
def fill_limited(
    sound: Floats,
    loudness: np.float32,
    line: Floats,
    hold: Floats,
    ceiling: np.float32,
    past_cache: bool,
    out: Floats,
) -> None:
    """out[frames, 2]: sound[2, frames] × loudness, LOOK_AHEAD frames late, its true peak kept to `ceiling`,
    interleaved as devices and files want them. Whole multiples of 64 frames. `past_cache` writes
    straight to memory; `out` then begins on a cache line."""
    frames = sound.shape[1]
    inner, gain_in = np.float32(ceiling * MARGIN), splat(loudness)
    one, step = splat(np.float32(1)), signed_to_float(counting()) * splat(np.float32(1 / LANES))
    need, held, eased = hold[0], hold[1], hold[2]
    for start in range(0, frames, _CHUNK):
        size = min(_CHUNK, frames - start)
        groups = size // LANES
        reducing = splat(np.float32(0))
        for k in range(0, _KEPT, LANES):
            reducing = greater(reducing, greater(load(need, k), load(held, k)))
        peak_left, peak_right = splat(np.float32(0)), splat(np.float32(0))
        for i in range(_PAST - 2 * LANES, _PAST, LANES):
            peak_left = greater(peak_left, absolute(load(line, i)))
            peak_right = greater(peak_right, absolute(load(line, _LINE + i)))
        for i in range(0, size, LANES):
            left, right = load(sound, start + i) * gain_in, load(sound, frames + start + i) * gain_in
            store(line, _PAST + i, left)
            store(line, _LINE + _PAST + i, right)
            peak_left, peak_right = greater(peak_left, absolute(left)), greater(peak_right, absolute(right))
        if greatest(reducing) == 0 and greatest(greater(peak_left, peak_right)) * RISE <= inner:
            for i in range(0, size, LANES):
                if past_cache:
                    store_stereo_past_cache(out, 2 * (start + i), load(line, i), load(line, _LINE + i))
                else:
                    store_stereo(out, 2 * (start + i), load(line, i), load(line, _LINE + i))
        else:
            _fill_needs(line, groups, inner, need)
            _fill_eased(groups, need, held, eased)
            for g in range(groups):
                low, high = eased[_KEPT + g - 1], eased[_KEPT + g]
                gain = one - (splat(low) + splat(high - low) * step)
                i = g * LANES
                store_stereo(out, 2 * (start + i), load(line, i) * gain, load(line, _LINE + i) * gain)
            for k in range(_KEPT):
                need[k], held[k], eased[k] = need[groups + k], held[groups + k], eased[groups + k]
        for c in range(2):
            for i in range(0, _PAST, LANES):
                store(line, c * _LINE + i, load(line, c * _LINE + size + i))
