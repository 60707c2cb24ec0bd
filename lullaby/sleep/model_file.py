"""The JSON file of the sleep model's coefficients, read and checked.

A change of stage has a row under `beta`: a coefficient for each covariate that `cov` names. Those are
    1, age ((years - 40) / 20), male (0, 0.5 or 1)    who sleeps
    S                                                 sleep pressure
    P, P>.7, P>.8, P>1.4, P>1.6, S*P                  pressure for REM, its excess, both
    c                                                 the body clock, 1 when coldest
    ld                                                log of the minutes in this stage
    Q, E                                              a trace of REM, this REM episode
    rounds, late                                      REM episodes so far, at most 4; is it the fourth
    day                                               max(.3 - c, 0) max(.4 - S, 0)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import CouldNot, WrittenWrongly, choices
from lullaby.score.plain_text import called, plain, quoted
from lullaby.sleep.json_text import json_from
from lullaby.sleep.stages import EPOCH_S, Stage

STAYING = ("1", "age", "male")
"""Covariates that are the same all night."""

MOVING = ("S", "P", "P>.7", "P>.8", "P>1.4", "P>1.6", "c", "ld", "Q", "E", "S*P", "rounds", "late", "day")
"""Covariates that change within a night, in the order of `epochs.weigh`."""

STAGES = {"W": Stage.AWAKE, "N1": Stage.N1, "N2": Stage.N2, "N3": Stage.N3, "R": Stage.REM}
"""The stages by their names in the file."""

NUMBERS = {
    "TN_min": (5, 600),
    "tauR_min": (0.5, 600),
    "tau_rise_h": (1, 200),
    "tau_decay_h": (0.5, 100),
    "P_max": (0.1, 10),
    "tsr_tau_min": (0.5, 600),
    "dwell_cap_min": (1, 600),
    "CBTmin_h": (0, 24),
    "sharp": (-10, 10),
}
"""Every number there must be, with the least and the most it may be."""

SPREAD = ("depth", "wake", "cycle")

_MOST = 100.0
"""The largest coefficient that is accepted: a logit of a hundred is certainty already."""

Change = tuple[Stage, Stage]


@dataclass(frozen=True)
class ModelNumbers:
    """The numbers of such a file, checked."""

    numbers: dict[str, float]
    spread: dict[str, float]
    rows: dict[Change, dict[str, float]]


def read(path: Path) -> ModelNumbers:
    where = plain(str(path))
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise CouldNot(f"{where}: {error.strerror or 'it cannot be read'}.") from None
    except UnicodeDecodeError:
        raise WrittenWrongly(where, "this is not a text file.") from None
    return checked(json_from(text, where), where)


def checked(data: Any, where: str) -> ModelNumbers:
    data = _table(data, where, "the file")
    if _number(data, "epoch_s", where, 1, 3600) != EPOCH_S:
        raise WrittenWrongly(where, f"epoch_s is {data['epoch_s']:g}; the model steps by {EPOCH_S} s.")
    numbers = {name: _number(data, name, where, *bounds) for name, bounds in NUMBERS.items()}
    spread = _table(data.get("re"), where, "re")
    names = _covariates(data.get("cov"), f"{where}, cov")
    rows = {}
    for name, row in _table(data.get("beta"), where, "beta").items():
        change = _change(name, f"{where}, beta")
        rows[change] = dict(zip(names, _row(row, len(names), f"{where}, {quoted(name)}"), strict=True))
    return ModelNumbers(numbers, {name: _number(spread, name, f"{where}, re", 0, 5) for name in SPREAD}, rows)


def _table(data: Any, where: str, name: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise WrittenWrongly(where, f"{name} is a table of names and values, not {called(data)}.")
    return data


def _number(data: Mapping[str, Any], name: str, where: str, low: float, high: float) -> float:
    value = data.get(name)
    if value is None:
        raise WrittenWrongly(where, f"there is no {name}.")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrittenWrongly(where, f"{name} is a number, not {called(value)}.")
    if not low <= value <= high:
        raise WrittenWrongly(where, f"{name} goes from {low:g} to {high:g}, not to {_shown(value)}.")
    return float(value)


def _shown(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e300 else "so much"


def _covariates(data: Any, where: str) -> list[str]:
    if not isinstance(data, list) or not all(isinstance(name, str) for name in data):
        raise WrittenWrongly(where, "this is a list of the covariates' names.")
    known = (*STAYING, *MOVING)
    for name in data:
        if name not in known:
            raise WrittenWrongly(where, f"there is no {quoted(name)}.", choices(name, known, "There are"))
        if data.count(name) > 1:
            raise WrittenWrongly(where, f"{quoted(name)} is there twice.")
    return data


def _change(change: str, where: str) -> Change:
    start, _, goal = change.partition("->")
    if start == goal or start not in STAGES or goal not in STAGES:
        names = ", ".join(STAGES)
        raise WrittenWrongly(where, f"{quoted(change)} is no change of stage.", f"Stages are {names}.")
    return STAGES[start], STAGES[goal]


def _row(row: Any, length: int, where: str) -> list[float]:
    if not isinstance(row, list) or len(row) != length:
        raise WrittenWrongly(where, f"this is a list of {length} numbers, one for each covariate.")
    for value in row:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrittenWrongly(where, f"this is a list of numbers, and {called(value)} is among them.")
        if not -_MOST <= value <= _MOST or math.isnan(value):
            raise WrittenWrongly(
                where, f"coefficients go from -{_MOST:g} to {_MOST:g}, not to {_shown(value)}."
            )
    return [float(value) for value in row]
