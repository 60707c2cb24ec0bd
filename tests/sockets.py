"""What a command, with every process it starts, asks of the network: seen by the kernel (strace), and by
Python itself in each of its processes (an audit hook)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from conftest import IN_CI, PATIENCE

NEAR = {"AF_UNIX", "AF_LOCAL"}
"""Sockets that end on this machine: the player's door, the sound server. Every other one is the network's."""

HOOK = '''"""Put before every Python process of a test: it writes down what is asked of the network."""
import os, sys

def _seen(event, arguments):
    if event == "socket.__new__":
        import socket
        family = socket.AddressFamily(arguments[1]).name
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "urllib.Request"):
        family = event
    else:
        return
    file = os.open(os.environ["SEEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, (family + "\\n").encode())
    os.close(file)

sys.addaudithook(_seen)
'''

_SOCKET = re.compile(r"\bsocket(?:pair)?\((AF_\w+|0x[0-9a-f]+|\d+)")

Ways = Callable[[Sequence[str], Mapping[str, str], Path], list[str]]


def by_the_kernel(command: Sequence[str], env: Mapping[str, str], folder: Path) -> list[str]:
    """The family of every socket that is opened, as strace sees it in all processes and threads."""
    if shutil.which("strace") is None:
        why = "no strace on this machine (package strace), so nobody can see what sockets open"
        if IN_CI:
            pytest.fail(f"Under LULLABY_CI this must be here: {why}", pytrace=False)
        pytest.skip(why)
    log = folder / "sockets.strace"
    _done(["strace", "-f", "-qq", "-e", "trace=socket,socketpair", "-o", str(log), *command], env, folder)
    return _SOCKET.findall(log.read_text("utf-8", "replace"))


def by_python(command: Sequence[str], env: Mapping[str, str], folder: Path) -> list[str]:
    """The same, as each Python process says it, with the names that were looked up."""
    (folder / "hook").mkdir(exist_ok=True)
    (folder / "hook" / "sitecustomize.py").write_text(HOOK, "utf-8")
    seen = folder / "seen.txt"
    seen.write_text("")
    path = os.pathsep.join(filter(None, (str(folder / "hook"), env.get("PYTHONPATH"))))
    _done(command, {**env, "PYTHONPATH": path, "SEEN": str(seen)}, folder)
    return seen.read_text().split()


def _done(command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
    done = subprocess.run(
        command,
        env=dict(env),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stderr}"


def far(families: Sequence[str]) -> set[str]:
    """What of these leads off this machine."""
    return set(families) - NEAR


def lullaby(*words: str) -> list[str]:
    return [sys.executable, "-m", "lullaby", *words]
