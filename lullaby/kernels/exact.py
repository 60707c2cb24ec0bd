"""Powers, logarithms and sines that are the same bits on every machine, made from + − × ÷ alone.

numpy's and libm's own pick their code by the processor and differ in the last bit. Anything that
becomes a coefficient, a gain or a decay goes through here. Arrays or numbers in, float64 out; plain
numpy, no compiling. Relative error below 1e-12 where the argument is sane.
"""

from __future__ import annotations

from math import factorial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

LN2 = 0.6931471805599453
TAU = 6.283185307179586


def _polynomial(x: Floats, coefficients: list[float]) -> Floats:
    """Horner's rule, highest power first."""
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total = total * x + c
    return total


_EXP = [1 / factorial(k) for k in range(14, -1, -1)]
_SIN = [(-1) ** k / factorial(2 * k + 1) for k in range(9, -1, -1)]
_COS = [(-1) ** k / factorial(2 * k) for k in range(9, -1, -1)]
_ATANH = [1 / (2 * k + 1) for k in range(12, -1, -1)]


def exp2(x: Any) -> Floats:
    """2 to the x; exactly 0 for -inf and below -1000."""
    x = np.asarray(x, np.float64)
    small = ~(x > -1000.0)
    sane = np.where(small, 0.0, x)
    whole = np.rint(sane)
    value = np.ldexp(_polynomial((sane - whole) * LN2, _EXP), whole.astype(np.int32))
    return np.where(small, 0.0, value)


def exp(x: Any) -> Floats:
    return exp2(np.asarray(x, np.float64) * (1 / LN2))


def gain(db: Any) -> Floats:
    """The amplitude of so many decibels; "silent" (-inf) is exactly 0."""
    return exp2(np.asarray(db, np.float64) * (3.321928094887362 / 20))


def log2(x: Any) -> Floats:
    """The base-2 logarithm of positive numbers."""
    mantissa, power = np.frexp(np.asarray(x, np.float64))
    low = mantissa < 0.7071067811865476
    mantissa = np.where(low, mantissa * 2, mantissa)
    power = power - low
    z = (mantissa - 1) / (mantissa + 1)
    return np.asarray(2 * z * _polynomial(z * z, _ATANH) / LN2 + power)


def log(x: Any) -> Floats:
    return log2(x) * LN2


def power(base: Any, exponent: Any) -> Floats:
    """base to the exponent, for positive bases."""
    return exp2(np.asarray(exponent, np.float64) * log2(base))


def _quarters(turns: Any) -> tuple[Floats, NDArray[np.int64]]:
    """The angle within ±1/8 turn, in radians, and the number of quarter turns taken off."""
    turns = np.asarray(turns, np.float64)
    quarter = np.rint(turns * 4)
    return (turns - quarter / 4) * TAU, quarter.astype(np.int64) & 3


def sin_turns(turns: Any) -> Floats:
    """The sine of an angle in whole turns: 0.25 is the top."""
    x, quarter = _quarters(turns)
    s, c = x * _polynomial(x * x, _SIN), _polynomial(x * x, _COS)
    return np.where(quarter & 1, c, s) * np.where(quarter & 2, -1.0, 1.0)


def cos_turns(turns: Any) -> Floats:
    return sin_turns(np.asarray(turns, np.float64) + 0.25)


def total(x: NDArray[Any]) -> Any:
    """The sum along the last axis, added from left to right: np.sum's order differs by processor."""
    return np.add.accumulate(x, axis=-1)[..., -1] if x.shape[-1] else np.zeros(x.shape[:-1])
