"""Simulated nights: the same sleeper, seed and date give the same night, everywhere.

A few nights are stepped through in plain Python, many are compiled; the bits are the same, and loading
numba would take longer than a few nights do.
"""

from __future__ import annotations

import datetime

import numpy as np

from lullaby.chance import Key
from lullaby.sleep.coefficients import Coefficients, shipped
from lullaby.sleep.course import Course
from lullaby.sleep.initial_state import initial_state
from lullaby.sleep.latency import mean_min, quantile
from lullaby.sleep.model import Sleeping
from lullaby.sleep.norms import Stages
from lullaby.sleep.sleeper import Sleeper

SLOW = 0.8
"""The share of evenings on which sleep has come by then."""

FEW = 20
"""Nights below which the plain stepper is quicker."""


def night_key(seed: int, day: datetime.date | None) -> Key:
    """The sleeper's own chance within the night of this seed and date."""
    return Key.root(seed, "night", day.isoformat() if day else "any night") / "sleeper"


def simulate(
    sleeper: Sleeper,
    seed: int,
    day: datetime.date,
    nights: int = 1,
    model: Coefficients | None = None,
    *,
    compiled: bool | None = None,
) -> Stages:
    """The stage in every half minute in bed, of this night and those after it: int8[nights, epochs]."""
    keys = [night_key(seed, day + datetime.timedelta(days=n)) for n in range(nights)]
    model = model or shipped()
    if nights >= FEW if compiled is None else compiled:
        return _compiled(sleeper, keys, model)
    stages = np.empty((nights, sleeper.epochs), np.int8)
    for night, key in enumerate(keys):
        sleeping = Sleeping(sleeper, key, model)
        for epoch in range(sleeper.epochs):
            stages[night, epoch] = sleeping.stage
            sleeping.step()
    return stages


def course_of(
    sleeper: Sleeper, seed: int, day: datetime.date | None, model: Coefficients | None = None, *, slow: bool
) -> Course:
    """The night of this sleeper as a course. A slow one falls asleep as late as every fifth does, so that a
    night made for nobody in particular does not leave most people early."""
    model = model or shipped()
    late = quantile(SLOW, mean_min(sleeper, model)) if slow else None
    sleeping = Sleeping(sleeper, night_key(seed, day), model, asleep_after_min=late)
    stages = [int(sleeping.stage)]
    while len(stages) < sleeper.epochs:
        stages.append(int(sleeping.step()))
    return Course.from_epochs(stages)


def _compiled(sleeper: Sleeper, keys: list[Key], model: Coefficients) -> Stages:
    from lullaby.kernels.sleeping import SCRATCH, fill_nights

    out = initial_state(sleeper, model)
    words = np.array([key.words for key in keys], np.int64).reshape(-1, 2)
    state, person, ways = np.array(out.state), np.array(out.person), np.array(out.ways)
    numbers, slopes, logs = np.array(model.numbers), np.array(model.slopes), np.array(model.logs)
    stages = np.empty((len(keys), sleeper.epochs), np.int8)
    fill_nights(words, state, person, ways, numbers, slopes, logs, np.zeros(SCRATCH), stages)
    return stages
