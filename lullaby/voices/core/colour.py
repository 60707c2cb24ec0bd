"""Filter design: any curve of decibels over frequency, as output weights of a bank of eight fixed resonators.

The curve becomes the minimum-phase response that has it (Bode's relation), and least squares finds the
weights. The poles being fixed, that is linear, so one colour can be crossfaded into another.

Everything here is made of + − × ÷ in a fixed order: a colour is the same bits on every machine.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.fitting import fill_fitted
from lullaby.time import RATE
from lullaby.voices.core.resonators import ANY, Colour, Resonators, laid_out_colour, poles
from lullaby.voices.core.unity import UNITY

Floats: TypeAlias = NDArray[np.float64]
Points: TypeAlias = tuple[tuple[float, float], ...]


GRID = np.array([exact.exp2(x) for x in np.linspace(exact.log2(12.0), exact.log2(23_500.0), 180)])
"""The frequencies (Hz) at which a colour is fitted."""


@cache
def _basis(bank: Resonators) -> Floats:
    """What each weight of a colour adds to the response: a column for every weight, a row for every real part
    over the grid, and after them one for every imaginary part."""
    zr, zi = exact.cos_turns(GRID / RATE), -exact.sin_turns(GRID / RATE)
    columns: list[tuple[Floats, Floats]] = []
    for pole in poles(bank)[: len(bank.centres)]:
        near, far = _one_pole(zr, zi, pole.real, pole.imag), _one_pole(zr, zi, pole.real, -pole.imag)
        # weights of Re(c s): half the pole's response and half its conjugate's
        columns.append(((near[0] + far[0]) / 2, (near[1] + far[1]) / 2))
        if bank.quality is not None:
            columns.append((-(near[1] - far[1]) / 2, (near[0] - far[0]) / 2))
    for tap in range(bank.taps):
        columns.append((exact.cos_turns(GRID * tap / RATE), -exact.sin_turns(GRID * tap / RATE)))
    return np.ascontiguousarray(np.array([np.concatenate(column) for column in columns]).T)


def _one_pole(zr: Floats, zi: Floats, a: float, b: float) -> tuple[Floats, Floats]:
    """z / (1 − (a + ib) z) over the grid, with z = zr + i zi."""
    dr, di = 1 - (a * zr - b * zi), -(a * zi + b * zr)
    size = dr * dr + di * di
    return (zr * dr + zi * di) / size, (zi * dr - zr * di) / size


@cache
def _phase_of_slope() -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_], Floats]:
    """Bode's relation as a table: the phase at each grid point (a column) from the slope on a finer scale (a
    row for each of its points). Before it where each of those lies in the grid, how far apart the two grid
    points around it are, and whether it is above them all.

    The scale is ln tan(πf/RATE), on which a sampled filter obeys the analogue law exactly.
    """
    u = exact.log(_tangent())
    fine = np.linspace(float(u[0]) - 4, float(u[-1]) + 4, 700)
    step = float(fine[1] - fine[0])
    apart = np.abs(fine[None, :] - u[:, None])
    # ∫ ln coth(|u|/2) over each fine cell: midpoint rule, and its closed form near the pole
    edge = np.maximum(apart, step / 4)
    fade = exact.exp(-edge)
    table = exact.log((1 + fade) / (1 - fade)) * step / (exact.TAU / 2)
    k = np.clip(np.searchsorted(u, fine) - 1, 0, len(u) - 2)
    # of the slope between two grid points; above the grid the curve is level (Nyquist lies at infinity)
    return k, u[k + 1] - u[k], fine > u[-1], np.ascontiguousarray(table.T)


def _tangent_of(hz: Floats) -> Floats:
    """The tangent of half the angle by which a frame turns each of these frequencies."""
    return np.asarray(exact.sin_turns(hz / (2 * RATE)) / exact.cos_turns(hz / (2 * RATE)))


@cache
def _tangent() -> Floats:
    """The same of the grid."""
    return _tangent_of(GRID)


@cache
def _octaves() -> Floats:
    """Octaves from 1 kHz to each frequency of the grid."""
    return exact.log2(GRID / 1000.0)


def _sampled(points: Points, hz: Floats) -> Floats:
    """The curve through (Hz, dB) points, straight over log-frequency, level beyond both ends."""
    x = exact.log2(hz)
    px = exact.log2(np.array([p[0] for p in points]))
    py = np.array([p[1] for p in points])
    if len(points) == 1:
        return np.full(x.shape, py[0])
    k = np.clip(np.searchsorted(px, x) - 1, 0, len(points) - 2)
    along = np.clip((x - px[k]) / (px[k + 1] - px[k]), 0.0, 1.0)
    return np.asarray(py[k] + (py[k + 1] - py[k]) * along)


def target_db(points: Points, tilt: float, low: float, high: float, hz: Floats = GRID) -> Floats:
    """The curve that a colour is fitted to: points, tilted about 1 kHz, 12 dB/octave beyond its edges."""
    db = _sampled(points, hz) if points else np.zeros(hz.shape)
    db = db + tilt * (_octaves() if hz is GRID else exact.log2(hz / 1000.0))
    if low > 0:
        ratio = low / hz
        db = db - 10 * _LOG10 * exact.log2(1 + ratio * ratio * ratio * ratio)
    if high < RATE / 2:
        tangent = _tangent() if hz is GRID else _tangent_of(hz)
        corner = exact.sin_turns(high / (2 * RATE)) / exact.cos_turns(high / (2 * RATE))
        ratio = tangent / corner
        db = db - 10 * _LOG10 * exact.log2(1 + ratio * ratio * ratio * ratio)
    return db


_LOG10 = 0.3010299956639812


def _minimum_phase(db: Floats) -> tuple[Floats, Floats]:
    k, apart, above, table = _phase_of_slope()
    # below the grid the curve goes on with its slope
    slope = np.where(above, 0.0, (db[k + 1] - db[k]) / apart) / (20 * _LOG10 / exact.LN2)
    phase, none = np.empty(db.shape), np.empty((0, 0))
    fill_fitted(table, np.ones(slope.shape), slope, False, table, none, np.empty((3, slope.size)), phase)
    phase = phase / exact.TAU
    size = exact.gain(db)
    return size * exact.cos_turns(phase), size * exact.sin_turns(phase)


def _fit(real: Floats, imaginary: Floats, bank: Resonators) -> Colour:
    w = _weights(real, imaginary, bank)
    return laid_out_colour(w[: -bank.taps], w[-bank.taps :], bank)


def _weights(real: Floats, imaginary: Floats, bank: Resonators) -> Floats:
    """The weights whose response comes nearest: of the states, then of the direct taps."""
    basis = _basis(bank)
    size = np.sqrt(real * real + imaginary * imaginary)
    # errors are weighted in decibels, down to 70 dB under the top; beyond what is heard they weigh less
    weight = 1 / np.maximum(size, size.max() * 3.1622776601683794e-4)
    weight = np.where((GRID > 25) & (GRID < 18_000), weight, weight * 0.2)
    places, count = basis.shape
    scratch = np.empty(basis.shape), np.zeros((count, count)), np.empty((3, places))
    errors, target = np.concatenate([weight, weight]), np.concatenate([real, imaginary])
    weights = np.empty(count)
    fill_fitted(basis, errors, target, True, *scratch, weights)
    return weights


@cache
def _k_weight() -> Floats:
    """|K|² of BS.1770 over the grid, from the standard's own coefficients."""
    total = np.ones(GRID.shape)
    for b, a in (
        ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
        ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
    ):
        total = total * _power(b) / _power(a)
    return total


