"""python -m benchmarks.mutants [run | map | draw | check]: do the tests notice a fault?

run     draws mutants and lets each meet the tests that run its line; stopped, the same command goes on
map     records which test runs which lines (run does so by itself where sources or tests have changed)
draw    prints what would be drawn
check   prints what the verdicts come to, and refuses a survivor that survivors.md gives no reason for
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from benchmarks.mutants import survivors, verdicts
from benchmarks.mutants.choosing import Reached
from benchmarks.mutants.draw import PACKAGES, Mutant, draw
from benchmarks.mutants.mapping import Map
from benchmarks.mutants.running import Bench, check_null, run
from benchmarks.mutants.tree import Tree
from benchmarks.mutants.uses import Uses
from benchmarks.mutants.verdicts import Verdict

CHECKOUT = Path(__file__).parents[2]
KEPT = CHECKOUT / ".cache" / "mutants"
NEVER = ("test_speed.py", "test_startup.py", "test_layers.py", "test_mutants.py")
"""They hold speeds or read sources: what fails there proves nothing."""


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mutants",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("what", nargs="?", choices=("run", "map", "draw", "check"), default="run")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--only", default=",".join(PACKAGES), help="packages, with commas (all but kernels)")
    parser.add_argument("--jobs", type=int, default=1, help="copies of the checkout side by side (1)")
    parser.add_argument("--budget", type=float, default=60.0, help="CPU seconds of tests a mutant meets (60)")
    parser.add_argument("--again", action="store_true", help="those that survived meet the tests once more")
    parser.add_argument("--id", nargs="+", default=[], help="only these")
    parser.add_argument("--stale", action="store_true", help="take the map of test files as it is")
    parser.add_argument("--verdicts", type=Path, default=KEPT / "verdicts.jsonl", help="the file they go to")
    asked = parser.parse_args(words)
    packages = asked.only.split(",")
    if unknown := [package for package in packages if package not in PACKAGES]:
        parser.error(f"no mutants of {', '.join(unknown)}; there are {', '.join(PACKAGES)}")
    drawn = [] if asked.what == "map" else draw(CHECKOUT / "lullaby", asked.seed, asked.count, packages)
    if asked.what == "draw":
        for mutant in drawn:
            print(f"{mutant.id} {mutant.where} {mutant.edit.operator}\n{mutant.diff}")
        return 0
    if asked.what == "check":
        return check(drawn, asked.verdicts)
    for ignored in (signal.SIGINT, signal.SIGHUP):  # by nohup, say; tests send them to their children
        signal.signal(ignored, signal.SIG_DFL)
    trees = [Tree(KEPT / f"tree-{number}") for number in range(asked.jobs)]
    for tree in trees:
        tree.take(CHECKOUT)
    reached = mapped(trees, tests_only=asked.stale)
    if asked.what == "map":
        return 0
    known = verdicts.read(asked.verdicts)
    wanted = [m for m in drawn if not asked.id or any(m.id.startswith(one) for one in asked.id)]
    if not asked.id:
        wanted = [m for m in wanted if m.id not in known or (asked.again and survived(known[m.id]))]
    meet(wanted, trees, reached, asked.budget, asked.verdicts)
    return check(drawn, asked.verdicts)


def survived(verdict: Verdict) -> bool:
    return verdict.verdict in verdicts.SURVIVED


def mapped(trees: list[Tree], tests_only: bool) -> Reached:
    """The map, with what is stale recorded anew."""
    kept = Map(KEPT / "map")
    if stale := [file for file in kept.stale(trees[0], tests_only) if Path(file).name not in NEVER]:
        say(f"Recording which lines {len(stale)} test files run.")
        kept.record(trees, stale, say)
    reached = Reached.read(path for path in kept.files(trees[0]) if f"{path.stem}.py" not in NEVER)
    for test in reached.failing:
        say(f"left out, since it fails as it is: {test}")
    return reached


def meet(mutants: list[Mutant], trees: list[Tree], reached: Reached, budget: float, kept: Path) -> None:
    uses = Uses(trees[0].package)
    benches = [Bench(tree, reached, uses, budget) for tree in trees]
    began, done = time.monotonic(), list[Verdict]()

    def tell(verdict: Verdict) -> None:
        check_null()
        verdicts.add(kept, verdict)
        done.append(verdict)
        minutes = (time.monotonic() - began) / 60
        how = f"{verdict.verdict}{f' by {verdict.by}' if verdict.by else ''}"
        place = f"{verdict.file}:{verdict.line} {verdict.operator}"
        say(
            f"{len(done)}/{len(mutants)} {minutes:.1f} min  {verdict.id} {place}: {how} ({verdict.cpu_s:g} s)"
        )

    try:
        run(mutants, benches, tell)
        doubtful(benches[0], reached, done)
    finally:
        for bench in benches:
            bench.close()


def doubtful(bench: Bench, reached: Reached, done: list[Verdict]) -> None:
    """A test that fails by itself has caught nothing."""
    by = {verdict.by for verdict in done}
    tests = [test for test in reached.tests if test.name in by]
    for name in bench.failing(tests) if tests else ():
        say(f"fails with no fault put in: {name}; strike the verdicts that are by it")


def check(drawn: list[Mutant], kept: Path) -> int:
    known = verdicts.read(kept)
    found = [known[mutant.id] for mutant in drawn if mutant.id in known]
    told = survivors.read(survivors.FILE.read_text()) if survivors.FILE.exists() else []
    print(verdicts.summary(found, [one.id for one in told if one.word in ("equivalent", "beyond reach")]))
    print(f"{len(found)} of {len(drawn)} drawn; {sum(v.cpu_s for v in found) / 60:.0f} CPU minutes of tests")
    wrong = survivors.wrong(told)
    untold = survivors.missing(told, found)
    for line in wrong:
        print(line)
    for verdict in untold:
        print(f"\n{survivors.entry(verdict)}")
    return 1 if wrong or untold else 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
