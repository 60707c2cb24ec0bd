"""A whole night kept as a file: seconds by the clock and of CPU, the most memory, and the disk it took."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cpu import ROOT, Failed, of_call
from lullaby.night import Night
from lullaby.score import Score, find_score, score_of
from lullaby.voices.kinds import KINDS

ENDINGS = (".flac", ".opus", ".m4b", ".mp3")
PAGES = 5


@dataclass(frozen=True)
class Kept:
    """What one file cost. Sizes are in MB."""

    ending: str
    hours: float
    wall_s: float
    cpu_s: float
    memory: float
    file: float
    disk: float
    """The most that lay on the disk at once."""


def all_night(score: str, hours: float) -> str:
    """The voices of this score but its tellers, all of them sounding from lights-out to the end."""
    found = find_score(score, KINDS)
    beds = [part for part in found.voices if not part.kind.speaks]
    lines = [f'title = "All of it"\nlength = "{_clock(hours)}"\n[voices]']
    lines += [f'"{part.name}" = "{part.voice.name}"' for part in beds]
    lines += ["[scene.all]", "at = 0"]
    lines += [f'"{part.name}" = {{ level = {_loudest(found, part.name):g} }}' for part in beds]
    return "\n".join(lines) + "\n"


def _loudest(score: Score, name: str) -> float:
    """The highest level any scene gives it."""
    levels = [scene.changes[name].get("level") for scene in score.scenes if name in scene.changes]
    return max(level for level in levels if isinstance(level, float))


def _clock(hours: float) -> str:
    seconds = round(hours * 3600)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def together(score: str) -> float:
    """How many times faster than time all its voices are made together, by one core."""
    night = Night(score_of(all_night(score, 1), "all.toml", KINDS))
    night.page(6)
    return 60 / of_call(lambda k: night.page(7 + k), PAGES)


def kept(score: str, hours: float, endings: Sequence[str] = ENDINGS) -> list[Kept]:
    with tempfile.TemporaryDirectory() as name:
        text = Path(name) / "all.toml"
        text.write_text(all_night(score, hours))
        return [_kept(text, Path(name) / f"night{ending}", hours) for ending in endings]


def _kept(score: Path, path: Path, hours: float) -> Kept:
    command = [sys.executable, "-m", "lullaby", "render", str(score), "--sleeper", "none", "-o", str(path)]
    began, most = time.monotonic(), 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        while True:
            pid, status, used = os.wait4(child.pid, os.WNOHANG)
            most = max(most, _lies_in(path.parent))
            if pid:
                break
            time.sleep(0.05)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Failed(f"render ended with {child.returncode}")
    wall, size = time.monotonic() - began, path.stat().st_size
    path.unlink()
    cpu = used.ru_utime + used.ru_stime
    return Kept(path.suffix, hours, wall, cpu, used.ru_maxrss / 1024, size / 1e6, most / 1e6)


def _lies_in(folder: Path) -> int:
    total = 0
    for path in folder.iterdir():
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # it took its place just now
            continue
    return total
