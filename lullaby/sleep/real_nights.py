"""Statistics of scored nights, the same as those of simulated ones; each night has its own length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lullaby.sleep.course import EPOCH
from lullaby.sleep.hypnograms.record import Hypnogram
from lullaby.sleep.norms import Stages, by_cycle, cycle_ends, figures, mean_and_sd, runs, weibull
from lullaby.sleep.stages import Stage

UNSCORED = -1


def epochs_of(night: Hypnogram) -> Stages:
    """The stage in the middle of every 30 s; -1 where nobody scored."""
    stages = np.full(max(1, round(night.stop / EPOCH)), UNSCORED, np.int8)
    middles = np.arange(len(stages)) * EPOCH + EPOCH // 2
    for run in night.runs:
        first, last = np.searchsorted(middles, (run.start, run.stop))
        stages[first:last] = run.stage
    return stages


def statistics(nights: Sequence[Hypnogram]) -> dict[str, Any]:
    """The statistics of each night, and over them all: means, spreads, cycles and how long stages last."""
    every = [epochs_of(night)[None, :] for night in nights]
    rows = [figures(stages) for stages in every]
    joined = {name: np.concatenate([one[name] for one in rows]) for name in rows[0]}
    mean, sd = mean_and_sd({name: np.where(np.isfinite(v), v, np.nan) for name, v in joined.items()})
    return {
        "each": [{name: _known(float(v[k])) for name, v in joined.items()} for k in range(len(nights))],
        "mean": mean,
        "sd": sd,
        "by_cycle": _by_cycle(every),
        "bouts": _bouts(every),
    }


def _by_cycle(every: Sequence[Stages]) -> dict[str, list[float]]:
    """Means over the nights that have the cycle."""
    found = [by_cycle(stages) for stages in every if cycle_ends(stages[0])]
    return {
        name: [
            float(np.mean([one[name][k] for one in found if len(one[name]) > k]))
            for k in range(max((len(one[name]) for one in found), default=0))
        ]
        for name in ("n3", "rem")
    }


def _bouts(every: Sequence[Stages]) -> dict[str, dict[str, float]]:
    """As `norms.bouts`, over nights of different lengths: what lights-on or a gap cuts is left out."""
    lasted: dict[Stage, list[float]] = {stage: [] for stage in Stage}
    for stages in every:
        found = runs(stages)
        around = np.concatenate([[UNSCORED], found.stage, [UNSCORED]])
        whole = (around[:-2] != UNSCORED) & (around[2:] != UNSCORED)
        for stage in Stage:
            lasted[stage] += found.minutes[whole & (found.stage == stage)].tolist()
    fitted = {}
    for stage, minutes in lasted.items():
        if len(minutes) > 1 and min(minutes) < max(minutes):
            k, scale = weibull(np.array(minutes))
            fitted[stage.label] = {"k": k, "scale_min": scale}
    return fitted


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