def _power(c: tuple[float, float, float]) -> Floats:
    c1, s1 = exact.cos_turns(GRID / RATE), exact.sin_turns(GRID / RATE)
    c2, s2 = exact.cos_turns(2 * GRID / RATE), exact.sin_turns(2 * GRID / RATE)
    real = c[0] + c[1] * c1 + c[2] * c2
    imaginary = c[1] * s1 + c[2] * s2
    return real * real + imaginary * imaginary


def k_weighted_power(db: Floats) -> float:
    """K-weighted power of white noise of unit power under this curve."""
    size = exact.gain(db)
    return _k_weighted(size * size)


def _k_weighted(power: Floats) -> float:
    """K-weighted power of white noise of unit power through a filter of this power over the grid."""
    density = power * _k_weight()
    area = (density[1:] + density[:-1]) * (GRID[1:] - GRID[:-1]) / 2
    return float(exact.total(area)) / (RATE / 2)


@lru_cache(maxsize=512)
def colour(
    points: Points = (),
    tilt: float = 0.0,
    low: float = 0.0,
    high: float = float(RATE),
    unity: bool = True,
    bank: Resonators = ANY,
) -> Colour:
    """A colour of noise. At unity two independent channels of it together are −27 LUFS."""
    db = target_db(points, tilt, low, high)
    if unity:
        db = db + 10 * _LOG10 * float(exact.log2(UNITY / 2 / k_weighted_power(db)))
    return _fit(*_minimum_phase(db), bank)


