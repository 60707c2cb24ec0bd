"""Faust's patches as programs: several builds of each, and which of them is the fastest here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from benchmarks.cpu import NULL, Failed, of_child
from benchmarks.peers.engines import HERE, Run, absent, variants

FAUST = {"scalar": [], "vec": ["-vec", "-vs", "64"], "vec 32 loops": ["-vec", "-lv", "1", "-vs", "32"]}
"""What faust is told, by the name of the build."""

COMPILERS = ("g++", "clang++")
FLAGS = ["-O3", "-march=native", "-ffast-math"]

TRIAL = 300
"""Seconds of sound by which the builds of one patch are told apart; the best then plays the night."""


class Faust:
    name = "faust"
    longest = 28_800

    def missing(self) -> list[str]:
        return absent("faust", "g++")

    def runs(self, patch: str, seconds: int, folder: Path) -> list[Run]:
        """Of every patch the fastest build alone."""
        made = []
        for name, room in variants(self.name, patch):
            builds = self.builds(name, folder)
            taken = {
                build: of_child([str(program), str(TRIAL), str(NULL)]) for build, program in builds.items()
            }
            best = min(taken, key=lambda build: taken[build])
            made.append(Run(patch, self.name, room, best, [str(builds[best]), str(seconds), str(NULL)]))
        return made

    def builds(self, name: str, folder: Path) -> dict[str, Path]:
        """Every build of one patch, by what sets it apart."""
        source = HERE / "faust"
        made = {}
        for how, options in FAUST.items():
            code = folder / f"{name} {how}.cpp"
            patch = ["-I", source, "-a", source / "main.cpp", source / f"{name}.dsp"]
            _do(["faust", *options, *patch, "-o", code])
            for compiler in filter(shutil.which, COMPILERS):
                program = folder / f"{name} {how} {compiler}"
                _do([compiler, *FLAGS, code, "-o", program])
                made[f"{how}, {compiler}"] = program
        return made


def _do(command: list[str | Path]) -> None:
    done = subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise Failed(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
