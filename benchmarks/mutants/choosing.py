"""Which tests a mutant meets: those that run its line, the quick ones first, and no more than time allows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.mutants.draw import Mutant
from benchmarks.mutants.uses import Uses

STEPS = (0.02, 0.1, 0.5, 2.0, 8.0)
"""CPU seconds; tests that take about as long stay in their own order, so that they share what is cached."""
VARIANTS = 6
"""Of one test with many parameters so many first, the others last."""
OTHERS = 3.0
"""How much dearer a test counts in whose file's name the module's does not appear."""


@dataclass
class Test:
    name: str
    cpu_s: float
    """Of its own."""
    shares: dict[str, float]
    """What it is handed that is made once for several tests, and the CPU seconds that takes."""
    lines: dict[str, int]
    """By file, as the bits of a number."""

    @property
    def alone_s(self) -> float:
        return self.cpu_s + sum(self.shares.values())

    @property
    def file(self) -> str:
        return self.name.partition("::")[0]

    @property
    def function(self) -> str:
        return self.name.partition("[")[0]


@dataclass
class Chosen:
    tests: list[Test]
    """In the order they are to be run."""
    cpu_s: float = 0.0
    left_out: int = 0
    """That reach the line as well, and for which there was no time."""
    on_import: bool = False
    """Whether it is set up or run as modules are imported, so that each has to be imported anew."""


@dataclass
class Reached:
    """The map from tests to lines, as it was recorded."""

    tests: list[Test] = field(default_factory=list)
    imports: dict[str, dict[str, int]] = field(default_factory=dict)
    """What runs while a test file is imported."""
    failing: list[str] = field(default_factory=list)
    """Tests that fail with no fault put in: no use here."""

    @classmethod
    def read(cls, files: Iterable[Path]) -> Reached:
        found = cls()
        for path in files:
            for row in map(json.loads, path.read_text().splitlines()):
                lines = {file: int(bits, 16) for file, bits in row["lines"].items()}
                if not row["test"]:
                    found.imports[f"tests/{path.stem}.py"] = lines
                elif row["outcome"] == "passed":
                    shares = {f"{path.stem} {number}": cpu_s for number, cpu_s in row["shares"].items()}
                    found.tests.append(Test(row["test"], row["cpu_s"], shares, lines))
                elif row["outcome"] == "failed":
                    found.failing.append(row["test"])
        return found

    def choose(self, mutant: Mutant, uses: Uses, budget: float) -> Chosen:
        """Tests worth `budget` CPU seconds."""
        site = mutant.site
        wanted: dict[str, int] = defaultdict(int)
        if site.inside:
            for line in range(site.lines[0], site.lines[1] + 1):
                wanted[site.file] |= 1 << line
        else:
            for file, line in uses.of(site.file, site.scope, mutant.line):
                wanted[file] |= 1 << line
        on_import = not site.inside or any(_meet(lines, wanted) for lines in self.imports.values())
        reaching = [test for test in self.tests if _meet(test.lines, wanted)]
        if on_import and not reaching:
            reaching = [test for test in self.tests if site.file in test.lines]
        chosen = Chosen([], on_import=on_import)
        made: set[str] = set()
        for test in _ordered(reaching, site.file):
            cpu_s = test.cpu_s + sum(cost for what, cost in test.shares.items() if what not in made)
            if chosen.tests and chosen.cpu_s + cpu_s > budget:
                chosen.left_out += 1
            else:
                chosen.tests.append(test)
                chosen.cpu_s += cpu_s
                made |= test.shares.keys()
        return chosen


def _meet(lines: dict[str, int], wanted: dict[str, int]) -> bool:
    return any(lines.get(file, 0) & bits for file, bits in wanted.items())


def _ordered(tests: list[Test], file: str) -> list[Test]:
    """Quick ones and those of the module's own test file before others; one test's many variants last."""
    stem = Path(file).stem.strip("_").rstrip("s")

    def dear(test: Test) -> int:
        cpu_s = test.alone_s * (1.0 if stem and stem in test.file else OTHERS)
        return sum(cpu_s > step for step in STEPS)

    variants: dict[str, list[Test]] = defaultdict(list)
    for test in tests:
        variants[test.function].append(test)
    first: list[Test] = []
    last: list[Test] = []
    for alike in variants.values():
        by_time = sorted(alike, key=lambda test: test.alone_s)
        first += by_time[:VARIANTS]
        last += by_time[VARIANTS:]
    place = {test.name: i for i, test in enumerate(tests)}
    return [test for part in (first, last) for test in sorted(part, key=lambda t: (dear(t), place[t.name]))]
