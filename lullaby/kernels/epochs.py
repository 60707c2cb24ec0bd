"""One 30 s epoch of the sleep model: random draws, the pressures that move sleep, and the next stage.

No numba and no numpy in here: lists or arrays in, floats out, from + − × ÷ and square roots alone. The
plain stepper runs these functions as they stand, the kernels `sleeping` and `crowd` call the very same ones
(`llvm.epochs`), and both give the same night, bit for bit, on any processor.
"""

from __future__ import annotations

import math
from typing import Any

# What a sleeper's state holds, by place: stage, sleep pressure, REM pressure, this REM episode, epochs since
# REM, a trace of REM, epochs in this stage, the body clock as cosine and sine, REM episodes so far, epochs
# since lights-out, and whether sleep has come.
STAGE, S, P, E, SINCE, Q, DWELL, COS, SIN, ROUNDS, EPOCH, SLEPT = range(12)
STATE = 12

# What a model's numbers hold, by place; all per epoch.
RISE, DECAY, TOP, FADE, GROW, RESET, FORGET, TURN_COS, TURN_SIN = range(9)
NUMBERS = 9

# What somebody is tonight: a logit for each stage and way out of it, how fast REM pressure climbs, and the
# epochs until sleep comes.
WAYS = 4
CLIMB, COMES = 5 * WAYS, 5 * WAYS + 1
TRAITS = 5 * WAYS + 2

# What a person brings: how much nights differ, how fast REM pressure climbs, and how sleep comes, in epochs.
DEEP, WAKEFUL, TURN, CLIMBING, SHAPE, LATENCY = range(6)

TONIGHT = 0x80000000
"""Draws from here on are who somebody is tonight; below, one an epoch."""

AWAKE, N1, REM = 0, 1, 4
NEVER = -1e9
"""The logit of a change of stage that the model does not know."""

FEATURES = 14
"""The number of features that a logit is made of beside the traits, in the order of `weigh`."""

_WORD = 0xFFFFFFFF


def chance(low: int, high: int, index: int) -> float:
    """The number in (0, 1) that a key's two words give this index: two rounds of multiply and shift."""
    x = (index * 0x9E3779B9 + low) & _WORD
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & _WORD
    x = x ^ (x >> 15)
    x = (((x + high) & _WORD) * 0xD35A2D97) & _WORD
    return ((x ^ (x >> 15)) + 0.5) * 2.0**-32


def exp(x: float) -> float:
    """e to the x, within 1e-13; held to ±40, where a logit is certainty.

    The 256th root by Taylor's series, squared eight times: no call, no whole part to take off.
    """
    y = min(max(x, -40.0), 40.0) * (1 / 256)
    z = y * y  # even and odd powers side by side: half the waiting
    even = 1 + z * (1 / 2 + z * (1 / 24 + z * (1 / 720 + z * (1 / 40320 + z * (1 / 3628800)))))
    odd = 1 + z * (1 / 6 + z * (1 / 120 + z * (1 / 5040 + z * (1 / 362880))))
    r = even + y * odd
    r *= r
    r *= r
    r *= r
    r *= r
    r *= r
    r *= r
    r *= r
    return r * r


def ln(x: float) -> float:
    """The natural logarithm of a positive number, within 1e-14."""
    mantissa, power = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa, power = mantissa * 2, power - 1
    z = (mantissa - 1) / (mantissa + 1)
    term, total = z, 0.0
    for k in range(1, 31, 2):
        total += term / k
        term *= z * z
    return 2 * total + power * 0.6931471805599453


def normal(low: int, high: int, index: int) -> float:
    """A draw from the bell curve; it uses up to 32 indices from `index` on (Marsaglia's polar method)."""
    for i in range(index, index + 32, 2):
        a, b = 2 * chance(low, high, i) - 1, 2 * chance(low, high, i + 1) - 1
        s = a * a + b * b
        if s < 1:
            return a * math.sqrt(-2 * ln(s) / s)
    return 0.0  # once in 10^10


def gamma(shape: float, mean: float, low: int, high: int, index: int) -> float:
    """A gamma draw for shapes of one and more (Marsaglia and Tsang 2000); up to 1280 indices."""
    d = shape - 1 / 3
    for i in range(index, index + 1280, 40):
        x = normal(low, high, i)
        v = 1 + x / math.sqrt(9 * d)
        if v > 0:
            v = v * v * v
            if ln(chance(low, high, i + 39)) < x * x / 2 + d * (1 - v + ln(v)):
                return d * v * mean / shape
    return mean


