"""Code that changed, moved or came is never taken for the code that was compiled or rendered before."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import lullaby
from lullaby.kernels import jit
from lullaby.night.engine import SOUND_SOURCES
from lullaby.sources import hash_of

PATTERNS = ("kernels/**/*.py", "time.py")
KERNELS = ("kernels/rings.py", "kernels/white.py", "kernels/deep/er/down.py")
PACKAGE = Path(lullaby.__file__).parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (*KERNELS, "time.py", "night/plan.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


def moved(tree: Path, old: str, new: str) -> None:
    (tree / new).parent.mkdir(exist_ok=True)
    (tree / old).rename(tree / new)


def swapped(tree: Path) -> None:
    one, other = tree / "kernels/rings.py", tree / "kernels/white.py"
    content = one.read_text()
    one.write_text(other.read_text())
    other.write_text(content)


def one_line_moved_to_the_next_file(tree: Path) -> None:
    """rings.py comes just before white.py: their contents, one after the other, stay the same."""
    one, other = tree / "kernels/rings.py", tree / "kernels/white.py"
    other.write_text(one.read_text() + other.read_text())
    one.write_text("")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a changed file": lambda tree: (tree / "kernels/rings.py").write_text("# rings.py\n"),
    "a changed file far down": lambda tree: (tree / "kernels/deep/er/down.py").write_text(""),
    "a file moved into a folder": lambda tree: moved(tree, "kernels/rings.py", "kernels/water/rings.py"),
    "a file moved out of its folder": lambda tree: moved(tree, "kernels/deep/er/down.py", "kernels/down.py"),
    "a file with another name": lambda tree: moved(tree, "kernels/rings.py", "kernels/sings.py"),
    "a new file": lambda tree: (tree / "kernels/new.py").touch(),
    "a new file in a new folder": lambda tree: (
        (tree / "kernels/new").mkdir(),
        (tree / "kernels/new/new.py").touch(),
    ),
    "a file taken away": lambda tree: (tree / "kernels/white.py").unlink(),
    "two files exchanged": swapped,
    "lines moved to the next file": one_line_moved_to_the_next_file,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_another_hash_after(change: Callable[[Path], object], tree: Path) -> None:
    before = hash_of(tree, PATTERNS)
    change(tree)
    assert hash_of(tree, PATTERNS) != before


def test_the_same_hash_for_the_same_sources_whatever_else_changes(tree: Path, tmp_path: Path) -> None:
    before = hash_of(tree, PATTERNS)
    (tree / "night/plan.py").write_text("")
    (tree / "kernels/notes.txt").touch()
    (tree / "kernels/rings.py").touch()
    assert hash_of(tree, reversed(PATTERNS)) == hash_of(tree, (*PATTERNS, "kernels/*.py")) == before


def found(patterns: tuple[str, ...]) -> set[Path]:
    return {path for pattern in patterns for path in PACKAGE.glob(pattern)}


def below(room: str) -> set[Path]:
    return set((PACKAGE / room).rglob("*.py"))


def test_every_kernel_is_in_the_hash_of_compiled_kernels() -> None:
    assert below("kernels")
    assert below("kernels") <= found(jit.SOURCES)


def test_whatever_kernels_take_from_outside_is_hashed_with_them() -> None:
    """jit and cache alone are not compiled: they compile."""
    compiled = below("kernels") - {PACKAGE / "kernels" / name for name in ("jit.py", "cache.py")}
    taken = {
        name.replace(".", "/") + ".py"
        for path in compiled
        for name in re.findall(r"(?:from|import) lullaby\.([a-z_.]+)", path.read_text("utf-8"))
    }
    assert "time.py" in taken
    assert {PACKAGE / name for name in taken} - {PACKAGE / "kernels.py"} <= found(jit.SOURCES)


def test_every_kernel_and_every_voice_is_in_the_name_of_the_engine() -> None:
    assert below("voices")
    assert below("kernels") | below("voices") <= found(SOUND_SOURCES)


def test_no_source_that_is_named_has_gone() -> None:
    assert [p for p in (*jit.SOURCES, *SOUND_SOURCES) if not any(PACKAGE.glob(p))] == []
