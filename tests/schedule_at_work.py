"""Processes of a schedule at work, for tests that kill them: a watcher whose clock stands still, the process
that begins a night, and a night that only writes down that it was heard.

    python schedule_at_work.py watch|begin|night …
"""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
import time
from pathlib import Path

from lullaby.ritual.schedule import beginning
from lullaby.ritual.schedule.book import schedule
from lullaby.ritual.schedule.claims import CLAIMED, MISSED
from lullaby.ritual.schedule.due import Due
from lullaby.ritual.schedule.watching import Watch

ME = str(Path(__file__))


class StandsStill:
    def __init__(self, text: str) -> None:
        self.text = text

    def now(self) -> datetime.datetime:
        return datetime.datetime.fromisoformat(self.text)


def put(name: str, line: str) -> None:
    handle = os.open(Path(os.environ["LULLABY_HOME"]) / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def is_settled(evening: str, count: int) -> bool:
    with schedule() as db:
        rows = db.execute(
            "select count(*) from nights where key like ? and state not in (?, ?)",
            (f"{evening}%", CLAIMED, MISSED),
        )
        return bool(rows.fetchone()[0] >= count)


def watch(now: str, count: str) -> None:
    """Begins what is due at this time, again and again, until so many nights of that evening are settled."""

    def command(due: Due, at: datetime.datetime) -> list[str]:
        return [sys.executable, "-P", ME, "night", now]

    def begin(due: Due, words: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-P", ME, "begin", str(due.claim), "--", *words], start_new_session=True
        )

    watching = Watch(StandsStill(now), lambda line: put("said", line), command=command, begin=begin)
    while not is_settled(now[:10], int(count)):
        watching.once()
        watching._fetch()
        time.sleep(0.02)


def begin(*words: str) -> None:
    put("pids", str(os.getpid()))
    beginning.why_not_alone = lambda rule: ""  # no sound card is needed to count
    sys.exit(beginning.main(list(words)))


def night(now: str) -> None:
    claim = os.environ[beginning.CLAIM]
    if beginning.confirmed(StandsStill(now)) is None:
        put("heard", f"{claim.rpartition('|')[0]} {os.getpid()}")


if __name__ == "__main__":
    {"watch": watch, "begin": begin, "night": night}[sys.argv[1]](*sys.argv[2:])
