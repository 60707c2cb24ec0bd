"""`lullaby ritual run` and `watch`: a night begun now, and nights begun when they are due."""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule.beginning import command_of
from lullaby.ritual.schedule.book import KeptRule, find_rule, rules, schedule
from lullaby.ritual.schedule.changing import current
from lullaby.ritual.schedule.claims import begun_by_hand
from lullaby.ritual.schedule.coming import Coming
from lullaby.ritual.schedule.watching import Watch
from lullaby.ritual.schedule.zones import next_at, zone_of
from lullaby.score.plain_text import counted

SOON = datetime.timedelta(minutes=60)
"""Whoever begins a night themselves so long before its time has begun that night."""


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    """The ordinary command line, which takes this process's place."""
    now = bedside.clock.now()
    with schedule() as db:
        rule = find_rule(db, asked.name)
        start: Coming | None = None
        try:
            found = current(db, rule, now)
            start = found if found.utc - now <= SOON else None
        except AskedWrongly:  # nothing comes by it any more: it can be begun all the same
            start = None
        if start is not None:
            begun_by_hand(db, rule.number, start.key, start.utc)
    command = command_of(rule, _ends(rule, start, now), now)
    bedside.finish()
    if sys.platform == "win32":
        return subprocess.call(command)
    os.execv(command[0], command)


def _ends(rule: KeptRule, start: Coming | None, now: datetime.datetime) -> datetime.datetime | None:
    if start is not None and (ends := start.ends_if_begun(rule, now)) is not None and ends > now:
        return ends
    if rule.until_hour is not None:
        return next_at(rule.until_hour, now, zone_of(rule.zone))
    seconds = rule.length if rule.prepare is None else rule.prepare
    return None if seconds is None else now + datetime.timedelta(seconds=seconds)


def watch(asked: argparse.Namespace, bedside: Bedside) -> int:
    watching = Watch(bedside.clock, bedside.note)
    if asked.once:
        watching.once()
        return int(watching.failed)
    with schedule() as db:
        count = len(rules(db))
    bedside.note(f"Watching {counted(count, 'rule')}; Ctrl-C ends that, and no night that plays.")
    watching.run()
    return 0
