"""python -m benchmarks.follower FOLDER: how well the Follower knows nights that people scored.

FOLDER is as in `benchmarks.sleep_likelihood`. A watch is pretended that sees wake, light, deep or REM every
30 s, as often wrong as SEES says; its mistakes last for --lasting seconds on average (0: each is a new one).
Printed are nats an epoch of the stage that was scored, for the Follower and for the model alone, and how
many slept where so much sleep was said. A night ends 15 minutes after its last sleep.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lullaby.chance import Key
from lullaby.kernels import epochs
from lullaby.people.traits import ADULT, Sex
from lullaby.sleep.course import EPOCH
from lullaby.sleep.follower import Follower
from lullaby.sleep.sleeper import Sleeper

SEES = (
    (0.55, 0.35, 0.02, 0.08),
    (0.20, 0.60, 0.03, 0.17),
    (0.06, 0.70, 0.12, 0.12),
    (0.02, 0.33, 0.63, 0.02),
    (0.06, 0.28, 0.02, 0.64),
)
"""How often awake, N1, N2, N3 and REM look like wake, light, deep and REM sleep: two in three are right, as
with the better watches of 2020–2025. [design]"""

_UP_AFTER = 30
"""Epochs awake after the last sleep that still count."""


@dataclass
class Table:
    """What was said, and what was so."""

    known: float = 0.0
    alone: float = 0.0
    right: int = 0
    said: list[float] = field(default_factory=list)
    slept: list[bool] = field(default_factory=list)

    def add(self, sleeper: Sleeper, stages: Sequence[int], key: Key, lasting_s: float) -> None:
        follower = Follower(sleeper, key / "follower")
        looks = seen(stages, key / "watch", lasting_s)
        for epoch in range(1, len(stages)):
            follower.tell(
                epoch * EPOCH, [row[looks[epoch]] for row in SEES], source="watch", lasting_s=lasting_s
            )
            if stages[epoch] >= 0:
                belief, alone = follower.belief(epoch * EPOCH), follower.prior(epoch * EPOCH)
                self.known += math.log(max(belief.chances[stages[epoch]], 1e-6))
                self.alone += math.log(max(alone.chances[stages[epoch]], 1e-6))
                self.right += belief.stage == stages[epoch]
                self.said.append(belief.asleep)
                self.slept.append(stages[epoch] > 0)

    def between(self, low: float, high: float) -> tuple[int, float, float]:
        """Of half minutes said to be sleep so likely: how many, how likely on average, the share that was."""
        pairs = zip(self.said, self.slept, strict=True)
        chosen = [(p, s) for p, s in pairs if low <= p < high or p >= high == 1]
        n = max(1, len(chosen))
        return len(chosen), sum(p for p, _ in chosen) / n, sum(s for _, s in chosen) / n


def seen(stages: Sequence[int], key: Key, lasting_s: float) -> list[int]:
    """What a watch makes of each half minute. Its luck is a bell curve that moves slowly, so that its
    mistakes last; what is unscored looks as what was before."""
    low, high = key.words
    kept = math.exp(-30 / lasting_s) if lasting_s else 0.0
    luck, found, stage = epochs.normal(low, high, 0), [], 0
    for epoch, scored in enumerate(stages):
        luck = kept * luck + math.sqrt(1 - kept * kept) * epochs.normal(low, high, 64 * (epoch + 1))
        stage = scored if scored >= 0 else stage
        u = 0.5 * (1 + math.erf(luck / math.sqrt(2)))
        row = SEES[stage]
        found.append(next((k for k in range(3) if u < sum(row[: k + 1])), 3))
    return found


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.follower", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dataset", default="", help="nights whose dataset begins so (all)")
    parser.add_argument("--lasting", type=float, default=60.0, help="seconds that mistakes last (60)")
    asked = parser.parse_args(words)
    with open(asked.folder / "index.csv", encoding="utf-8", newline="") as index:
        rows = [row for row in csv.DictReader(index) if row["dataset"].startswith(asked.dataset)]
    table = Table()
    for n, row in enumerate(rows):
        stages = json.loads((asked.folder / row["file"]).read_text("utf-8"))
        last = max(epoch for epoch, stage in enumerate(stages) if stage > 0)
        table.add(_sleeper(row), stages[: last + _UP_AFTER], Key.root(n), asked.lasting)
    count = len(table.said)
    print(f"{len(rows)} nights, {count} epochs, mistakes last {asked.lasting:g} s")
    print(f"nats an epoch: {table.known / count:.4f} followed, {table.alone / count:.4f} by the model alone")
    print(f"the likeliest stage was right in {100 * table.right / count:.1f} %")
    print("says asleep        epochs   mean   were")
    bins = [(k / 10, (k + 1) / 10) for k in range(10)]
    for low, high in [*bins, (0.75, 0.85)]:
        many, mean, were = table.between(low, high)
        print(f"{100 * low:3.0f}–{100 * high:3.0f} % {many:13d} {100 * mean:6.1f} {100 * were:6.1f}")
    return 0


def _sleeper(row: dict[str, str]) -> Sleeper:
    sex = {"female": Sex.FEMALE, "male": Sex.MALE}.get(row["sex"], Sex.UNSPECIFIED)
    bedtime = float(row["lights_off_h"] or 23) % 24
    return Sleeper(age=max(ADULT, float(row["age"] or 35)), sex=sex, bedtime=bedtime)


if __name__ == "__main__":
    raise SystemExit(main())
