"""`lullaby alarm`: a soft waking at an hour, by a process of its own."""

from __future__ import annotations

import argparse
import datetime
import time
from pathlib import Path
from typing import Any

from lullaby.cli.options.hours import hour_of, next_time
from lullaby.cli.options.moments import moment
from lullaby.cli.playing.devices import address_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.time import RATE

VOICE = "first-birds"
SECONDS = 60
REHEARSED = 6.0
"""Seconds of the rehearsal."""


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "alarm", help="a soft waking: alarm 07:00, alarm, alarm off", allow_abbrev=False
    )
    parser.add_argument("when", metavar="HH:MM", nargs="?", help="the next time it is so late; or off")
    parser.add_argument(
        "--rise", default="00:02:00", metavar="TIME", help="in how long it comes up (00:02:00)"
    )
    parser.add_argument("--sound", default=VOICE, metavar="VOICE", help=f"what wakes ({VOICE})")
    parser.add_argument("--device", metavar="NAME", help="where it is heard (the usual device)")
    parser.add_argument("--unrehearsed", action="store_true", help="without a few seconds of it now")
    parser.add_argument("--json", action="store_true", help="what is set, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from dataclasses import replace

    from lullaby.evening.facts.alarm import facts_of_alarm
    from lullaby.player import alarm as alarms
    from lullaby.player.awake import Awake

    where = alarms.folder()
    if asked.when is None:
        return _shown(where, asked.json, bedside)
    if asked.when == "off":
        was = alarms.load(where)
        alarms.forget(where)
        bedside.say("The alarm is off." if was else "No alarm was set.")
        return 0
    due = next_time(hour_of(asked.when, '"off" takes an alarm back'), bedside.clock.now())
    rise = _rise(asked.rise)
    sound = _sound(asked.sound)
    alarm = alarms.Alarm(due.isoformat(), rise, address_of(asked.device)[1])
    before = alarms.load(where)
    if not asked.unrehearsed:
        alarm = _rehearsed(alarm, sound, bedside)
    elif before is not None and before.device == alarm.device:
        alarm = replace(alarm, percent=before.percent)
    if alarm.percent is None:
        bedside.note("It was not rehearsed: a volume that is turned down by then stays so.")
    alarms.save(alarm, sound, where)
    alarms.start(where)
    if asked.json:
        bedside.facts(facts_of_alarm(alarm, alarms.is_waited_for(where)))
        return 0
    awake = Awake(lambda line: None)
    awake.hold(True)
    how = "lullaby keeps it awake" if awake.keeps else "nothing here can keep it awake, so see to that"
    awake.close()
    bedside.say(f"It wakes at {_told(due)}. This machine must be on and awake then: {how}.")
    return 0


def _shown(where: Path, json: bool, bedside: Bedside) -> int:
    """What is set, and whether it will ring."""
    from lullaby.evening.facts.alarm import facts_of_alarm
    from lullaby.player import alarm as alarms

    found, waits = alarms.load(where), alarms.is_waited_for(where)
    if json:
        bedside.facts(facts_of_alarm(found, waits))
    elif found is None:
        bedside.say("No alarm is set: lullaby alarm 07:00")
    elif waits is False:
        again = f"lullaby alarm {found.when.astimezone():%H:%M}"
        raise CouldNot(
            f"an alarm is set for {_told(found.when)}, but the process that waited for it has ended, and "
            f"nothing will ring. Set it again: {again}"
        )
    elif found.when <= bedside.clock.now():
        bedside.say(f"It rings, since {_told(found.when)}: lullaby alarm off")
    else:
        bedside.say(f"It wakes at {_told(found.when)}.")
    return 0


def _rise(text: str) -> float:
    seconds = moment("--rise", text) / RATE
    if not 0 <= seconds <= 1_800:
        raise AskedWrongly("--rise goes from 00:00:00 to 00:30:00.")
    return seconds


def _sound(voice: str) -> Any:
    from lullaby.evening import Mix, Request, prepared

    night = prepared(Request(Mix((voice,), (), SECONDS * RATE), alone=True)).night
    return night.render(night.span)


def _rehearsed(alarm: Any, sound: Any, bedside: Bedside) -> Any:
    """A few seconds of it, now, as loud as it will be; and how loud the machine is set."""
    from dataclasses import replace

    from lullaby.player import system_volume
    from lullaby.player.alarm import Ringing
    from lullaby.player.device import devices

    if not devices():
        raise CouldNot(
            "there is no sound device, so nobody would be woken. Plug it in, and set the alarm then."
        )
    bedside.note("This is how it wakes, at its loudest …")
    until = time.monotonic() + REHEARSED
    ringing = Ringing(replace(alarm, rise=1.0), sound)
    ringing.run(lambda: time.monotonic() < until, REHEARSED)
    volume = system_volume.read(ringing.sink)
    if volume is not None and volume.heard < 20:
        bedside.note(f"The volume there is at {volume.heard} %: turn it up and set the alarm again.")
    return alarm if volume is None else replace(alarm, percent=volume.heard)


def _told(when: datetime.datetime) -> str:
    return when.astimezone().strftime("%H:%M on %A")
