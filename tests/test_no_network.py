"""Lullaby opens no way into any network: a ritual is played, stories and all, a morning is told and read, and
every socket that any of its processes asks the kernel for is looked at."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from short_tales import cut_short

ALLOWED = {"AF_UNIX", "AF_LOCAL", "AF_NETLINK"}
"""Within the machine: the player's own door; the kernel's answers about itself."""
_SOCKET = re.compile(r"\bsocket(?:pair)?\((\w+)")
EVENING = """
title = "Evening"
bed = "room-hush rain-on-the-window:-8"

[[movement]]
do = "gather"

[[movement]]
do = "breathe"
for = 00:00:40

[[movement]]
do = "music"
for = 00:00:40

[[movement]]
do = "story"
story = "rabbit-on-the-line"

[[movement]]
do = "quiet"
for = 00:00:20
"""


def traced(home: Path, *words: str) -> list[str]:
    """The family of every socket that `lullaby WORDS…` opens, by itself or by a child."""
    strace = shutil.which("strace")
    trace = home.parent / "trace"
    if strace is None or subprocess.run([strace, "-f", "-o", str(trace), "true"], check=False).returncode:
        assert not os.environ.get("LULLABY_CI"), "strace is to be here, and allowed to trace"
        pytest.skip("strace is not here, or may not trace: nobody can see which sockets are opened")
    watch = ("-f", "--seccomp-bpf", "-e", "trace=socket,socketpair")
    command = [strace, *watch, "-o", str(trace), sys.executable]
    cache = home.parent / "cache"  # with an empty shelf, so that all that is told is spoken now
    compiled = Path(os.environ["LULLABY_CACHE"]) / "kernels"
    if compiled.exists() and not cache.exists():  # a link to the folder would not be trusted
        shutil.copytree(compiled, cache / "kernels")
    env = {**os.environ, "LULLABY_HOME": str(home), "LULLABY_CACHE": str(cache)}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run([*command, *words], env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return _SOCKET.findall(trace.read_text())


def test_a_ritual_and_a_journal_open_no_socket_to_any_network(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "scores" / "rituals").mkdir(parents=True)
    (home / "scores" / "rituals" / "evening.toml").write_text(EVENING)
    cut_short(home)
    lullaby = ("-m", "lullaby")
    assert traced(home, *lullaby, "people", "add", "mina") == []
    played = traced(
        home, *lullaby, "play", "evening", "--for", "mina", "--null", "60", "--plain", "--sleeper", "none"
    )
    assert "AF_UNIX" in played, "or nothing was traced: its door is one"
    assert set(played) <= ALLOWED
    for words in (
        ("morning", "--rested", "well", "--dream", "a heron", "--for", "mina"),
        ("journal", "--for", "mina", "--json"),
        ("journal", "night", "--for", "mina", "--json"),
        ("journal", "week", "--for", "mina", "--clinician"),
        ("enough", "--for", "mina"),
        ("without", "--for", "mina"),
        ("consent", "--for", "mina", "--json"),
        ("promises", "--json"),
    ):
        assert set(traced(home, *lullaby, *words)) <= ALLOWED, words


def test_what_speaks_is_told_to_report_to_nobody() -> None:
    """onnxruntime looks its maker up on the network once it has run for a while, unless it is told not to
    before it is loaded."""
    code = "import lullaby.narrator, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    env = {**os.environ, "ORT_DISABLE_TELEMETRY": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"


def test_a_socket_to_a_network_would_be_seen(tmp_path: Path) -> None:
    """By a child of the process, too."""
    opens = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {opens!r}], check=True)"
    assert "AF_INET" in traced(tmp_path / "home", "-c", child)
