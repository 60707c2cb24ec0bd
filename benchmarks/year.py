"""A year of nights: what a studio's catalogue costs, made by two workers that share a folder of pages.

python -m benchmarks year [--nights 100] [--minutes 12] [--folder FOLDER]

Each night is a process of its own, `lullaby render … --pages FOLDER/pages --jobs 1`, two of them at a time.
Whoever stops it loses nothing: the same command, with the same folder, goes on, also to more nights.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from filecmp import cmp
from pathlib import Path
from shutil import copytree
from statistics import linear_regression
from tempfile import TemporaryFile
from threading import Lock
from time import monotonic
from typing import Any

from benchmarks.cpu import Failed, used_by
from benchmarks.year_nights import BATCH, File, in_turns, year
from lullaby import places
from lullaby.export.build_version import version

WORKERS = 2


@dataclass(frozen=True)
class Made:
    """What one night came to."""

    number: int
    cpu_s: float
    wall_s: float
    memory_mb: float
    found: int
    """Pages that were there already."""
    made: int
    file_bytes: int


@dataclass(frozen=True)
class Sofar:
    """The year after some batches, everything added up."""

    nights: int
    cpu_s: float
    wall_s: float
    """Seconds that the workers were at work, by the clock, through their number."""
    pages_mb: float
    files_mb: float
    found: int
    made: int
    sentences: int
    """On the shelf."""
    respoken: int
    """Sentences on the shelf that were there before and were spoken again."""
    memory_mb: float
    """The most that one process of the last batch needed."""


class Diary:
    """Lines of JSON: what the year is, each night that is made, and the year after each batch."""

    def __init__(self, path: Path, of: dict[str, Any]) -> None:
        self._path, self._one_at_a_time = path, Lock()
        self.made: dict[int, Made] = {}
        self.sofar: list[Sofar] = []
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        if lines and not lines[-1].endswith(b"\n"):  # stopped while it was written
            path.write_bytes(b"".join(lines := lines[:-1]))
        rows = [json.loads(line) for line in lines]
        if rows and rows[0] != of:
            raise Failed(f"{path.parent} holds another year, of {rows[0]}: name another --folder")
        if not rows:
            self._write(of)
        for row in rows[1:]:
            if "file_bytes" in row:
                self.made[row["number"]] = Made(**row)
            else:
                self.sofar.append(Sofar(**row))

    def note(self, made: Made) -> None:
        with self._one_at_a_time:
            self.made[made.number] = made
            self._write(asdict(made))

    def close_batch(self, sofar: Sofar) -> None:
        self.sofar.append(sofar)
        self._write(asdict(sofar))

    def _write(self, row: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def a_year(
    nights: int,
    minutes: float,
    folder: Path,
    say: Callable[[str], None] = lambda line: None,
    warm: bool = True,
) -> list[Sofar]:
    """The year after each batch; what is made already is not made again. `warm`: all is compiled before."""
    for part in ("scores", "files", "cache", "home"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    diary = Diary(folder / "diary.jsonl", {"minutes": minutes, "lullaby": version()})
    env = _env(folder)
    if warm:
        used_by([sys.executable, "-m", "lullaby", "warmup"], env)
    files = year(nights, minutes)
    for start in range(0, nights, BATCH):
        batch = files[start : start + BATCH]
        if any(sofar.nights == start + len(batch) for sofar in diary.sofar):
            continue
        spoken = _shelf(folder)
        with ThreadPoolExecutor(WORKERS) as workers:
            missing = [file for file in in_turns(batch) if file.number not in diary.made]
            list(workers.map(lambda file: diary.note(_night(file, folder, env)), missing))
        for file in batch:
            if file.same_as is not None and not cmp(
                folder / "files" / file.name, folder / "files" / files[file.same_as].name, shallow=False
            ):
                raise Failed(f"{file.name} is not {files[file.same_as].name} once more")
        diary.close_batch(_sofar(diary, start + len(batch), folder, spoken))
        say(line(diary.sofar[-1]))
    return [sofar for sofar in diary.sofar if sofar.nights <= nights]


def _night(file: File, folder: Path, env: dict[str, str]) -> Made:
    score, out = folder / "scores" / f"{file.number:04}.toml", folder / "files" / file.name
    score.write_text(file.score)
    command = [sys.executable, "-m", "lullaby", "render", str(score), "--seed", str(file.seed)]
    command += ["--date", file.date, "--sleeper", "none", "--to", str(file.until), "--jobs", "1", "--json"]
    command += ["--pages", str(folder / "pages"), "-o", str(out)]
    began = monotonic()
    with TemporaryFile() as told:
        used = used_by(command, env, told)
        wall = monotonic() - began
        told.seek(0)
        pages = json.load(told)["pages"]
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return Made(file.number, cpu, wall, memory, pages["found"], pages["made"], out.stat().st_size)


def _env(folder: Path) -> dict[str, str]:
    """A home and a shelf of its own. What is compiled is copied from the usual cache; a link into it would be
    a folder of somebody else's."""
    compiled, mine = places.cache() / "kernels", folder / "cache" / "kernels"
    if compiled.is_dir() and not mine.exists():
        copytree(compiled, mine)
    return {**os.environ, "LULLABY_HOME": str(folder / "home"), "LULLABY_CACHE": str(folder / "cache")}


