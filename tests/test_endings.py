"""How a command ends where it is told to, and where nobody can read what it prints."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

NIGHT = 'length = 01:00:00\n[voices]\nr = "pink-noise"\n[scene.a]\nat = 0\nr = 0\n'
FULL = Path("/dev/full")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without a signal")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_render_that_is_told_to_end_says_so_and_keeps_what_is_made(name: str, tmp_path: Path) -> None:
    (tmp_path / "night.toml").write_text(NIGHT)
    words = ["render", "night.toml", "--sleeper", "none", "--date", "2026-11-30", "--jobs", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "lullaby", *words, "-o", "night.wav"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    ) as render:
        assert render.stderr is not None
        for line in render.stderr:
            if "%" in line:  # some of it is made
                break
        render.send_signal(getattr(signal, name))
        said = render.stderr.read()
    assert render.returncode == 128 + getattr(signal, name)
    assert "Stopped" in said
    assert "the same command goes on from there" in said
    assert (tmp_path / ".night.wav.part").exists()
    assert not (tmp_path / "night.wav").exists()


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("words", [["voices"], ["voices", "--json"], ["scores"]])
def test_a_full_disk_is_no_mistake_of_ours(words: list[str]) -> None:
    with FULL.open("w") as full:
        child = subprocess.run(
            [sys.executable, "-m", "lullaby", *words], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert child.returncode == 1
    assert len(child.stderr.splitlines()) == 1
    assert "could not be written (no space left on device)" in child.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="closed by a shell of Unix")
@pytest.mark.parametrize(
    ("closed", "says"), [(">&-", "standard output is closed"), ("2>&-", ""), (">&- 2>&-", "")]
)
def test_a_closed_stream_is_no_mistake_of_ours(closed: str, says: str) -> None:
    script = f'exec "$0" -m lullaby scores {closed}'
    child = subprocess.run(["sh", "-c", script, sys.executable], capture_output=True, text=True)
    assert child.returncode == (0 if closed == "2>&-" else 1)
    assert says in child.stderr
    assert "should not have happened" not in child.stderr
