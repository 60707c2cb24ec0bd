"""What a process has no more use for is given back, and what it still needs is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import json
import numpy as np
from lullaby import heap
from lullaby.kernels.dipping import shape_dipped  # noqa: F401
from lullaby.kernels.white import fill_white
def resident():
    found, mine = 0, False
    for row in open("/proc/self/smaps"):
        name, *rest = row.split()
        if not name.endswith(":"):
            mine = "llvmlite" in rest[-1]
        elif mine and name == "Rss:":
            found += int(rest[0])
    return found / 1024
first, second = np.zeros(16, np.float32), np.zeros(16, np.float32)
fill_white(1, 2, 0, first)
before = resident()
heap.let_go_of("libllvmlite")
after = resident()
fill_white(1, 2, 0, second)
import numba
@numba.njit
def twice(x):
    return 2 * x
same = bool((first == second).all())
print(json.dumps({"before": before, "after": after, "same": same, "twice": twice(21)}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is let go")
def test_a_library_that_is_let_go_takes_less_memory_and_works() -> None:
    child = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    said = json.loads(child.stdout)
    assert said["after"] < said["before"] / 2, said
    assert (said["same"], said["twice"]) == (True, 42)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is let go")
def test_what_was_changed_of_a_library_is_kept() -> None:
    from lullaby.heap import _unchanged

    rows = Path("/proc/self/maps").read_text().splitlines()
    writable = {row.split()[0] for row in rows if "w" in row.split()[1]}
    found = {f"{start:08x}-{stop:08x}" for start, stop in _unchanged("lib")}
    assert found
    assert not found & writable
