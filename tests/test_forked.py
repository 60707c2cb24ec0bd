"""Whoever plays a night on Linux loads numba once: the processes that make and play it are copies."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from lullaby.player.forked import may_fork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")

ECHO = """
import json, os, sys
def main(words):
    there = sorted(os.listdir("/proc/self/fd"))
    print(json.dumps({"words": words, "numba": "numba" in sys.modules, "fds": there}), flush=True)
    for line in sys.stdin:
        print(json.dumps({"heard": line.strip()}), flush=True)
    return 7
"""
OWNER = """
import atexit, json, os, sys
sys.path.insert(0, sys.argv[1])
import numba
from lullaby.player.forked import Forked
atexit.register(print, "the owner tidies up")
print("written by the owner once")
secret = os.open(sys.argv[0], os.O_RDONLY)
copy = Forked("echo", ["one", "two"], [])
first = json.loads(copy.stdout.readline())
copy.stdin.write(b"hello\\n")
copy.stdin.flush()
second = json.loads(copy.stdout.readline())
assert copy.poll() is None
copy.stdin.close()
print(json.dumps({**first, **second, "code": copy.wait(20), "rest": copy.stdout.read().decode()}))
killed = Forked("echo", [], [])
killed.kill()
print(json.dumps(killed.wait(20)))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder: Path = tmp_path_factory.mktemp("forked")
    (folder / "echo.py").write_text(ECHO)
    (folder / "owner.py").write_text(OWNER)
    command = [sys.executable, str(folder / "owner.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_copy_has_what_was_loaded_and_answers(said: list[str]) -> None:
    found: dict[str, Any] = json.loads(said[1])
    assert found["numba"]
    assert (found["words"], found["heard"], found["code"], found["rest"]) == (["one", "two"], "hello", 7, "")


def test_a_copy_keeps_no_file_of_its_owner(said: list[str]) -> None:
    assert set(json.loads(said[1])["fds"]) <= {"0", "1", "2", "3"}, "3 is the folder that is listed"


def test_what_its_owner_wrote_is_written_once_and_tidied_up_once(said: list[str]) -> None:
    assert said.count("written by the owner once") == said.count("the owner tidies up") == 1


def test_a_copy_that_is_killed_says_by_what(said: list[str]) -> None:
    assert json.loads(said[2]) == -9


def test_no_copy_is_made_beside_a_thread() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert not may_fork()
    finally:
        ended.set()
        thread.join()
