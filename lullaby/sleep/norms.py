"""Statistics of nights, as sleep laboratories report them, from stages every 30 s.

Stages are int8[nights, epochs] since lights-out; -1 is unscored, and belongs to no stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.sleep.stages import EPOCH_S, Stage

Stages: TypeAlias = NDArray[np.int8]
Floats: TypeAlias = NDArray[np.float64]

MINUTES = EPOCH_S / 60
APART = round(15 / MINUTES)
"""Epochs without REM that end a cycle."""


@dataclass(frozen=True)
class Runs:
    """Every stretch of one stage, in order; epochs half-open."""

    night: NDArray[np.int64]
    start: NDArray[np.int64]
    stop: NDArray[np.int64]
    stage: Stages

    @property
    def minutes(self) -> Floats:
        return np.asarray((self.stop - self.start) * MINUTES, np.float64)


def runs(stages: Stages) -> Runs:
    nights, length = stages.shape
    new = np.ones((nights, length), bool)
    new[:, 1:] = stages[:, 1:] != stages[:, :-1]
    places = np.flatnonzero(new)
    stop = np.append(places[1:], nights * length)
    night = places // length
    return Runs(night, places - night * length, stop - night * length, stages.ravel()[places])


def figures(stages: Stages) -> dict[str, Floats]:
    """Each night's figures; NaN where a night has none (no sleep, no REM)."""
    asleep = stages > Stage.AWAKE
    slept = asleep.any(axis=1)
    onset = np.where(slept, asleep.argmax(axis=1), stages.shape[1])
    after = np.arange(stages.shape[1]) >= onset[:, None]
    total = asleep.sum(axis=1) * MINUTES
    changed = (stages[:, 1:] != stages[:, :-1]) & after[:, :-1]
    woken = changed & (stages[:, 1:] == Stage.AWAKE)
    rem = stages == Stage.REM
    with np.errstate(invalid="ignore", divide="ignore"):
        share = {s.label: 100 * (stages == s).sum(axis=1) * MINUTES / total for s in Stage if s.asleep}
        return {
            "latency_min": np.where(slept, onset * MINUTES, np.nan),
            "total_min": total,
            "efficiency": 100 * total / (stages.shape[1] * MINUTES),
            "wake_min": ((stages == Stage.AWAKE) & after).sum(axis=1) * MINUTES,
            **share,
            "rem_latency_min": np.where(rem.any(axis=1), (rem.argmax(axis=1) - onset) * MINUTES, np.nan),
            "awakenings": woken.sum(axis=1).astype(np.float64),
            "shifts_per_hour": changed.sum(axis=1) / (total / 60),
        }


def by_cycle(stages: Stages) -> dict[str, list[float]]:
    """Mean minutes of N3 and REM in each cycle, over the nights that have it.

    A cycle ends at REM that 15 minutes without follow.
    """
    found: dict[str, list[list[float]]] = {"n3": [], "rem": []}
    for night in stages:
        ends = cycle_ends(night)
        for i, (start, stop) in enumerate(pairwise([0, *ends])):
            for name, stage in (("n3", Stage.N3), ("rem", Stage.REM)):
                if len(found[name]) == i:
                    found[name].append([])
                found[name][i].append(float((night[start:stop] == stage).sum() * MINUTES))
    return {name: [sum(c) / len(c) for c in cycles] for name, cycles in found.items()}


def cycle_ends(night: Stages) -> list[int]:
    """The epochs after each cycle's last REM."""
    rem = np.flatnonzero(night == Stage.REM)
    following = np.append(rem[1:], len(night))
    return [int(e) for e in rem[following - rem > APART] + 1]


def bouts(stages: Stages) -> dict[str, dict[str, float]]:
    """Weibull's shape k and scale of how long stages last; below 1, k means a heavy tail.

    Stretches cut off by lights-on, and the wait for sleep, say nothing and are left out.
    """
    every = runs(stages)
    whole = (every.start > 0) & (every.stop < stages.shape[1])
    fitted = {}
    for stage in Stage:
        minutes = every.minutes[whole & (every.stage == stage)]
        if len(minutes) > 1 and minutes.min() < minutes.max():
            k, scale = weibull(minutes)
            fitted[stage.label] = {"k": k, "scale_min": scale}
    return fitted


def weibull(x: Floats) -> tuple[float, float]:
    """The likeliest shape and scale, by bisection of the likelihood's slope in the shape."""
    logs = np.log(x)
    low, high = 0.02, 50.0
    for _ in range(60):
        k = (low * high) ** 0.5
        powers = np.exp(k * (logs - logs.max()))
        if (powers * logs).sum() / powers.sum() - 1 / k < logs.mean():
            low = k
        else:
            high = k
    return k, float(np.exp(logs.max()) * (powers.mean()) ** (1 / k))


def mean_and_sd(figures: Mapping[str, Floats]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The mean and standard deviation of each figure, over the nights that have it; None where none has."""
    mean, sd = {}, {}
    for name, values in figures.items():
        known = values[~np.isnan(values)]
        mean[name] = float(known.mean()) if len(known) else None
        sd[name] = float(known.std(ddof=1)) if len(known) > 1 else None
    return mean, sd