def draw_traits(low: int, high: int, person: Any, ways: Any, traits: Any) -> None:
    """Draws the traits of a sleeper for one night: how deep, how wakeful, how quick in turn, and when sleep
    comes."""
    deep, wakeful = normal(low, high, TONIGHT), normal(low, high, TONIGHT + 0x10000)
    deep, wakeful = deep * person[DEEP], wakeful * person[WAKEFUL]
    turn = normal(low, high, TONIGHT + 0x20000) * person[TURN]
    for place in range(5 * WAYS):
        traits[place] = ways[place]
        if ways[place] != NEVER:
            traits[place] += deep * ways[place + 5 * WAYS] + wakeful * ways[place + 10 * WAYS]
    traits[CLIMB] = person[CLIMBING] * exp(-turn)
    traits[COMES] = max(1.0, gamma(person[SHAPE], person[LATENCY], low, high, TONIGHT + 0x30000))


def live(state: Any, traits: Any, numbers: Any) -> None:
    """Moves a sleeper on by half a minute in its stage: pressures, and time since REM."""
    if state[STAGE] == REM:
        state[P] *= numbers[FADE]
        state[E] += numbers[GROW]
        state[SINCE] = 0.0
        state[Q] = 1.0
    else:
        if state[STAGE] != AWAKE:
            state[P] = min(numbers[TOP], state[P] + traits[CLIMB])
        state[SINCE] += 1.0
        state[Q] *= numbers[FORGET]
        if state[SINCE] > numbers[RESET]:
            state[E] = 0.0
    if state[STAGE] == AWAKE:
        state[S] += (1 - state[S]) * numbers[RISE]
    else:
        state[S] -= state[S] * numbers[DECAY]


def weigh(state: Any, traits: Any, slopes: Any, logs: Any, bonus: float, weights: Any) -> float:
    """Fills in the weight of each way out of this stage against staying (1); returns their sum, staying
    included.

    Ways are the other stages in their order. `bonus` is added to the logit of waking.
    """
    s, p, c = state[S], state[P], state[COS]
    p7, p8, p14, p16 = max(p - 0.7, 0.0), max(p - 0.8, 0.0), max(p - 1.4, 0.0), max(p - 1.6, 0.0)
    log, q, e, both = logs[int(min(state[DWELL], len(logs) - 1.0))], state[Q], state[E], s * min(p, 1.0)
    rounds, late = min(state[ROUNDS], 4.0), 1.0 if state[ROUNDS] >= 4.0 else 0.0
    day = max(0.3 - c, 0.0) * max(0.4 - s, 0.0)
    total = 1.0
    for way in range(WAYS):
        place = int(state[STAGE]) * WAYS + way
        weights[way] = 0.0
        if traits[place] == NEVER:
            continue
        z, f = traits[place], place * FEATURES
        z += slopes[f] * s + slopes[f + 1] * p + slopes[f + 2] * p7 + slopes[f + 3] * p8
        z += slopes[f + 4] * p14 + slopes[f + 5] * p16 + slopes[f + 6] * c + slopes[f + 7] * log
        z += slopes[f + 8] * q + slopes[f + 9] * e + slopes[f + 10] * both
        z += slopes[f + 11] * rounds + slopes[f + 12] * late + slopes[f + 13] * day
        if way == 0 and state[STAGE] != AWAKE:
            z += bonus
        weights[way] = exp(z)
        total += weights[way]
    return total


def turn(state: Any, numbers: Any) -> None:
    """The clocks go on by half a minute."""
    c, s = state[COS], state[SIN]
    state[COS] = c * numbers[TURN_COS] - s * numbers[TURN_SIN]
    state[SIN] = s * numbers[TURN_COS] + c * numbers[TURN_SIN]
    state[EPOCH] += 1.0


def enter(state: Any, stage: int) -> None:
    """Sleep is in this stage from now on."""
    if stage == state[STAGE]:
        state[DWELL] += 1.0
        return
    if stage == REM and state[E] == 0.0:
        state[ROUNDS] += 1.0
    state[STAGE] = float(stage)
    state[DWELL] = 0.0


def step(
    state: Any, traits: Any, numbers: Any, slopes: Any, logs: Any, bonus: float, u: float, weights: Any
) -> None:
    """Half a minute: the sleeper lives through it, and chance `u` says which stage comes next."""
    live(state, traits, numbers)
    stage = int(state[STAGE])
    if state[SLEPT] == 0.0:
        if state[EPOCH] + 1 >= traits[COMES]:
            state[SLEPT] = 1.0
            stage = N1
    else:
        u *= weigh(state, traits, slopes, logs, bonus, weights)
        for way in range(WAYS):
            u -= weights[way]
            if u < 0.0:
                stage = way if way < stage else way + 1
                break
    turn(state, numbers)
    enter(state, stage)
