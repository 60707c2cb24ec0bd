"""A night played live: what it costs, how near it comes to a gap, and how slow a machine may be.

    python -m benchmarks live [--minutes 2] [--hours 8]

Each run is a process of its own, `python -m benchmarks.live '{…}'`, so that its memory and CPU are its alone.
A slow machine is one core held to a share of its speed by a control group, from the first start on; without
the right to make one it is a device that plays faster than life on one core, which is a harder test.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.cpu import ROOT
from benchmarks.memory import most_memory
from benchmarks.slow_machine import NoGroup, held_to

SLOWER = (10, 20, 40)
"""How many times slower a slow machine is than one core of this."""
FAST = 60.0
"""How many times faster than time a whole night is played."""
SETTLED_S = 600.0
"""Seconds of sound after which memory is to grow no more."""
WIDE = 78
LISTENS_S = 40
"""Seconds for which the memory of a command that plays is watched: sleepers are followed from 30 on."""
STORY = "the-quiet-pod"
UNTOLD = ("rain", "sea", "bowl")
"""A night in which nobody speaks."""


@dataclass(frozen=True)
class Live:
    """What one run of the player came to."""

    seconds: float
    """Of sound that was given to the device."""
    wall_s: float
    cpu_share: float
    """CPU time of the player and its two processes, against the clock; with a hog it is mostly the hog's."""
    memory_mb: float
    """Of all three, what they share counted in each."""
    grown_mb: float
    """What memory grew by after the first ten minutes of sound, or after the first half of fewer."""
    grown_mb_hour: float
    """The same for an hour of sound."""
    starved: int
    """How often the sound had to fade since nothing more had come."""
    late: int
    """How often it was put right by the clock."""
    first_s: float
    """From the start of the player to the first sound, by the device's frames."""
    drift_ppm: float
    """The device's clock against the machine's."""
    longest_us: float
    """The longest call of the callback."""


def run(
    seconds: float,
    *,
    speed: float = 1.0,
    frames: int = 1_024,
    way: str = "null",
    hog: bool = False,
    slower: int = 1,
    one_core: bool = False,
) -> Live:
    """The default night, played for so many seconds of its own in a fresh process."""
    asked = {"seconds": seconds, "speed": speed, "frames": frames, "way": way, "hog": hog}
    asked |= {"one_core": one_core, "group": None}
    with contextlib.ExitStack() as group:
        if slower > 1:
            asked["group"] = os.fspath(group.enter_context(held_to(1 / slower)))
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.live", json.dumps(asked)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Live(**json.loads(child.stdout.splitlines()[-1]))


def live(minutes: float, hours: float) -> dict[str, Live]:
    """Each run by name."""
    found = {
        "as it is": run(60 * minutes),
        "256 frames, beside a thread that hogs Python and one that collects garbage": run(
            60 * minutes, frames=256, hog=True
        ),
    }
    for slower in SLOWER:
        try:
            found[f"one core at 1/{slower} of its speed"] = run(60 * minutes, slower=slower, one_core=True)
        except NoGroup:
            name = f"one core, a device {slower} times as fast"
            found[name] = run(60 * minutes * slower / 2, speed=slower, one_core=True)
    if has_devices():
        found["the usual sound device, by its own clock"] = run(60 * minutes, way="usual")
    if hours:
        found[f"{hours:g} hours, a device {FAST:g} times as fast"] = run(3_600 * hours, speed=FAST)
    return found


def has_devices() -> bool:
    from lullaby.player import devices

    return bool(devices())


