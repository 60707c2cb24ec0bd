"""The sleep model's coefficients: read from `model.json` and laid out in arrays for the kernels.

`model.json` began as the fit to 89 public nights that sleep.md describes. Four things were mended, by
Gauss-Newton steps with common random numbers on the norms of sleep.md, held back by the likelihood of real
nights (six of DOD-H among them, so they are no longer held out); the rest moved a little. [cal]
  - REM grows from cycle to cycle: `rounds` (REM episodes so far) and `late` (from the fourth) make it last.
  - REM comes sooner with age, as in Boulos 2019: ways into REM and out of it had too little age in them.
  - N3 at 25 and its fall with age: N2->N3 and N3->N2. Longer tails (`ld`) of wake, N2 and N3.
  - Day sleep ends by itself: `day` wakes who is warm and no longer tired. It is 0 in a night from 23 to 9.
    Sleep begun at 7 or 11 lasts about half as long, at 19 as long as at 23 (Åkerstedt and Gillberg 1981).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lullaby.kernels import epochs
from lullaby.kernels.exact import cos_turns, exp, log, sin_turns
from lullaby.sleep.model_file import MOVING, STAYING, Change, ModelNumbers, checked, read
from lullaby.sleep.stages import EPOCH_S, Stage

SHIPPED = Path(__file__).with_name("model.json")

_MINUTES = EPOCH_S / 60
_HOURS = EPOCH_S / 3600
_EPISODE_MIN = 20
"""Minutes of REM that E counts as one."""
_APART_MIN = 15
"""Minutes without REM after which an episode is over."""


@dataclass(frozen=True)
class Coefficients:
    """A model of sleep, as numbers."""

    staying: tuple[dict[str, float] | None, ...]
    """The coefficients of who somebody is, for each stage's four ways out; None where there is no way."""
    slopes: tuple[float, ...]
    """The `epochs.FEATURES` coefficients of what varies within a night, for each change of stage in turn."""
    logs: tuple[float, ...]
    """Logarithms of the minutes in a stage, by the epochs in it."""
    numbers: tuple[float, ...]
    """Constants, by the indices that `epochs` gives them."""
    spread: Mapping[str, float]
    """The standard deviations between nights: of depth, wake and (log) cycle."""
    cycle_min: float
    cbt_min_h: float
    rise_h: float


def way(start: Stage, goal: Stage) -> int:
    """The index of a change of stage among all twenty."""
    return start * epochs.WAYS + (goal if goal < start else goal - 1)


@lru_cache(maxsize=1)
def shipped() -> Coefficients:
    return laid_out(checked(json.loads(SHIPPED.read_text("utf-8")), SHIPPED.name))


def read_coefficients(path: Path) -> Coefficients:
    """The coefficients in somebody's own file (`--model FILE`)."""
    return laid_out(read(path))


def laid_out(model: ModelNumbers) -> Coefficients:
    n = model.numbers
    staying: list[dict[str, float] | None] = [None] * (5 * epochs.WAYS)
    slopes = [0.0] * (5 * epochs.WAYS * epochs.FEATURES)
    for change, row in model.rows.items():
        values = _sharpened(change, row, n["sharp"])
        change_index = way(*change)
        staying[change_index] = {name: values.get(name, 0.0) for name in STAYING}
        first = change_index * epochs.FEATURES
        slopes[first : first + epochs.FEATURES] = [values.get(name, 0.0) for name in MOVING]
    turn = _HOURS / 24
    numbers = {
        epochs.RISE: _HOURS / n["tau_rise_h"],
        epochs.DECAY: _HOURS / n["tau_decay_h"],
        epochs.TOP: n["P_max"],
        epochs.FADE: float(exp(-_MINUTES / n["tauR_min"])),
        epochs.GROW: _MINUTES / _EPISODE_MIN,
        epochs.RESET: _APART_MIN / _MINUTES,
        epochs.FORGET: float(exp(-_MINUTES / n["tsr_tau_min"])),
        epochs.TURN_COS: float(cos_turns(turn)),
        epochs.TURN_SIN: float(sin_turns(turn)),
    }
    longest = int(n["dwell_cap_min"] / _MINUTES)
    return Coefficients(
        staying=tuple(staying),
        slopes=tuple(slopes),
        logs=tuple(float(log(k * _MINUTES + 0.5)) for k in range(longest + 1)),
        numbers=tuple(numbers[place] for place in range(epochs.NUMBERS)),
        spread=model.spread,
        cycle_min=n["TN_min"],
        cbt_min_h=n["CBTmin_h"],
        rise_h=n["tau_rise_h"],
    )


def _sharpened(change: Change, row: Mapping[str, float], sharp: float) -> dict[str, float]:
    """The row with the extra effect of REM pressure P, which a file holds as one number, `sharp`: it is added
    times min(P, 1.6) - 1.1 from N1 and N2 to REM, and times half of max(P - .7, 0) from N3 to N2."""
    values = dict(row)
    extra: dict[str, float] = {}
    if change in ((Stage.N1, Stage.REM), (Stage.N2, Stage.REM)):
        extra = {"1": -1.1, "P": 1.0, "P>1.6": -1.0}
    elif change == (Stage.N3, Stage.N2):
        extra = {"P>.7": 0.5}
    for name, amount in extra.items():
        values[name] = values.get(name, 0.0) + amount * sharp
    return values
