"""Asking what there is costs nothing: no numba, no numpy, no sound device, and a moment of the processor."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys

import pytest

HEAVY = {"numba", "llvmlite", "numpy", "av", "sounddevice", "PIL", "scipy"}
ALLOWED = 0.3
"""Seconds of CPU, of which Python itself takes some 0.02."""

LOADED = "import json, sys; {}; print(json.dumps(sorted({{n.split('.')[0] for n in sys.modules}})))"


def loaded_by(code: str) -> set[str]:
    child = subprocess.run(
        [sys.executable, "-c", LOADED.format(code)], capture_output=True, text=True, check=True
    )
    return set(json.loads(child.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import lullaby",
        "import lullaby.cli",
        "import lullaby; lullaby.load; lullaby.span('00:10:00', '00:12:00')",
        "import lullaby.cli; lullaby.cli.main(['--help'])",
        "import lullaby.cli; lullaby.cli.main(['--version'])",
        "import lullaby.cli; lullaby.cli.main(['render', '--help'])",
    ],
)
def test_nothing_heavy_is_imported(code: str):
    assert loaded_by(code) & HEAVY == set()


def test_help_takes_a_moment():
    def taken() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "lullaby", "--help"], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert statistics.median(taken() for _ in range(5)) <= ALLOWED


def test_help_works_where_nothing_can_be_kept():
    nowhere = {**os.environ, "LULLABY_HOME": "/dev/null/home", "LULLABY_CACHE": "/dev/null/cache"}
    child = subprocess.run([sys.executable, "-m", "lullaby", "--help"], env=nowhere, capture_output=True)
    assert child.returncode == 0
    assert child.stderr == b""
