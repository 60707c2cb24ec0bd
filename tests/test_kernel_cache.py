"""Compiled kernels on disk: nothing damaged, foreign or open to others is ever loaded, and all that is lost
is the time to compile again."""

from __future__ import annotations

import errno
import os
import pickle
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typed import Evening

from lullaby import places
from lullaby.cli import main
from lullaby.cli.commands import warmup
from lullaby.cli.terminal.bedside import Bedside
from lullaby.kernels import cache, jit

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "random bytes": lambda kept: np.random.default_rng(1).bytes(len(kept)),
    "zeros": lambda kept: bytes(len(kept)),
    "empty": lambda kept: b"",
    "cut off after a few bytes": lambda kept: kept[:20],
    "cut off in the middle": lambda kept: kept[: len(kept) // 2],
    "one bit of the machine code turned over": lambda kept: (
        kept[: len(kept) // 2] + bytes([kept[len(kept) // 2] ^ 1]) + kept[len(kept) // 2 + 1 :]
    ),
    "the pickle of something else": lambda kept: pickle.dumps("a kernel"),
    "a pickle without its checksum": lambda kept: kept[32:],
}


@pytest.fixture
def folder(kernel_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of this test's own; what could not be kept in others is forgotten."""
    monkeypatch.setattr(cache, "unkept", [])
    monkeypatch.setattr(jit, "unkept", cache.unkept)
    return kernel_folder


def tuned() -> list[str]:
    """The kernels that a fresh process would compile to find that twice 21 is 42."""

    def twice(x: int) -> int:
        return 2 * x

    said: list[str] = []
    jit.tuning.append(said.append)
    try:
        assert jit.kernel(twice)(21) == 42
    finally:
        jit.tuning.remove(said.append)
    return said


def only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_kernel_is_compiled_once_and_loaded_from_then_on(folder: Path):
    assert tuned() == ["test_kernel_cache.twice"]
    assert tuned() == []


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_dropped_and_compiled_again(folder: Path, damage: Callable[[bytes], bytes]):
    tuned()
    kept = only(folder).read_bytes()
    only(folder).write_bytes(damage(kept))
    assert len(tuned()) == 1
    assert tuned() == []
    assert len(only(folder).read_bytes()) > 1000


def test_a_whole_file_that_holds_no_kernel_is_dropped_too(folder: Path, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        nothing = cache.Kept({}, b"", pickle.dumps(("not", "a", "kernel")))
        patched.setattr(cache, "kept", lambda _: nothing)
        tuned()
    assert len(tuned()) == 1
    assert tuned() == []


def test_another_kernels_file_in_its_place_is_not_loaded(folder: Path):
    def thrice(x: int) -> int:
        return 3 * x

    tuned()
    its_own = only(folder)
    jit.kernel(thrice)(14)
    (other,) = (path for path in folder.iterdir() if path != its_own)
    os.replace(other, its_own)
    assert len(tuned()) == 1


def test_a_file_of_somebody_else_is_never_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch):
    tuned()
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(folder).st_uid + 1)
    assert len(tuned()) == 1
    assert len(tuned()) == 1


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_could_write_is_never_loaded(folder: Path, mode: int):
    tuned()
    only(folder).chmod(mode)
    assert len(tuned()) == 1
    assert stat.S_IMODE(only(folder).stat().st_mode) == 0o600


def test_a_link_is_not_followed(folder: Path, tmp_path: Path):
    tuned()
    path = only(folder)
    path.symlink_to(path.rename(tmp_path / "elsewhere"))
    assert len(tuned()) == 1
    assert not path.is_symlink()


def test_a_folder_is_used_only_when_it_is_real_and_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(tmp_path)
    file.touch()
    assert not cache.private(link)
    assert not cache.private(file)
    assert not cache.private(tmp_path / "nowhere" / "cache")
    assert cache.private(tmp_path / "own")
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(tmp_path).st_uid + 1)
    assert not cache.private(tmp_path / "own")


def test_a_folder_of_ours_that_was_open_is_closed(tmp_path: Path):
    tmp_path.chmod(0o777)
    assert cache.private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_full_disk_stops_nothing_and_warmup_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(places, "put", full)
    monkeypatch.setattr(warmup, "_play_everything", lambda _: tuned())
    assert jit.not_kept() is None
    assert main(["warmup"]) == 1
    assert "no space left on device" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


def test_warmup_names_a_folder_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(jit, "folder", None)
    monkeypatch.setattr(warmup, "_play_everything", lambda _: tuned())
    assert main(["warmup"]) == 1
    said = capsys.readouterr().err
    assert str(jit.cache_folder()) in said
    assert "LULLABY_CACHE" in said
    assert jit.kept() == 0


def test_whoever_hears_with_a_cache_that_cannot_be_written_is_told_why_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(jit, "folder", None)
    bedside = Bedside(Evening())
    for _ in range(2):
        with bedside.working("Rendering"):
            tuned()
    lines = [line for line in capsys.readouterr().err.splitlines() if "LULLABY_CACHE" in line]
    assert lines == [
        f"{jit.cache_folder()}: this folder cannot be written, or is not yours alone. What was tuned lasts "
        "for this once; LULLABY_CACHE names another folder."
    ]
    with bedside.working("Rendering"):
        pass
    assert capsys.readouterr().err == ""


WHITE = """
import os, sys
os.umask(int(sys.argv[1], 8))
import numpy as np
from lullaby.kernels import jit
from lullaby.kernels.white import fill_white
jit.tuning.append(print)
fill_white(1, 2, 0, np.zeros(16, np.float32))
"""


def child(cache_folder: Path, umask: str = "000") -> str:
    """The kernels a process of its own compiles to make sixteen frames of white noise."""
    env = {**os.environ, "LULLABY_CACHE": str(cache_folder)}
    run = subprocess.run(
        [sys.executable, "-c", WHITE, umask], env=env, capture_output=True, text=True, check=True
    )
    assert run.stderr == ""
    return run.stdout


def test_whatever_the_umask_the_cache_is_closed_to_others(tmp_path: Path):
    assert child(tmp_path / "cache") == "white.fill_white\n"
    found = [tmp_path / "cache", *(tmp_path / "cache").rglob("*")]
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in found}
    assert modes == {(True, 0o700), (False, 0o600)}
    (kept,) = (path for path in found if path.is_file())
    kept.write_bytes(b"")
    assert child(tmp_path / "cache", "077") == "white.fill_white\n"
    assert child(tmp_path / "cache") == ""


def test_where_nothing_can_be_kept_kernels_work_all_the_same(tmp_path: Path):
    (tmp_path / "cache").touch()
    assert child(tmp_path / "cache") == "white.fill_white\n"
    assert (tmp_path / "cache").read_bytes() == b""
