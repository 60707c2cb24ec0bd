"""From the command to the first sound: with nothing compiled yet, and from the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.cpu import ROOT, Failed


@dataclass(frozen=True)
class Startup:
    """Seconds. CPU is the child's alone; the clock runs from before it is started."""

    cold_cpu_s: float
    """Until the first page is there, with an empty cache."""
    kernels: int
    slowest_kernel: str
    slowest_kernel_s: float
    """CPU seconds this kernel took to compile, without those it calls."""
    cached_cpu_s: float
    """Until the first page is there, from the cache."""
    first_sound_s: float
    """By the clock, from the cache: until there is something to play."""


def startup(score: str, rounds: int = 3) -> Startup:
    """Starts this score cold once, then from the cache so many times."""
    with tempfile.TemporaryDirectory(prefix="lullaby-cold-") as cache:
        cold, _ = first_page(score, cache)
        warm = [first_page(score, cache) for _ in range(rounds)]
    slowest, seconds = max(cold["kernels"], key=lambda kernel: kernel[1], default=("none", 0.0))
    return Startup(
        cold["cpu_s"],
        len(cold["kernels"]),
        slowest,
        seconds,
        median(one["cpu_s"] for one, _ in warm),
        median(clock for _, clock in warm),
    )


def first_page(score: str, cache: str = "") -> tuple[dict[str, Any], float]:
    """What the child says of itself, and how long it was until it said so. Without a cache of its own it has
    the one that is there."""
    env = {**os.environ, "LULLABY_CACHE": cache} if cache else {**os.environ}
    command = [sys.executable, "-m", "benchmarks.first_page", score]
    began = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        lasted = time.monotonic() - began
    if child.returncode:
        raise Failed(f"the first page of {score} failed with {child.returncode}")
    return json.loads(line), lasted
