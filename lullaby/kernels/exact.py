"""Powers, logarithms and sines that are the same bits on every machine, made from + − × ÷ alone.

numpy's and libm's own pick their code by the processor and differ in the last bit. Anything that
becomes a coefficient, a gain or a decay goes through here. Arrays or numbers in, float64 out. Relative error
below 1e-12 where the argument is sane.

One number is worked out by Python, an array by numpy, a long one by a compiled kernel: the same operations
in the same order, and the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial, frexp, ldexp
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

LN2 = 0.6931471805599453
TAU = 6.283185307179586


LONG = 64
"""Numbers in an array from which a kernel is called: fewer are not worth it."""


def _polynomial(x: Floats, coefficients: list[float]) -> Floats:
    """Horner's rule, highest power first."""
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total = total * x + c
    return total


EXP = [1 / factorial(k) for k in range(14, -1, -1)]
SIN = [(-1) ** k / factorial(2 * k + 1) for k in range(9, -1, -1)]
COS = [(-1) ** k / factorial(2 * k) for k in range(9, -1, -1)]
ATANH = [1 / (2 * k + 1) for k in range(12, -1, -1)]
_GAIN = 3.321928094887362 / 20
_INFINITE = float("inf")


def _polynomial_of_one(x: float, coefficients: Sequence[float]) -> float:
    total = coefficients[0]
    for c in coefficients[1:]:
        total = total * x + c
    return total


def _exp2(x: float) -> float:
    if not x > -1000.0:
        return 0.0
    if x > 1000.0:
        return float(exp2(np.array(x)))
    whole = round(x)
    return ldexp(_polynomial_of_one((x - whole) * LN2, EXP), whole)


def _log2(x: float) -> float:
    mantissa, power = frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, power = mantissa * 2, power - 1
    z = (mantissa - 1) / (mantissa + 1)
    return 2 * z * _polynomial_of_one(z * z, ATANH) / LN2 + power


def _sin_turns(turns: float) -> float:
    quarter = round(turns * 4)
    x = (turns - quarter / 4 + 0.0) * TAU  # no negative zero, as rint makes none of it
    value = _polynomial_of_one(x * x, COS) if quarter & 1 else x * _polynomial_of_one(x * x, SIN)
    return -value if quarter & 2 else value


def _alone(value: float) -> Floats:
    """One number, as numpy has it."""
    return cast(Floats, np.float64(value))


def _compiled(which: str, x: Floats) -> Floats | None:
    """What the kernel makes of a long array; None where it is not sane."""
    from lullaby.kernels import powers  # a program that asks for less than this needs no numba

    out = np.empty(x.shape, np.float64)
    flat = np.ascontiguousarray(x).reshape(-1)
    return out if powers.fill_powers(getattr(powers, which), flat, out.reshape(-1)) else None


def exp2(x: Any) -> Floats:
    """2 to the x; exactly 0 for -inf and below -1000."""
    if isinstance(x, float | int):
        return _alone(_exp2(float(x)))
    x = np.asarray(x, np.float64)
    if x.size >= LONG and (made := _compiled("EXP2", x)) is not None:
        return made
    small = ~(x > -1000.0)
    sane = np.where(small, 0.0, x)
    whole = np.rint(sane)
    value = np.ldexp(_polynomial((sane - whole) * LN2, EXP), whole.astype(np.int32))
    return np.where(small, 0.0, value)


def exp(x: Any) -> Floats:
    return exp2(x * (1 / LN2) if isinstance(x, float | int) else np.asarray(x, np.float64) * (1 / LN2))


def gain(db: Any) -> Floats:
    """The amplitude of so many decibels; "silent" (-inf) is exactly 0."""
    return exp2(db * _GAIN if isinstance(db, float | int) else np.asarray(db, np.float64) * _GAIN)


def log2(x: Any) -> Floats:
    """The base-2 logarithm of positive numbers."""
    if isinstance(x, float | int) and 0 < x < _INFINITE:
        return _alone(_log2(float(x)))
    x = np.asarray(x, np.float64)
    if x.size >= LONG and (made := _compiled("LOG2", x)) is not None:
        return made
    mantissa, power = np.frexp(x)
    low = mantissa < 0.7071067811865476
    mantissa = np.where(low, mantissa * 2, mantissa)
    power = power - low
    z = (mantissa - 1) / (mantissa + 1)
    return np.asarray(2 * z * _polynomial(z * z, ATANH) / LN2 + power)


def log(x: Any) -> Floats:
    return log2(x) * LN2


def power(base: Any, exponent: Any) -> Floats:
    """base to the exponent, for positive bases."""
    return exp2(np.asarray(exponent, np.float64) * log2(base))


def _quarters(turns: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The angle within ±1/8 turn, in radians, and the number of quarter turns taken off."""
    quarter = np.rint(turns * 4)
    return (turns - quarter / 4) * TAU, quarter.astype(np.int64) & 3


def sin_turns(turns: Any) -> Floats:
    """The sine of an angle in whole turns: 0.25 is the top."""
    if isinstance(turns, float | int) and -1e9 < turns < 1e9:
        return _alone(_sin_turns(float(turns)))
    turns = np.asarray(turns, np.float64)
    if turns.size >= LONG and (made := _compiled("SIN_TURNS", turns)) is not None:
        return made
    x, quarter = _quarters(turns)
    s, c = x * _polynomial(x * x, SIN), _polynomial(x * x, COS)
    return np.where(quarter & 1, c, s) * np.where(quarter & 2, -1.0, 1.0)


def cos_turns(turns: Any) -> Floats:
    return sin_turns((turns if isinstance(turns, float | int) else np.asarray(turns, np.float64)) + 0.25)


def total(x: NDArray[Any]) -> Any:
    """The sum along the last axis, added from left to right: np.sum's order differs by processor."""
    return np.add.accumulate(x, axis=-1)[..., -1] if x.shape[-1] else np.zeros(x.shape[:-1])
