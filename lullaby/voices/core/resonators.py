"""Resonator banks: their poles, and the state-space matrices that the kernel runs them by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels import exact
from lullaby.kernels.bank import GROUP, TAPS
from lullaby.kernels.memory import aligned
from lullaby.time import RATE

Floats: TypeAlias = NDArray[np.float64]
Colour: TypeAlias = NDArray[np.float32]
"""The weights that make one spectrum of a bank, laid out as its kernel reads them."""


@dataclass(frozen=True)
class Resonators:
    """The resonators of a bank: eight complex ones of some Q, or eight real ones."""

    centres: tuple[float, ...]
    quality: float | None
    """Q, centre over bandwidth; None: real poles, which only slope."""

    @property
    def taps(self) -> int:
        """FIR taps beside the resonators: one is enough beside real poles."""
        return 1 if self.quality is None else TAPS


_LADDER = tuple(float(f) for f in 18.0 * exact.exp2(np.arange(8) * float(exact.log2(500.0)) / 7))
ANY = Resonators(_LADDER, 0.7)
"""The resonators for any colour: an octave and a quarter apart, and broad enough to leave no gaps between
them."""
SLOPES = Resonators(_LADDER, None)
"""The resonators for plain slopes of the spectrum, at little more than half the cost."""


@cache
def poles(bank: Resonators) -> NDArray[np.complex128]:
    hz = np.array([*bank.centres, *[1000.0] * (8 - len(bank.centres))])
    if bank.quality is None:
        return exact.exp(-exact.TAU * hz / RATE).astype(np.complex128)
    # the poles of the bilinear two-pole band-pass of that quality
    sine, cosine = exact.sin_turns(hz / RATE), exact.cos_turns(hz / RATE)
    alpha = sine / (2 * bank.quality)
    return np.asarray((cosine + 1j * np.sqrt(sine * sine - alpha * alpha)) / (1 + alpha))


@cache
def matrices(bank: Resonators) -> NDArray[np.float32]:
    """The matrices of these resonators, laid out as `kernels.bank` describes."""
    p = poles(bank)
    power = [np.ones(8, np.complex128)]
    for _ in range(GROUP):
        power.append(_times(power[-1], p))
    if bank.quality is None:
        parts = [
            (np.array([q.real for q in power]), np.array([q.real for q in power]), power[8].real, np.zeros(8))
        ]
    else:
        # states are (real, imaginary) of one pole after the other; the output takes the real part
        turned = np.array([[q.real, q.imag] for q in power]).transpose(0, 2, 1).reshape(9, 16)
        heard = np.array([[q.real, -q.imag] for q in power]).transpose(0, 2, 1).reshape(9, 16)
        own = np.repeat(power[8].real, 2)
        other = np.stack([-power[8].imag, power[8].imag], axis=1).ravel()
        parts = [(turned[:, h], heard[:, h], own[h], other[h]) for h in (slice(0, 8), slice(8, 16))]
    out = []
    for into, ring, own, other in parts:
        rows = [into[7 - j] for j in range(GROUP)]
        rows += [np.array([ring[t, k] for t in range(GROUP)]) for k in range(8)]
        rows += [own, other]
        late = np.concatenate([np.zeros((1, 8)), ring[: GROUP - 1]])  # one frame after its input
        if bank.quality is None:
            rows += [late[:, k] for k in range(8)] + [np.zeros(GROUP)] * 8
        else:
            # `same` holds cr at both parts of a pair, `swapped` holds −ci, ci: each is counted once
            rows += [late[:, k] if k % 2 == 0 else np.zeros(GROUP) for k in range(8)]
            rows += [late[:, k] if k % 2 == 1 else np.zeros(GROUP) for k in range(8)]
        out.append(np.repeat(np.array(rows), 2, axis=1).ravel())
    return aligned(np.concatenate(out).astype(np.float32))


def laid_out_colour(weights: Floats, taps: Floats, bank: Resonators) -> Colour:
    """A colour as the kernel reads it: for each vector `same` and `swapped`, then the FIR."""
    fir = np.concatenate([taps, np.zeros(GROUP - len(taps))])
    if bank.quality is None:
        rows = [np.concatenate([weights, np.zeros(8 - len(weights))]), np.zeros(8), fir]
    else:
        full = np.concatenate([weights, np.zeros(16 - len(weights))])
        same = np.repeat(full[0::2], 2)
        swapped = np.stack([-full[1::2], full[1::2]], axis=1).ravel()
        rows = [same[:8], swapped[:8], same[8:], swapped[8:], fir]
    return aligned(np.repeat(np.array(rows), 2, axis=1).ravel().astype(np.float32))


def _times(a: NDArray[np.complex128], b: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """A complex product in a fixed order of operations: numpy's own differs by processor."""
    out = np.empty_like(a)
    out.real = a.real * b.real - a.imag * b.imag
    out.imag = a.real * b.imag + a.imag * b.real
    return out
