"""The model's state at lights-out: sleep pressure, body clock, and the odds of each change of stage."""

from __future__ import annotations

from dataclasses import dataclass

from lullaby.kernels import epochs
from lullaby.kernels.exact import cos_turns, sin_turns
from lullaby.sleep.coefficients import Coefficients, way
from lullaby.sleep.latency import SHAPE, mean_min, pressure, turns
from lullaby.sleep.sleeper import OLDEST, Sleeper
from lullaby.sleep.stages import EPOCH_S, Stage

PER_MINUTE = 60 / EPOCH_S


@dataclass(frozen=True, slots=True)
class InitialState:
    """The part of the model's state that is alike on every night of a sleeper, before chance gives a night
    its own traits."""

    state: tuple[float, ...]
    person: tuple[float, ...]
    ways: tuple[float, ...]
    """The logit of each change of stage, then by how much a night's depth and its wakefulness move that."""


def initial_state(sleeper: Sleeper, model: Coefficients) -> InitialState:
    clock = turns(sleeper, model)
    state = [0.0] * epochs.STATE
    state[epochs.S] = pressure(sleeper, model)
    state[epochs.SINCE] = 2000.0  # no REM for longer than anything remembers
    state[epochs.COS], state[epochs.SIN] = float(cos_turns(clock)), float(sin_turns(clock))
    spread = (model.spread[name] for name in ("depth", "wake", "cycle"))
    climb = 1 / (PER_MINUTE * model.cycle_min)
    person = (*spread, climb, SHAPE, PER_MINUTE * mean_min(sleeper, model))
    return InitialState(tuple(state), person, _ways(sleeper, model))


def _ways(sleeper: Sleeper, model: Coefficients) -> tuple[float, ...]:
    years = (min(sleeper.age, OLDEST) - 40) / 20
    places = 5 * epochs.WAYS
    own, deep, wakeful = [epochs.NEVER] * places, [0.0] * places, [0.0] * places
    for start in Stage:
        for goal in Stage:
            row = None if start is goal else model.staying[way(start, goal)]
            if row is None:
                continue
            place = way(start, goal)
            deep[place] = (start is Stage.N2 and goal is Stage.N3) - 0.5 * (start is Stage.N3)
            wakeful[place] = (goal is Stage.AWAKE) - 0.5 * (start is Stage.AWAKE)
            own[place] = row["1"] + row["age"] * years + row["male"] * sleeper.sex.male
            own[place] += wakeful[place] * sleeper.hyper
            if start is Stage.N2 and goal is Stage.N3:
                own[place] -= 0.3 * sleeper.hyper
    return (*own, *deep, *wakeful)
