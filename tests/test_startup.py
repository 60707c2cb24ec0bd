"""From the command to the first sound: what is compiled and loaded for it. How many seconds that takes is the
machine's affair, and told by `python -m benchmarks`."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from benchmarks.startup import first_page

SCORE = "harbour-rain"
NOT_NEEDED = {
    "PIL",
    "av",
    "cffi",
    "dask",
    "distributed",
    "edfio",
    "fsspec",
    "numba",
    "pydub",
    "scipy.linalg",
    "sounddevice",
}


@pytest.fixture(scope="module")
def start() -> dict[str, Any]:
    """What a process says that made the first page of a night for the second time on this machine."""
    first_page(SCORE)
    return first_page(SCORE)[0]


def test_the_second_start_compiles_nothing(start: dict[str, Any]) -> None:
    assert start["kernels"] == []
    assert len(start["ready"]) >= 8, "what is not needed cannot be compiled"


def test_the_first_start_compiles_little(start: dict[str, Any]) -> None:
    """LLVM takes a second for some 60 kB of code: few kernels, none of them long, and each of them once."""
    assert len(start["ready"]) <= 14
    assert {name: times for name, times in start["ready"].items() if times > 1} == {}
    assert max(start["bytes"].values()) <= 250_000, start["bytes"]
    assert min(start["bytes"].values()) > 0
    assert sum(start["bytes"].values()) <= 1_300_000, start["bytes"]


def test_nothing_is_loaded_that_a_page_does_not_need(start: dict[str, Any]) -> None:
    assert "llvmlite" in start["modules"]
    assert NOT_NEEDED & set(start["modules"]) == set()


def test_no_markdown_is_loaded_where_no_story_is_told() -> None:
    program = "import sys; import lullaby.evening.narration.storytelling; print('markdown_it' in sys.modules)"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["False"]


def test_a_program_that_uses_it_keeps_what_numba_can_do_with_other_libraries() -> None:
    program = """
import lullaby
lullaby.load("harbour-rain", sleeper="none", stories=False).render(lullaby.Span(0, 480))
from numba.core.typing import cffi_utils
print(cffi_utils.SUPPORTED)
"""
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert child.stdout.split() == ["True"]
