"""What is heard at one moment of a night, and what made it so, as data.

Times are seconds since lights-out, levels dB; None is silence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lullaby.night import Night
from lullaby.night.why import Told, Unheard, Why
from lullaby.score.model import WeatherSettings
from lullaby.score.plain_text import quoted
from lullaby.sleep.course import NEVER, Course
from lullaby.time import RATE, clock


def facts_of_moment(night: Night, found: Why) -> dict[str, Any]:
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
        "ends": {
            "at": seconds(found.ending.at),
            "heard_until": seconds(found.ending.heard_until),
            "again": seconds(found.ending.again),
            "for_sleeper": found.ending.for_sleeper,
            "score": seconds(night.score.length),
        },
    }


def _weather(night: Night, at: int) -> dict[str, float] | None:
    """The storm's factor on every intensity, and how far the wind is above its mean."""
    told = weather_at(night, at)
    return told and {"storm": told[0], "gust": round(told[1], 2)}


def _sleeper(night: Night, course: Course, at: int) -> dict[str, Any]:
    """The stage, where it comes from, how many seconds ago that was seen (null: never), and what it does."""
    evidence, age = course.evidence(at), course.age(at)
    return {
        "stage": course.at(at).label,
        "evidence": evidence and evidence.value,
        "seen_ago": None if age == NEVER else age / RATE,
        "held_back": {name: None if db == float("-inf") else db for name, db in held_back(night, at).items()},
    }


def weather_at(night: Night, at: int) -> tuple[float, float] | None:
    """How strong the storm is, and how far the wind is above its mean; None where the score leaves both."""
    if night.score.weather == WeatherSettings():
        return None
    frames = np.array([at], np.int64)
    weather = next((one.controls.weather for one in night.plan.tracks if one.controls.weather), None)
    return (float(weather.strength(frames)[0]), float(weather.gust(frames)[0])) if weather else None


def held_back(night: Night, at: int) -> dict[str, float]:
    """dB that each voice is held below its scenes at this frame because of the sleeper; -inf is silence."""
    return {one.name: one.recede.value_at(at) for one in night.plan.tracks}


def silent_asleep(night: Night, one: Unheard, at: int) -> bool:
    """Is it the sleeper alone that this voice is silent for?"""
    sounding = next(each for each in night.plan.tracks if each.name == one.part.name)
    return sounding.level.value_at(at) > float("-inf")


def later(night: Night) -> list[str]:
    """Parts of the score that are not heard, and why."""
    score, said = night.score, []
    if score.follow and night.course is None:
        said.append(f"[follow] is written for {', '.join(score.follow)}, and heard where somebody sleeps")
    for telling in score.tellings:
        story, at = quoted(telling.story), clock(telling.at)
        said.append(f"{story} is written to be told at {at}, and heard once there is a teller")
    return said