WIDER, WIDER_FROM = 2.5, 2_000.0
"""How many times as wide as its lows a bed's highs are that is `sided`, and from where on, in Hz: the two
sides of real rain are less alike above 2 kHz than below."""


def wider(hz: Floats, width: float) -> Floats:
    """The width at these frequencies of a bed that is so wide in its lows; never more than two strangers."""
    ratio = hz / WIDER_FROM
    up = ratio * ratio * ratio * ratio
    most = min(WIDER, 1 / max(width, 0.1))
    return np.asarray(width * (1 + max(0.0, most - 1) * up / (1 + up)))


@lru_cache(maxsize=512)
def sided(points: Points, tilt: float, low: float, high: float, width: float) -> tuple[Colour, Colour]:
    """Two colours, of mid and of side: mixed by a width they are `wider` in their highs, and either channel
    has the spectrum of the one colour of this curve."""
    db = target_db(points, tilt, low, high)
    db = db + 10 * _LOG10 * float(exact.log2(UNITY / 2 / k_weighted_power(db)))
    more = wider(GRID, 1.0) if width <= 0 else wider(GRID, width) / width
    ratio = more * more
    mid = db - 10 * _LOG10 * exact.log2((1 + ratio * width * width) / (1 + width * width))
    side = mid + 10 * _LOG10 * exact.log2(ratio)
    return _fit(*_minimum_phase(mid), ANY), _fit(*_minimum_phase(side), ANY)


@lru_cache(maxsize=64)
def bands(bank: Resonators) -> tuple[tuple[Colour, ...], float]:
    """One colour for each band, a two-pole band-pass of gain 1 at its centre on its own resonator; and the
    K-weighted power of white noise of unit power through all of them."""
    out, heard, quality = [], 0.0, bank.quality or 0.7
    zr, zi = exact.cos_turns(GRID / RATE), -exact.sin_turns(GRID / RATE)
    z2r, z2i = exact.cos_turns(2 * GRID / RATE), -exact.sin_turns(2 * GRID / RATE)
    for slot, hz in enumerate(bank.centres):
        sine, cosine = float(exact.sin_turns(hz / RATE)), float(exact.cos_turns(hz / RATE))
        alpha = sine / (2 * quality)
        nr, ni = alpha * (1 - z2r), -alpha * z2i
        dr = (1 + alpha) - 2 * cosine * zr + (1 - alpha) * z2r
        di = -2 * cosine * zi + (1 - alpha) * z2i
        size = dr * dr + di * di
        real, imaginary = (nr * dr + ni * di) / size, (ni * dr - nr * di) / size
        alone = _weights(real, imaginary, Resonators((hz,), bank.quality))
        own = np.zeros(2 * slot)
        out.append(laid_out_colour(np.concatenate([own, alone[:2]]), alone[2:], bank))
        heard += _k_weighted(real * real + imaginary * imaginary)
    return tuple(out), heard
