"""Nothing is asked of the network: not by a night that plays to its end with a story, nor by a ritual, nor by
a journal. Python itself says so in each of its processes, names that are looked up among it; and the kernel,
of a night on a sound card. What a ritual and its evening ask of the kernel is in test_no_network."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sockets
from conftest import SoundServer
from sockets import Ways, by_python, by_the_kernel, far, lullaby

NIGHT = """title = "A Short Night"
length = 00:01:00
[voices]
rain = "rain-on-slate"
keeper = "lamp-keeper"
[scene.first]
at = 0
rain = -6
[[tell]]
at = 00:00:05
story = "boat"
voice = "keeper"
"""
STORY = """# The Boat

The boat lay still. The water was warm. It was evening by then.
"""
RITUAL = """bed = "room-hush"
[[movement]]
do  = "gather"
for = 00:00:40
[[movement]]
do      = "story"
story   = "boat"
until   = "told"
at_most = 00:02:00
[[movement]]
do  = "quiet"
for = 00:01:00
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing shows what sockets open there")
seen_by = pytest.mark.parametrize("seen", [by_the_kernel, by_python], ids=["the kernel", "Python"])
WITHOUT_SOCKETS = (
    ("morning", "--rested", "well", "--dream", "A boat.", "--woke", "06:40"),
    ("journal", "week", "--json"),
    ("journal", "export", "-o", "all.json"),
    ("journal", "erase", "--all", "--yes"),
    ("enough", "--json"),
    ("without",),
    ("promises",),
)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home whose path is short enough for a door."""
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        scores = Path(name) / "scores"
        (scores / "stories").mkdir(parents=True)
        (scores / "rituals").mkdir()
        (scores / "short.toml").write_text(NIGHT)
        (scores / "stories" / "boat.md").write_text(STORY)
        (scores / "rituals" / "evening.toml").write_text(RITUAL)
        yield Path(name)


def env_of(home: Path) -> dict[str, str]:
    return {**os.environ, "LULLABY_HOME": str(home)}


# Of the ritual test_no_network asks the kernel, each time, which sees all that Python would.
@pytest.mark.parametrize("night", ["short", pytest.param("evening", marks=pytest.mark.soak)])
def test_a_full_night_and_a_full_ritual_ask_nothing_of_the_network(
    home: Path, tmp_path: Path, night: str
) -> None:
    """Score, story, door, log and journal, from the first sample to the last. Played into nothing."""
    found = by_python(lullaby("play", night, "--null", "1000", "--plain"), env_of(home), tmp_path)
    assert "AF_UNIX" in found, "its own door was not seen, so nothing would be"
    assert not far(found)
    assert (home / "journal.db").exists()


def test_a_journal_and_what_is_enough_open_no_socket_at_all(home: Path, tmp_path: Path) -> None:
    env = env_of(home)
    for words in WITHOUT_SOCKETS:
        assert by_python(lullaby(*words), env, tmp_path) == [], words


@pytest.mark.sound
@pytest.mark.parametrize(
    "seen",
    # Python sees a part of what the kernel does: that it finds something is said by the two tests below.
    [
        pytest.param(by_the_kernel, id="the kernel"),
        pytest.param(by_python, id="Python", marks=pytest.mark.soak),
    ],
)
def test_a_night_on_a_sound_card_speaks_to_the_sound_server_alone(
    home: Path, tmp_path: Path, seen: Ways, sound_server: SoundServer
) -> None:
    env = {**sound_server.env, "LULLABY_HOME": str(home)}
    found = seen(lullaby("play", "short", "--to", "2", "--plain"), env, tmp_path)
    assert "AF_UNIX" in found
    assert not far(found)


@seen_by
def test_one_socket_to_the_network_would_be_seen(tmp_path: Path, seen: Ways) -> None:
    """In a process that another one started, in a thread of it."""
    inner = "import socket, threading as t; r = t.Thread(target=socket.socket); r.start(); r.join()"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', {inner!r}], check=True)"
    assert far(seen([sys.executable, "-c", outer], dict(os.environ), tmp_path)) == {"AF_INET"}


def test_a_name_that_is_looked_up_would_be_seen(tmp_path: Path) -> None:
    asks = "import socket; socket.getaddrinfo('localhost', 80)"
    found = by_python([sys.executable, "-c", asks], dict(os.environ), tmp_path)
    assert "socket.getaddrinfo" in found


def test_without_strace_it_is_skipped_with_a_reason_and_fails_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for in_ci, raises in ((False, pytest.skip.Exception), (True, pytest.fail.Exception)):
        monkeypatch.setattr(sockets, "IN_CI", in_ci)
        with pytest.raises(raises, match="package strace"):
            by_the_kernel(["true"], {}, tmp_path)
