"""`lullaby ritual calendar` and `install`: what other programs read."""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

from lullaby import places
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.people.private import put_new
from lullaby.ritual.schedule.book import find_rule, looked_at, rules
from lullaby.ritual.schedule.coming import coming
from lullaby.score.plain_text import counted, plain

MOST = 1000
SYSTEMS = {"linux": "systemd", "darwin": "launchd", "win32": "windows"}


def calendar(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.ritual.schedule.calendar_writing import calendar_of

    if not asked.file.lower().endswith(".ics"):
        raise AskedWrongly(f"{plain(asked.file)}: a calendar's name ends in .ics.")
    if not 1 <= asked.count <= MOST:
        raise AskedWrongly(f"--count goes from 1 to {MOST}.")
    now = bedside.clock.now()
    with looked_at() as db:
        chosen = rules(db) if asked.name is None else [find_rule(db, asked.name)]
        found = [
            (rule, start)
            for rule in chosen
            if db is not None
            for start in itertools.islice(coming(db, rule, now), asked.count)
        ]
    if not found:
        raise CouldNot("no night comes, so there is nothing to put into a calendar.")
    path = Path(asked.file)
    put_new(path, calendar_of(found, now))
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_calendar

        bedside.facts(facts_of_calendar(str(path), len(found)))
    else:
        bedside.say(plain(f"{path}: {counted(len(found), 'night')}. Nobody else may read it."))
    return 0


def install(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.ritual.schedule.installing import entries, folder_of, then

    system = asked.system or SYSTEMS.get(sys.platform)
    if system is None:
        raise AskedWrongly(f"which system? {', '.join(SYSTEMS.values())}.")
    made = entries(system)
    if asked.write:
        for entry in made:
            path = folder_of(system) / entry.name
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                places.put(path, entry.content)
            except OSError as error:
                raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from error
    if asked.json:
        from lullaby.ritual.schedule.facts import facts_of_entries

        texts = [(str(folder_of(system) / entry.name), entry.text) for entry in made]
        bedside.facts(facts_of_entries(texts, written=asked.write, then=then(system)))
        return 0
    for entry in made:
        path = folder_of(system) / entry.name
        bedside.note(plain(f"{path}{' is written' if asked.write else ':'}"))
        if not asked.write:
            bedside.say(entry.text)
    bedside.note(f"Then: {then(system)}" if asked.write else f"--write puts it there; then: {then(system)}")
    return 0