def first_sounds(
    command: tuple[str, ...] = ("play",), times: int = 5, emptied: str | None = None
) -> list[float]:
    """Seconds from this command of lullaby to the first sound that the device is given, sorted. The first
    start, which may compile, is left out. `emptied` is a folder of its home that each start finds empty."""
    found = []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(times + 1):
            if emptied is not None:
                shutil.rmtree(Path(home) / emptied, ignore_errors=True)
            heard = Path(home) / "heard.f32"
            heard.unlink(missing_ok=True)
            began = time.monotonic()
            started = [sys.executable, "-m", "lullaby", *command, "--null", "1", "--heard", str(heard)]
            child = subprocess.Popen(
                started,
                cwd=ROOT,
                env={**os.environ, "LULLABY_HOME": home},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            read = 0  # only what is new: whoever watches must not take the cores from what is measured
            while not any(new := _from(heard, read)):
                read += len(new)
                if child.poll() is not None:
                    raise RuntimeError(f"{' '.join(started)} ended with {child.returncode}")
                time.sleep(0.005)
            found.append(time.monotonic() - began)
            child.terminate()
            child.wait()
    return sorted(found[1:])


def needed(words: tuple[str, ...]) -> float:
    """Megabytes (PSS) of all processes of this command of lullaby, at the most: with nothing on the shelf, so
    that a story must be spoken. What has to be compiled for it is compiled before, which takes two runs: the
    first may be over before it comes to all."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "LULLABY_HOME": home}
        command = [sys.executable, "-P", "-m", "lullaby", *words, "--null", "1"]
        quiet = subprocess.DEVNULL
        most = 0.0
        for _ in range(3):
            for cache in (Path(home) / "cache", Path(os.environ.get("LULLABY_CACHE", home))):
                shutil.rmtree(cache / "speech", ignore_errors=True)
            child = subprocess.Popen(command, cwd=ROOT, env=env, stdin=quiet, stdout=quiet, stderr=quiet)
            with child, most_memory(child.pid, 0.1) as found:
                time.sleep(LISTENS_S)
                if child.poll() is not None:
                    raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
                child.terminate()
            most = found.mb
    return most


def _from(path: Path, start: int) -> bytes:
    """What a file that grows holds from there on; nothing while it is not there."""
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(start)
        return file.read()


def table(found: dict[str, Live], first: list[float], memory: dict[str, float]) -> str:
    heads = f"{'CPU':>8}{'memory':>9}{'grown/h':>9}{'starved':>8}{'late':>5}{'longest':>10}{'drift':>11}"
    lines = [f"{'':{WIDE}}{'sound':>9}{heads}"]
    for name, one in found.items():
        lines.append(
            f"{name:{WIDE}}{one.seconds:7.0f} s{one.cpu_share:8.2%}{one.memory_mb:6.0f} MB"
            f"{one.grown_mb_hour:6.1f} MB{one.starved:8}{one.late:5}{one.longest_us:7.0f} µs"
            f"{one.drift_ppm:7.0f} ppm"
        )
    middle = first[len(first) // 2]
    lines.append(
        f"First sound after the command: {middle:.2f} s (median; {first[0]:.2f} to {first[-1]:.2f})."
    )
    lines += [f"Memory {name}, of all processes (PSS): {mb:.0f} MB." for name, mb in memory.items()]
    return "\n".join(lines)


def _played(asked: dict[str, Any]) -> Live:
    if asked["one_core"]:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    if asked["group"]:
        Path(asked["group"]).write_text(str(os.getpid()))
    import lullaby
    from lullaby.evening import Request, prepared
    from lullaby.evening.request import DEFAULT
    from lullaby.player import Outlet, Player, Way
    from lullaby.player.maker import Maker
    from lullaby.player.ring import Ring
    from lullaby.time import RATE, Span

    began = time.monotonic()
    speed = asked["speed"]
    outlet = Outlet(
        Ring(), Way(asked["way"], frames=asked["frames"], speed=speed, comes_first=not asked["group"])
    )
    outlet.open(time.monotonic())
    maker = Maker()
    night = lullaby.load(DEFAULT, sleeper="none")
    frames = round(asked["seconds"] * RATE)
    if night.length < frames:  # the same night, for longer
        night = prepared(Request(replace(night.score, length=frames), sleeper="none")).night
    entries: list[dict[str, Any]] = []
    span = Span(0, min(night.length, frames))
    settled = min(len(span) / 2, SETTLED_S * RATE)
    player = Player(
        night, span, outlet=outlet, maker=maker, log=entries.append, clock=lambda: time.monotonic() * speed
    )
    settled_at: dict[str, float] = {}
    measured: dict[str, float] = {}

    def now() -> dict[str, float]:
        children = (outlet.pid, maker.pid)
        return {
            "memory": _memory(*children),
            "cpu": _cpu(*children),
            "wall": time.monotonic(),
            "heard": player.ring.heard,
        }

    def look() -> None:
        if not settled_at and player.frame > settled:
            settled_at.update(now())
        if not measured and player.ring.over:  # the device is open still
            measured.update(now())

    player.every_tick(look)
    if asked["hog"]:
        for work in (_hog, _collect):
            threading.Thread(target=work, daemon=True).start()
    player.run()
    wall = measured["wall"] - settled_at["wall"]
    heard = (measured["heard"] - settled_at["heard"]) / RATE
    grown = measured["memory"] - settled_at["memory"]
    return Live(
        seconds=player.ring.read / RATE,
        wall_s=time.monotonic() - began,
        cpu_share=(measured["cpu"] - settled_at["cpu"]) / (wall * speed),
        memory_mb=measured["memory"],
        grown_mb=grown,
        grown_mb_hour=grown / heard * 3_600,
        starved=player.ring.starved,
        late=sum("late" in entry for entry in entries),
        first_s=player.ring.first / RATE,
        drift_ppm=(heard / (wall * speed) - 1) * 1e6,
        longest_us=player.ring.longest_ns / 1e3,
    )


def _memory(*children: int | None) -> float:
    """Of this process and of those, what they share counted in each."""
    pages = 0
    for process in ("self", *children):
        with open(f"/proc/{process}/statm") as file:
            pages += int(file.read().split()[1])
    return pages * resource.getpagesize() / 1e6


def _cpu(*children: int | None) -> float:
    """Of this process, of the one that plays and of the one that makes the sound."""
    ticks = 0
    for child in children:
        with open(f"/proc/{child}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _hog() -> None:
    x = 0
    while True:
        for i in range(10_000):
            x += i * i


def _collect() -> None:
    while True:
        _kept = [{"a": [j]} for j in range(200_000)]
        gc.collect()


if __name__ == "__main__":
    print(json.dumps(asdict(_played(json.loads(sys.argv[1])))))
