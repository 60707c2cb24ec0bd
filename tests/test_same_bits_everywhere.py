"""One night, one set of bits: on SSE2, AVX2 and AVX-512 code, and whatever numpy picks for itself."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from bits import bits
from nights import SCORES, VOICES
from processors import NATIVE, PLAINEST, TARGETS, WIDE

from lullaby import places

CHILD = Path(__file__).parent / "bits.py"


@lru_cache
def found(target: str) -> Any:
    """What a fresh process makes of it, from kernels that were all compiled by one process, and read as they
    were: this one, or one since which no kernel has changed. A first run has compiled some already, for all
    tests, and kept what was found (conftest)."""
    kept = Path(os.environ.get("LULLABY_BITS", os.devnull)) / f"{target}.json"
    if kept.is_file() and (made := json.loads(kept.read_text()))["assembly"]:
        return made
    ready = places.cache() / "bits" / target
    if ready.is_dir() and (made := asked({"LULLABY_CACHE": str(ready), **TARGETS[target]}))["assembly"]:
        return made
    ready.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ready.parent) as name:  # another worker may be at it, too
        anew = Path(name) / target
        made = asked({"LULLABY_CACHE": str(anew), **TARGETS[target]})
        shutil.rmtree(ready, ignore_errors=True)
        with contextlib.suppress(OSError):
            anew.rename(ready)
    return made


def asked(env: dict[str, str]) -> Any:
    child = subprocess.run(
        [sys.executable, str(CHILD)], env={**os.environ, **env}, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout)


def different(other: dict[str, Any]) -> list[str]:
    native = found(NATIVE)["bits"]
    assert len(native) > 60
    return [name for name, made in other.items() if made != native[name]]


def test_another_process_plays_the_same_nights() -> None:
    """This one, which has played much else before."""
    assert different(bits(VOICES[::8], SCORES[::4])) == []


def test_code_for_this_processor_is_as_wide_as_it_allows_and_fuses_nothing() -> None:
    """A fused product and sum rounds once where two operations round twice."""
    made = found(NATIVE)["assembly"]
    assert ("zmm" if "avx512f" in Path("/proc/cpuinfo").read_text() else "ymm") in made["registers"]
    assert made["fused"] == []


def test_no_kernel_counts_references_to_its_arrays() -> None:
    assert found(NATIVE)["assembly"]["counting"] == []


@pytest.mark.parametrize(
    ("target", "registers"),
    [
        # on most machines its code lies between that of this one and the plainest, which are asked each time
        pytest.param("haswell", ["ymm", "xmm"], marks=pytest.mark.soak),
        (PLAINEST, ["xmm"]),
    ],
)
def test_code_for_another_processor_gives_the_same_bits(target: str, registers: list[str]) -> None:
    other = found(target)
    assert other["assembly"] == {"registers": registers, "counting": [], "fused": []}, (
        "it is the code that it should be"
    )
    assert other["bits"].keys() == found(NATIVE)["bits"].keys()
    assert different(other["bits"]) == []


def test_numpy_without_its_widest_code_gives_the_same_bits() -> None:
    """Those of the plainest kernels, which are asked for in a process whose numpy does without it, too."""
    if not WIDE:
        pytest.skip("numpy has no code for AVX-512 on this processor that could be turned off")
    assert found(NATIVE)["numpy"] == WIDE
    assert found(PLAINEST)["numpy"] == []
    assert different(found(PLAINEST)["bits"]) == []
