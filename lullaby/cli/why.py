"""`lullaby why`: what is heard at one moment of a night, and what made it so."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lullaby.cli.because import later, lines_of, weather_at
from lullaby.cli.because_asleep import held_back, silent_asleep
from lullaby.cli.bedside import Bedside
from lullaby.cli.moments import moment
from lullaby.cli.nights import add_night, night_of
from lullaby.errors import AskedWrongly
from lullaby.score.plain import plain
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.night import Night
    from lullaby.night.why import Told, Why
    from lullaby.sleep.course import Course


def add(commands: Any) -> None:
    parser = commands.add_parser("why", help="what is heard at one moment, and why", allow_abbrev=False)
    add_night(parser)
    parser.add_argument("time", metavar="TIME", help="since lights-out: 00:10:00, 10:00 or so many seconds")
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    at = moment("TIME", asked.time)

    from lullaby.night.why import why

    night = night_of(asked, bedside)
    if at >= night.length:
        raise AskedWrongly(f"{plain(asked.time)} is outside the night: it lasts until {clock(night.length)}.")
    with bedside.working(f"Listening to {night.score.title}"):
        found = why(night, at)
    if asked.json:
        bedside.facts(_facts(night, found))
    else:
        for line in lines_of(night, found):
            bedside.say(plain(line))
    return 0


def _facts(night: Night, found: Why) -> dict[str, Any]:
    """All of it for programs: times in seconds since lights-out, levels in dB, null for silence."""

    def seconds(frame: int | None) -> float | None:
        return None if frame is None else frame / RATE

    def level(value: float) -> float | None:
        return None if value == float("-inf") else value

    def told(one: Told) -> dict[str, Any]:
        facts = {"value": level(one.value), "unit": one.unit, "scene": one.scene and one.scene.name}
        if one.until is not None:
            facts |= {"from": level(one.leaves), "to": level(one.comes_to), "until": seconds(one.until)}
        return facts

    scene, plan = found.scene, night.plan
    return {
        "title": night.score.title,
        "seed": night.seed,
        "date": str(night.date),
        "time": clock(found.at),
        "seconds": seconds(found.at),
        "scene": scene
        and {"name": scene.name, "at": seconds(scene.at), "until": seconds(scene.at + scene.over)},
        "heard": {
            one.part.name: {
                "voice": one.part.voice.name,
                "level": told(one.level),
                "pan": told(one.pan),
                "send": told(one.send),
                "moved": {told_it.setting: told(told_it) for told_it in one.moved},
            }
            for one in found.heard
        },
        "silent": {
            one.part.name: {
                "silenced": one.silenced and one.silenced.name,
                "comes": seconds(one.comes),
                "with": one.coming and one.coming.name,
                "asleep": silent_asleep(night, one, found.at),
            }
            for one in found.unheard
        },
        "fade": {
            "db": level(found.fade),
            "in_until": seconds(plan.fade_in),
            "out_from": seconds(plan.length - plan.fade_out),
        },
        "gain": {
            "db": round(found.gain, 2),
            "measured": round(night.measured, 2),
            "wanted": night.score.level,
            "from": seconds(found.opening.start),
        },
        "sleeper": None if night.course is None else _sleeper(night, night.course, found.at),
        "weather": _weather(night, found.at),
        "limiter": {"db": round(found.limited, 2)},
        "later": later(night),
    }


def _weather(night: Night, at: int) -> dict[str, float] | None:
    """What the storm multiplies everything by, and how far the wind is above its mean."""
    told = weather_at(night, at)
    return told and {"storm": told[0], "gust": round(told[1], 2)}


def _sleeper(night: Night, course: Course, at: int) -> dict[str, Any]:
    """The stage, where it comes from, how many seconds ago that was seen (null: never), and what it does."""
    from lullaby.sleep.course import NEVER

    evidence, age = course.evidence(at), course.age(at)
    return {
        "stage": course.at(at).label,
        "evidence": evidence and evidence.value,
        "seen_ago": None if age == NEVER else age / RATE,
        "held_back": {name: None if db == float("-inf") else db for name, db in held_back(night, at).items()},
    }