def _shelf(folder: Path) -> dict[Path, int]:
    """The sentences on the shelf, each a file of its own: only its date changes when it is heard again."""
    return {path: path.stat().st_ino for path in (folder / "cache/speech").glob("*/*.wav")}


def _sofar(diary: Diary, nights: int, folder: Path, before: dict[Path, int]) -> Sofar:
    made = [diary.made[number] for number in range(nights)]
    shelf = _shelf(folder)
    again = sum(shelf.get(path, spoken) != spoken for path, spoken in before.items())
    return Sofar(
        nights,
        sum(night.cpu_s for night in made),
        sum(night.wall_s for night in made) / WORKERS,
        sum(path.stat().st_size for path in (folder / "pages").glob("*/*.part")) / 1e6,
        sum(night.file_bytes for night in made) / 1e6,
        sum(night.found for night in made),
        sum(night.made for night in made),
        len(shelf),
        again + (diary.sofar[-1].respoken if diary.sofar else 0),
        max(night.memory_mb for night in made[-BATCH:]),
    )


@dataclass(frozen=True)
class Straight:
    """The straight line nearest to what grew, by least squares."""

    start: float
    a_night: float
    off: float
    """The largest distance from it, as a share of the whole."""


def straight(nights: list[int], grown: list[float]) -> Straight:
    if len(nights) < 2:
        return Straight(0.0, grown[0] / nights[0], 0.0)
    slope, start = linear_regression(nights, grown)
    off = max(abs(g - start - slope * n) for n, g in zip(nights, grown, strict=True))
    return Straight(start, slope, off / max(grown))


HEAD = f"{'nights':>6}{'CPU s':>8}{'wall s':>8}{'an hour':>9}{'pages MB':>10}{'files MB':>10}"
HEAD += f"{'found':>8}{'spoken':>8}{'again':>7}{'MB memory':>11}"


def line(row: Sofar) -> str:
    share = row.found / max(1, row.found + row.made)
    an_hour = 3600 * row.nights / row.wall_s
    return (
        f"{row.nights:6}{row.cpu_s:8.0f}{row.wall_s:8.0f}{an_hour:9.0f}{row.pages_mb:10.0f}{row.files_mb:10.0f}"
        f"{share:8.0%}{row.sentences:8}{row.respoken:7}{row.memory_mb:11.0f}"
    )


def lines(rows: list[Sofar]) -> dict[str, Straight]:
    """What grows with the nights, and the line that it is near to."""
    grown = {
        "CPU s": [row.cpu_s for row in rows],
        "pages MB": [row.pages_mb for row in rows],
        "files MB": [row.files_mb for row in rows],
    }
    return {name: straight([row.nights for row in rows], values) for name, values in grown.items()}


def table(rows: list[Sofar]) -> str:
    fits = [
        f"{name}: {fit.start:.1f} + {fit.a_night:.2f} a night, at the most off by {fit.off:.1%} of the whole"
        for name, fit in lines(rows).items()
    ]
    return "\n".join([HEAD, *map(line, rows), "", *fits])
