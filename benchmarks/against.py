"""This checkout beside an earlier commit of it: what became faster, what became dearer.

    python -m benchmarks against [COMMIT] [--rounds 3] [--hours 8]

The commit's `lullaby`, `voices` and `scores` are laid into a passing folder. Both are measured by the
benchmarks of this checkout (`one_tree`), in processes of their own, in turns; each has a home, and compiled
kernels, of its own. Both play the voices and scores of the commit, so that the same sound is compared. One
round before all others compiles and loads what is needed, and is thrown away.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.cpu import ROOT, Failed

BEFORE = "145c6e6dae4c48441e140814e1f33ae3a8a6584a"
"""The commit before lullaby was made to cost less."""
PARTS = ("lullaby", "voices", "scores")
WHAT = ("speeds", "following", "keeping", "starting", "memory")


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    says: str
    unit: str
    more: bool = False
    """Is more of it better?"""
    seconds: float = 0.0
    """Seconds of sound that were made, where it is told in times real time."""
    digits: int = 2

    def told(self, measured: float) -> float:
        return self.seconds / measured if self.seconds else measured


FIGURES = {
    "voices": Figure("the default night's voices together", "× real time", True, 60, 0),
    "night": Figure("the default night, its pages", "× real time", True, 60, 0),
    "p1": Figure("P1 alone", "× real time", True, 60, 0),
    "told": Figure("a page with a teller and eight notes", "× real time", True, 60, 0),
    "follows": Figure("a night that follows, dearer by", "%", digits=1),
    "keeps .opus": Figure("kept as .opus by all cores", "s", digits=1),
    "keeps .m4b": Figure("kept as .m4b by all cores", "s", digits=1),
    "first page": Figure("the first page, kernels compiled before", "s of CPU"),
    "first sound": Figure("from `play` to the first sound", "s"),
    "memory told": Figure("memory of what plays, speech loaded (PSS)", "MB", digits=0),
    "memory untold": Figure("memory of what plays, no speech (PSS)", "MB", digits=0),
}
_IN_LOOPS = " in loops"


@dataclass(frozen=True)
class Compared:
    """One figure of both, as it is told, and by how much the new one is better."""

    name: str
    unit: str
    old: float
    new: float
    ratio: float | None
    """Times faster, or smaller; None where there is no such thing."""
    old_loops: float | None = None
    """What a page costs in units of the fixed loop: nearly the same on any machine."""
    new_loops: float | None = None


def against(
    commit: str = BEFORE,
    rounds: int = 3,
    hours: float = 8.0,
    what: Sequence[str] = WHAT,
    say: Callable[[str], None] = lambda line: None,
) -> list[Compared]:
    """Both, compared by the medians of so many rounds."""
    with tempfile.TemporaryDirectory(prefix="lullaby-against-") as folder:
        old = Path(folder) / "then"
        laid_out(commit, old)
        trees = {"old": old, "new": ROOT}
        homes = {name: home(Path(folder) / f"home-{name}", old) for name in trees}
        found: dict[str, dict[str, list[float]]] = {name: {} for name in trees}
        for one in what:
            for number in range(rounds + 1):
                for name, tree in trees.items():
                    say(f"{one}, {name}, " + (f"round {number} of {rounds}" if number else "to warm it"))
                    figures = measured(one, tree, homes[name], hours if number else 0.0)
                    for figure, value in figures.items() if number else ():
                        found[name].setdefault(figure, []).append(value)
    return compared(*({k: median(v) for k, v in found[name].items()} for name in trees))


def laid_out(commit: str, folder: Path) -> None:
    """This commit's code, voices and scores in a folder; a Failed says what to do where it is not here."""
    asked = ["git", "archive", "--format=tar", commit, "--", *PARTS]
    try:
        done = subprocess.run(asked, cwd=ROOT, capture_output=True)
    except OSError as error:
        raise Failed(f"git is needed to fetch commit {commit} ({error.strerror})") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise Failed(
            f"commit {commit} is not in this checkout. A shallow clone has only the last ones: "
            f"`git fetch --unshallow` brings the others.\n    git says: {said[-1] if said else 'nothing'}"
        )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")


def home(folder: Path, tree: Path) -> Path:
    """A home in which the voices and scores of this tree are found before those that a program ships."""
    for part in ("voices", "scores"):
        shutil.copytree(tree / part, folder / part)
    return folder


def measured(what: str, tree: Path, home: Path, hours: float) -> dict[str, float]:
    """The figures of the lullaby in this tree, by a process of its own."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tree), str(ROOT))), "PYTHONSAFEPATH": "1"}
    env |= {"LULLABY_HOME": str(home), "LULLABY_CACHE": str(home / "cache")}
    command = [sys.executable, "-P", "-m", "benchmarks.one_tree", what, str(hours)]
    done = subprocess.run(command, cwd=home, env=env, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{what} of {tree} failed with {done.returncode}: {done.stderr[-600:].strip()}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def compared(old: dict[str, float], new: dict[str, float]) -> list[Compared]:
    """Each figure that both have, in the order of the table."""
    rows = []
    for name, figure in FIGURES.items():
        if name in old and name in new:
            a, b = figure.told(old[name]), figure.told(new[name])
            ratio = None if figure.unit == "%" else (b / a if figure.more else a / b)
            loops = (old.get(name + _IN_LOOPS), new.get(name + _IN_LOOPS))
            rows.append(Compared(name, figure.unit, a, b, ratio, *loops))
    return rows


def table(rows: list[Compared]) -> str:
    lines = [f"{'':42}{'then':>8}{'now':>8}{'':14}{'better':>8}{'a page in loops':>20}"]
    for row in rows:
        figure = FIGURES[row.name]
        numbers = f"{row.old:8.{figure.digits}f}{row.new:8.{figure.digits}f}  {row.unit:12}"
        better = "" if row.ratio is None else f"{row.ratio:.2f} ×"
        loops = "" if row.new_loops is None else f"{row.old_loops:.0f} → {row.new_loops:.0f}"
        lines.append(f"{figure.says:42}{numbers}{better:>8}{loops:>20}".rstrip())
    return "\n".join(lines)
