"""Side by side: every program plays every patch once a round, round after round; medians stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.cpu import Failed, of_child
from benchmarks.peers.building import Faust
from benchmarks.peers.engines import Csound, Engine, Ours, Run, SuperCollider
from benchmarks.peers.ours import PATCHES

ENGINES: tuple[Engine, ...] = (Ours(), Faust(), SuperCollider(), Csound())


@dataclass(frozen=True)
class Row:
    """What a patch cost a program: CPU seconds of the whole process for so many seconds of sound."""

    patch: str
    engine: str
    room: str
    build: str
    seconds: int
    cpu_s: float
    rounds: tuple[float, ...]

    @property
    def rate(self) -> float:
        """CPU seconds a second of sound: what programs that played unequally long are compared by."""
        return self.cpu_s / self.seconds


@dataclass(frozen=True)
class Race:
    rows: list[Row]
    missing: list[str]
    """A line for every program that could not take part."""


def race(
    seconds: int,
    rounds: int,
    engines: Sequence[Engine] = ENGINES,
    patches: Iterable[str] = PATCHES,
    say: Callable[[str], None] = lambda line: None,
) -> Race:
    """Builds everything first; then the rounds, so that a busy minute falls on all alike."""
    missing, ready = [], []
    patches = tuple(patches)
    with TemporaryDirectory(prefix="lullaby-peers-") as name:
        for engine in engines:
            if absent := engine.missing():
                missing.append(f"{engine.name} is left out: no {' and no '.join(absent)} here.")
                continue
            length = min(seconds, engine.longest)
            say(f"getting {engine.name} ready")
            try:
                ready += [
                    (run, length) for patch in patches for run in engine.runs(patch, length, Path(name))
                ]
            except Failed as why:
                missing.append(f"{engine.name} is left out: {why}")
        _warm(ready)
        taken: dict[int, list[float]] = {at: [] for at in range(len(ready))}
        for number in range(rounds):
            for at, (run, _) in enumerate(ready):
                say(f"round {number + 1} of {rounds}: {run.patch} {run.engine} {run.room}".rstrip())
                taken[at].append(of_child(run.command))
    rows = [
        Row(run.patch, run.engine, run.room, run.build, length, median(taken[at]), tuple(taken[at]))
        for at, (run, length) in enumerate(ready)
    ]
    return Race(rows, missing)


def _warm(ready: Sequence[tuple[Run, int]]) -> None:
    """Compiles our kernels once, as others were compiled before; a run shorter than a page does it."""
    for run, _ in ready:
        if run.engine == Ours.name:
            *command, patch, _, file = run.command
            of_child([*command, patch, "1", file])
