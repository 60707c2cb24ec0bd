"""One start, however many watch and whoever is killed: real processes, kill -9 at random moments."""

from __future__ import annotations

import collections
import contextlib
import datetime
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import schedule_at_work

from lullaby.chance import Key
from lullaby.ritual.schedule.book import KeptRule, add_rule, schedule, schedule_file
from lullaby.ritual.schedule.claims import BEGUN
from lullaby.ritual.schedule.zones import zone_of

PATIENCE = 120.0
RULES = 2
ADDED = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    with schedule() as db:
        for number in range(RULES):
            rule = KeptRule(
                f"r{number}", (), "every day 22:30", "Europe/Berlin", "2026-11-01", begins="alone"
            )
            add_rule(db, rule, ADDED)
    return tmp_path


def evening(number: int) -> str:
    """Five minutes after the rules' time, by the clocks of their zone: in spring, too."""
    wall = datetime.datetime(2026, 11, 2, 22, 35) + datetime.timedelta(days=number)
    return wall.replace(tzinfo=zone_of("Europe/Berlin")).isoformat()


def watcher(now: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-P", schedule_at_work.ME, "watch", now, str(RULES)])


def lines(home: Path, name: str) -> list[str]:
    path = home / name
    return path.read_text().splitlines() if path.exists() else []


def kill(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def is_intact() -> bool:
    with sqlite3.connect(schedule_file()) as db:
        return bool(db.execute("pragma integrity_check").fetchone() == ("ok",))


def test_ten_watchers_at_once_are_one_start(home: Path):
    now = evening(0)
    watching = [watcher(now) for _ in range(10)]
    for one in watching:
        assert one.wait(PATIENCE) == 0
    heard = [line.split(" ")[0] for line in lines(home, "heard")]
    assert sorted(heard) == [f"{rule}|2026-11-02T22:30" for rule in range(1, RULES + 1)]


def killed_again_and_again(home: Path, kills: int) -> None:
    """On every evening a watcher, and on some what it has started, are killed at a random moment; another one
    watches, too. In the end every night has begun, once."""
    key, killed, deaths, evenings = Key.root(9, "kills"), set[int](), 0, 0
    while deaths < kills:
        number, evenings = evenings, evenings + 1
        now, before = evening(number), len(lines(home, "pids"))
        first, second = watcher(now), watcher(now)
        fate = key / number
        with contextlib.suppress(subprocess.TimeoutExpired):
            first.wait(1.2 * fate.draw(0))
        started = [int(line) for line in lines(home, "pids")[before:]]
        victims = [first.pid] + (started[-1:] if fate.draw(1) < 0.5 else [])
        for pid in victims:
            if kill(pid):
                killed.add(pid)
                deaths += 1
        first.wait(PATIENCE)
        assert second.wait(PATIENCE) == 0
        assert is_intact()
    heard = collections.Counter(line.split(" ")[0] for line in lines(home, "heard"))
    assert set(heard.values()) == {1}
    with schedule() as db:
        rows = db.execute("select rule, key, state, pid from nights").fetchall()
    assert len(rows) == RULES * evenings
    for rule, wall, state, pid in rows:
        assert state == BEGUN, (rule, wall, state)
        # whoever was killed between "it has begun" and the first sample has begun it all the same
        assert heard[f"{rule}|{wall}"] == 1 or pid in killed


def test_twenty_kills_lose_no_night_and_begin_none_twice(home: Path):
    killed_again_and_again(home, 20)


@pytest.mark.soak
def test_two_hundred_kills_under_load_lose_no_night_and_begin_none_twice(home: Path):
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        killed_again_and_again(home, 200)
    finally:
        for one in busy:
            one.kill()
            one.wait()
