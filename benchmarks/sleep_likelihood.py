"""python -m benchmarks.sleep_likelihood FOLDER: how well the model foretells nights that people scored.

FOLDER holds `index.csv` (columns file, dataset) and JSON lists of a stage every 30 s: 0 awake, 1–3 N1–N3,
4 REM, -1 unscored. Such nights are not ours to ship. Counted from the first to the last epoch of sleep,
with nobody's own traits: age 35, no coefficient of sex, pressure .65 and 23.3 h at the first.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from itertools import pairwise
from pathlib import Path

from lullaby.kernels import epochs
from lullaby.kernels.exact import cos_turns, sin_turns
from lullaby.people.traits import Sex
from lullaby.sleep.coefficients import Coefficients, read_coefficients, shipped, way
from lullaby.sleep.initial_state import initial_state
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage

PRESSURE, CLOCK = 0.65, 23.3


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sleep_likelihood", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dataset", default="DOD", help="nights whose dataset begins so (DOD)")
    parser.add_argument("--model", type=Path, help="other coefficients than ours")
    asked = parser.parse_args(words)
    model = read_coefficients(asked.model) if asked.model else shipped()
    with open(asked.folder / "index.csv", encoding="utf-8", newline="") as index:
        names = [row["file"] for row in csv.DictReader(index) if row["dataset"].startswith(asked.dataset)]
    total, counted = 0.0, 0
    for name in names:
        found, steps = likelihood(json.loads((asked.folder / name).read_text("utf-8")), model)
        print(f"{name}: {found / steps:.4f}")
        total, counted = total + found, counted + steps
    print(f"{len(names)} nights, {counted} epochs: {total / counted:.4f} nats an epoch")
    return 0


def likelihood(stages: list[int], model: Coefficients) -> tuple[float, int]:
    """Nats of the epochs of one night, and how many were counted: those of changes the model knows."""
    asleep = [i for i, stage in enumerate(stages) if stage > Stage.AWAKE]
    night = stages[asleep[0] : asleep[-1] + 1]
    out = initial_state(Sleeper(age=35, sex=Sex.FEMALE), model)
    state, weights = list(out.state), [0.0] * epochs.WAYS
    turns = (CLOCK - model.cbt_min_h) / 24
    state[epochs.S], state[epochs.SLEPT] = PRESSURE, 1.0
    state[epochs.COS], state[epochs.SIN] = float(cos_turns(turns)), float(sin_turns(turns))
    epochs.enter(state, night[0])
    traits = (*out.ways[: 5 * epochs.WAYS], out.person[epochs.CLIMBING], 0.0)
    total, counted = 0.0, 0
    for before, after in pairwise(night):
        epochs.live(state, traits, model.numbers)
        sums = epochs.weigh(state, traits, model.slopes, model.logs, 0.0, weights)
        if before >= 0 and after >= 0:
            weight = 1.0 if before == after else weights[way(Stage(before), Stage(after)) % epochs.WAYS]
            if weight:
                total, counted = total + math.log(weight / sums), counted + 1
        epochs.turn(state, model.numbers)
        if after >= 0:
            epochs.enter(state, after)
    return total, counted


if __name__ == "__main__":
    raise SystemExit(main())
