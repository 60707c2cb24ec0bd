"""`lullaby ritual skip`, `snooze`, `pause`, `remove`."""

from __future__ import annotations

import argparse
import datetime

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.ritual.schedule import changing
from lullaby.ritual.schedule.book import find_rule, pause_rule, remove_rule, schedule
from lullaby.ritual.schedule.durations import seconds_of
from lullaby.ritual.schedule.zones import local, zone_of
from lullaby.score.plain_text import plain

WEEK = datetime.timedelta(days=7)
LONGEST_PAUSE = datetime.timedelta(days=3660)


def skip(asked: argparse.Namespace, bedside: Bedside) -> int:
    now = bedside.clock.now()
    with schedule() as db:
        rule = find_rule(db, asked.name)
        does = changing.skip_no_more if asked.undo else changing.skip
        start = does(db, rule, now, asked.date)
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_skip

        bedside.facts(facts_of_skip(rule, start, undone=asked.undo))
        return 0
    when = f"{start.local:%A %d %B, %H:%M}"
    bedside.say(plain(f"{rule.name}: {when} {'is as it was' if asked.undo else 'is left out'}."))
    return 0


def snooze(asked: argparse.Namespace, bedside: Bedside) -> int:
    seconds = seconds_of("--by", asked.by, 60, 6 * 3600)
    with schedule() as db:
        rule = find_rule(db, asked.name)
        due = changing.snooze(db, rule, bedside.clock.now(), seconds)
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_snooze

        bedside.facts(facts_of_snooze(rule, due))
        return 0
    bedside.say(plain(f"{rule.name}: {local(due, zone_of(rule.zone)):%H:%M} tonight."))
    return 0


def pause(asked: argparse.Namespace, bedside: Bedside) -> int:
    with schedule() as db:
        rule = find_rule(db, asked.name)
        today = local(bedside.clock.now(), zone_of(rule.zone)).date()
        until = None if asked.undo else asked.until or today + WEEK
        if until is not None and not today < until <= today + LONGEST_PAUSE:
            raise AskedWrongly(f"--until is a day after {today}, within ten years: the first evening again.")
        pause_rule(db, rule, until)
        kept = find_rule(db, asked.name)
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_rule

        bedside.facts(facts_of_rule(kept))
        return 0
    says = "goes on" if until is None else f"is paused until {until:%A %d %B}"
    bedside.say(plain(f"{rule.name} {says}."))
    return 0


def remove(asked: argparse.Namespace, bedside: Bedside) -> int:
    with schedule() as db:
        rule = find_rule(db, asked.name)
        remove_rule(db, rule)
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_gone

        bedside.facts(facts_of_gone(rule))
        return 0
    bedside.say(plain(f"{rule.name} is removed. What has begun by it plays on."))
    return 0
