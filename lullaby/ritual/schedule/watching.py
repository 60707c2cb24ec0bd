"""Watching: sleeping until the next night, and beginning it.

It never sleeps for longer than half a minute at a time: a machine that was suspended, a clock that was set
and a schedule that another command changed are seen then. What it looks at in such a moment is two clocks
and the stamps of two files, so a day of waiting takes about half a second of the processor's time."""

from __future__ import annotations

import contextlib
import datetime
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lullaby.errors import LullabyError
from lullaby.ritual.schedule.beginning import begin, command_for
from lullaby.ritual.schedule.book import looked_at, schedule, schedule_file
from lullaby.ritual.schedule.claims import hand_over
from lullaby.ritual.schedule.due import Due, Swept, sweep
from lullaby.ritual.schedule.holders import holder
from lullaby.score.plain_text import plain
from lullaby.time import Clock

STEP = 30.0
"""Seconds that it sleeps at the most."""
JUMP = 2.0
"""Seconds by which a clock and the time that really passed may differ before that is a jump."""
LOOKS_AGAIN = 3600.0
"""Seconds after which it works out anew what comes: a listener's bedtime may have changed."""

Command = Callable[[Due, datetime.datetime], list[str]]
Note = Callable[[str], None]


@dataclass
class Watch:
    """One that watches. Its clocks and its waiting are handed in."""

    clock: Clock
    note: Note
    wait: Callable[[float], None] = time.sleep
    ticks: Callable[[], float] = time.monotonic
    """Seconds that pass whatever the clock is set to."""
    command: Command = command_for
    begin: Callable[[Due, list[str]], subprocess.Popen[bytes]] = begin
    sweeps: int = 0
    wakes: int = 0
    failed: bool = False
    """Could the last look at the schedule, or what was to begin by it, not be done?"""
    _children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Watches for as long as it is to go on."""
        next_at, swept, seen = self.once(), self.ticks(), _stamps()
        while goes_on():
            now, before = self.clock.now(), self.ticks()
            left = STEP if next_at is None else (next_at - now).total_seconds()
            self.wait(min(STEP, max(0.05, left)))
            self.wakes += 1
            self._fetch()
            after, passed = self.clock.now(), self.ticks() - before
            jumped = abs((after - now).total_seconds() - passed) > JUMP
            is_due = next_at is not None and after >= next_at
            if jumped or is_due or _stamps() != seen or self.ticks() - swept > LOOKS_AGAIN:
                next_at, swept, seen = self.once(), self.ticks(), _stamps()

    def once(self) -> datetime.datetime | None:
        """Begins what is due; when the next one is."""
        self.sweeps += 1
        self.failed = False
        now = self.clock.now()
        try:
            with looked_at() as db:
                if db is None:
                    return None
                swept: Swept = sweep(db, now, self.note)
            for due in swept.due:
                self._begin_or_let_go(due, now)
        except LullabyError as error:  # a full disk, say: it is tried again, and nothing is lost by it
            self.note(str(error))
            self.failed = True
            return now + datetime.timedelta(seconds=2 * STEP)
        return swept.next_at

    def _begin_or_let_go(self, due: Due, now: datetime.datetime) -> None:
        """Where it fails the others are begun all the same, and nobody holds this one: it is tried again."""
        try:
            self._begin(due, now)
        except LullabyError as error:
            self.note(f"{plain(due.rule.name)}: {error}")
            self.failed = True
            with contextlib.suppress(LullabyError), schedule() as db:
                hand_over(db, due.claim, holder(0))

    def _begin(self, due: Due, now: datetime.datetime) -> None:
        try:
            child = self.begin(due, self.command(due, now))
        except OSError as error:
            self.note(f"{plain(due.rule.name)}: it could not be begun ({error.strerror}).")
            self.failed = True
            with schedule() as db:  # nobody holds it: it is tried again
                hand_over(db, due.claim, holder(0))
            return
        self._children.append(child)
        with schedule() as db:  # so that it is taken up again where that process is killed at once
            hand_over(db, due.claim, holder(child.pid))

    def _fetch(self) -> None:
        """Fetches the ends of processes that have ended."""
        self._children = [child for child in self._children if child.poll() is None]


def _stamps() -> tuple[tuple[int, int], ...]:
    """What changes with every change of the schedule."""
    path = schedule_file()
    found = []
    for name in (str(path), f"{path}-wal"):
        try:
            there = os.stat(name)
            # whoever only reads leaves an empty log for a while
            found.append((there.st_mtime_ns, there.st_size) if there.st_size else (0, 0))
        except OSError:
            found.append((0, 0))
    return tuple(found)
