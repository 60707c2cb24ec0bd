"""The four programs: whether each is here, and how it is told to play a patch into /dev/null."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.cpu import NULL, Failed

HERE = Path(__file__).parent

ROOMS = {"faust": ("zita", "freeverb", "fdn"), "scsynth": ("freeverb",), "csound": ("freeverb", "reverbsc")}
"""The reverbs P3 is run with; lullaby has one, a feedback delay network."""


@dataclass(frozen=True)
class Run:
    """A patch made ready: what to type for so many seconds of it."""

    patch: str
    engine: str
    room: str
    build: str
    command: Sequence[str]


class Engine(Protocol):
    """A program that plays the patches."""

    name: str
    longest: int
    """Seconds of a patch that say enough; what starts up at once need not play all night."""

    def missing(self) -> list[str]:
        """The programs it needs that are not here."""
        ...

    def runs(self, patch: str, seconds: int, folder: Path) -> list[Run]:
        """Every way it can play this patch, built in the folder."""
        ...


def absent(*programs: str) -> list[str]:
    return [program for program in programs if shutil.which(program) is None]


def variants(engine: str, patch: str) -> list[tuple[str, str]]:
    """The patch's files by name, each with its reverb."""
    if patch != "p3":
        return [(patch, "")]
    return [(f"{patch}-{room}", room) for room in ROOMS[engine]]


class Ours:
    name = "lullaby"
    longest = 28_800

    def missing(self) -> list[str]:
        return []

    def runs(self, patch: str, seconds: int, folder: Path) -> list[Run]:
        command = [sys.executable, "-m", "benchmarks.peers.ours", patch, str(seconds), str(NULL)]
        return [Run(patch, self.name, "fdn" if patch == "p3" else "", "", command)]


class SuperCollider:
    """scsynth without a sound card; sclang, which is not counted, writes what it plays."""

    name = "scsynth"
    longest = 3600

    def missing(self) -> list[str]:
        return absent("scsynth", "sclang")

    def runs(self, patch: str, seconds: int, folder: Path) -> list[Run]:
        made = []
        for name, room in variants(self.name, patch):
            self._write(name, seconds, folder)
            # blocks of 64 frames, its own default: as often as lullaby moves a gain
            command = ["scsynth", "-N", str(folder / f"{name}.osc"), "_", str(NULL), "48000", "WAV", "float"]
            made.append(Run(patch, self.name, room, "", [*command, "-o", "2", "-i", "0"]))
        return made

    def _write(self, name: str, seconds: int, folder: Path) -> None:
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # its help browser, which nobody opens here, otherwise refuses to be started by root
            env["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        command = ["sclang", str(HERE / "supercollider" / "score.scd"), name, str(seconds), str(folder)]
        try:
            subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
        except subprocess.TimeoutExpired:
            raise Failed(f"sclang did not write {name} within 90 s") from None
        if not (folder / f"{name}.osc").exists():
            raise Failed(f"sclang did not write {name}")


class Csound:
    """csound in double precision, as Debian builds it."""

    name = "csound"
    longest = 600

    def missing(self) -> list[str]:
        return absent("csound")

    def runs(self, patch: str, seconds: int, folder: Path) -> list[Run]:
        made = []
        for name, room in variants(self.name, patch):
            # it deletes a file before it writes one: told /dev/null, and run by root, it would put a plain
            # file in the place of the device. Its standard output is /dev/null already, and is only written.
            options = [f"--smacro:SECONDS={seconds}", "-d", "-m0", "-f", "-h", "-o", "stdout"]
            made.append(
                Run(patch, self.name, room, "", ["csound", *options, str(HERE / "csound" / f"{name}.csd")])
            )
        return made
