"""What became of each mutant: a file with a line for each, and what they come to."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

CAUGHT = ("caught", "timeout")
SURVIVED = ("survived", "survived within the budget", "not reached")


@dataclass(frozen=True)
class Verdict:
    id: str
    file: str
    line: int
    operator: str
    diff: str
    verdict: str
    """caught, timeout (which counts as caught); survived (all tests that reach it), survived within the
    budget (those for which there was time), not reached (by any)."""
    by: str
    """The test that failed."""
    ran: int
    left_out: int
    """Tests that reach the line and for which there was no time."""
    cpu_s: float

    @property
    def package(self) -> str:
        return self.file.partition("/")[0]


def read(path: Path) -> dict[str, Verdict]:
    """By id, the newest of each."""
    if not path.exists():
        return {}
    found = [Verdict(**json.loads(line)) for line in path.read_text().splitlines()]
    return {verdict.id: verdict for verdict in found}


def add(path: Path, verdict: Verdict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as out:
        out.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")


def summary(verdicts: Iterable[Verdict], equivalent: Iterable[str] = ()) -> str:
    """A table by package: of those that change behaviour, how many are caught."""
    same = set(equivalent)
    caught: Counter[str] = Counter()
    survived: Counter[str] = Counter()
    nothing: Counter[str] = Counter()
    for verdict in verdicts:
        where = caught if verdict.verdict in CAUGHT else nothing if verdict.id in same else survived
        where.update((verdict.package, "all"))
    names = sorted({*caught, *survived, *nothing} - {"all"})
    lines = [f"{'':10}{'caught':>8}{'survived':>10}{'equivalent':>12}{'share':>8}"]
    for package in (*names, "all"):
        counted = caught[package] + survived[package]
        share = f"{caught[package] / counted:8.1%}" if counted else f"{'–':>8}"
        lines.append(f"{package:10}{caught[package]:8}{survived[package]:10}{nothing[package]:12}{share}")
    return "\n".join(lines)
