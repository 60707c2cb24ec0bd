"""How long it takes to fall asleep: a gamma distribution, whose mean depends on the evening. [design]"""

from __future__ import annotations

from lullaby.kernels.epochs import ln
from lullaby.kernels.exact import cos_turns, exp
from lullaby.sleep.coefficients import Coefficients, shipped
from lullaby.sleep.sleeper import OLDEST, Sleeper

SHAPE = 1.3
_GAMMA_OF_SHAPE_PLUS_1 = 1.1667119051981603


def pressure(sleeper: Sleeper, model: Coefficients) -> float:
    """Sleep pressure at lights-out, which only grows while awake: 0 rested, 1 at most (Borbély)."""
    return 1 - 0.86 * float(exp(-(sleeper.hours_awake + sleeper.debt_h) / model.rise_h))


def turns(sleeper: Sleeper, model: Coefficients) -> float:
    """The body's clock at lights-out, in turns since it was coldest."""
    return (sleeper.bedtime - model.cbt_min_h - sleeper.chronotype) / 24


def mean_min(sleeper: Sleeper, model: Coefficients | None = None) -> float:
    """Minutes this sleeper takes on average."""
    model = model or shipped()
    usual = 15.4 + 1.1 * (min(sleeper.age, OLDEST) - 40) / 10
    clock = float(cos_turns(turns(sleeper, model)))
    moved = sleeper.hyper - 3.2 * (pressure(sleeper, model) - 0.643) - 0.9 * clock
    return usual * sleeper.latency * float(exp(moved))


def asleep_within(minutes: float, mean: float) -> float:
    """The chance to have fallen asleep after so many minutes, where the mean is this (a power series)."""
    x = SHAPE * minutes / mean
    if x <= 0:
        return 0.0
    if x > 50:
        return 1.0
    term = total = 1.0
    for n in range(1, 200):
        term *= x / (SHAPE + n)
        total += term
    return min(1.0, total * float(exp(SHAPE * ln(x) - x)) / _GAMMA_OF_SHAPE_PLUS_1)


def comes(before: float, after: float, mean: float) -> float:
    """The chance that sleep comes between these two minutes, for somebody who is awake at the first."""
    x, y = SHAPE * before / mean, SHAPE * after / mean
    if x < 2:  # the early part by its series, the late one as a share of what is left
        awake = 1 - asleep_within(before, mean)
        return min(1.0, (asleep_within(after, mean) - asleep_within(before, mean)) / awake)
    left = float(exp(SHAPE * ln(y / x) - (y - x))) * _tail(y) / _tail(x)
    return min(1.0, max(0.0, 1 - left))


def _tail(x: float) -> float:
    """The upper incomplete gamma function at x, over x^SHAPE e^-x: Legendre's continued fraction, evaluated
    from its far end."""
    value = 0.0
    for n in range(60, 0, -1):
        value = n * (n - SHAPE) / (x + 2 * n + 1 - SHAPE - value)
    return 1 / (x + 1 - SHAPE - value)


def quantile(share: float, mean: float) -> float:
    """The minutes within which sleep has come on this share of nights: a quantile of the distribution."""
    low, high = 0.0, 30 * mean
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if asleep_within(middle, mean) < share else (low, middle)
    return high
