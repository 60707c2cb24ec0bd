"""Facts about one moment of a night: what is heard, and what made it so, as data.

Times are seconds since lights-out, levels dB; None is silence.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lullaby.night import Night
from lullaby.night.mixer import darkened
from lullaby.night.why import CurrentValue, Unheard, Why, music_at
from lullaby.score.model import WeatherSettings
from lullaby.score.plain_text import quoted
from lullaby.score.planned_ritual import PlannedMovement, PlannedRitual
from lullaby.sleep.course import NEVER, Course
from lullaby.time import RATE, clock


def facts_of_moment(night: Night, found: Why) -> dict[str, Any]:
    def seconds(frame: int | None) -> float | None:
        return None if frame is None else frame / RATE

    def level(value: float) -> float | None:
        return None if value == float("-inf") else value

    def value_facts(one: CurrentValue) -> dict[str, Any]:
        facts = {"value": level(one.value), "unit": one.unit, "scene": one.scene and one.scene.name}
        if one.until is not None:
            facts |= {"from": level(one.leaves), "to": level(one.comes_to), "until": seconds(one.until)}
        if one.asleep is not None:
            facts |= {"asleep": one.asleep.state, "scene_wants": one.asleep.wanted}
        return facts

    scene, plan = found.scene, night.plan
    return {
        "title": night.score.title,
        "seed": night.seed,
        "date": None if night.date is None else str(night.date),
        "time": clock(found.frame),
        "seconds": seconds(found.frame),
        "scene": scene
        and {"name": scene.name, "at": seconds(scene.at), "until": seconds(scene.at + scene.over)},
        "ritual": _ritual(night.score.ritual, found.frame),
        "heard": {
            one.part.name: {
                "voice": one.part.voice.name,
                "level": value_facts(one.level),
                "pan": value_facts(one.pan),
                "send": value_facts(one.send),
                "moved": {value.setting: value_facts(value) for value in one.moved},
            }
            for one in found.heard
        },
        "silent": {
            one.part.name: {
                "silenced": one.silenced and one.silenced.name,
                "comes": seconds(one.comes),
                "with": one.coming and one.coming.name,
                "asleep": silent_asleep(night, one, found.frame),
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
        "sleeper": None if night.course is None else _sleeper(night, night.course, found.frame),
        "music": _music(night, found.frame),
        "weather": _weather(night, found.frame),
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


def _ritual(ritual: PlannedRitual | None, frame: int) -> dict[str, Any] | None:
    """Of a ritual: the movement that is under way, the rules that made it so, and all of tonight's."""
    if ritual is None:
        return None
    now = ritual.at(frame)
    return {
        "name": ritual.name,
        "mood": ritual.mood or None,
        "season": ritual.season,
        "rules": list(ritual.rules),
        "movement": now and facts_of_planned(now),
    }


def facts_of_planned(movement: PlannedMovement) -> dict[str, Any]:
    return {
        "name": movement.name,
        "do": movement.do,
        "from": movement.at / RATE,
        "to": movement.stop / RATE,
        "until": movement.until or None,
        "because": list(movement.because),
    }


def _music(night: Night, frame: int) -> dict[str, Any] | None:
    """What is played, bars counted from 1; null where the score has no [music]. A melody that is null is a
    rest; so is all of it but for the state where there are no bars."""
    found = music_at(night, frame)
    if found is None:
        return None
    bar = found.bar
    if bar is None:
        return {"state": found.state.value, "bar": None}
    return {
        "state": found.state.value,
        "bar": bar.number + 1,
        "melody": bar.section or None,
        "bar_of_melody": bar.of_section + 1,
        "metre": bar.metre,
        "tempo": round(bar.tempo, 1),
    }


def _weather(night: Night, frame: int) -> dict[str, float] | None:
    """The storm's factor on every intensity, and how far the wind is above its mean."""
    weather = weather_at(night, frame)
    return weather and {"storm": weather[0], "gust": round(weather[1], 2)}


def _sleeper(night: Night, course: Course, frame: int) -> dict[str, Any]:
    """The stage, where it comes from, how many seconds ago that was seen (null: never), and what it does."""
    evidence, age = course.evidence(frame), course.age(frame)
    tilt, high_cut = darkened(night.plan, frame)
    return {
        "stage": course.stage(frame).label,
        "evidence": evidence and evidence.value,
        "seen_ago": None if age == NEVER else age / RATE,
        "held_back": {
            name: None if db == float("-inf") else db for name, db in held_back(night, frame).items()
        },
        "darker": {"tilt_db_per_octave": round(-tilt, 2) + 0.0, "high_cut_hz": round(high_cut)},
    }


def weather_at(night: Night, frame: int) -> tuple[float, float] | None:
    """The storm's strength, and how far the wind is above its mean; None where the score leaves both."""
    if night.score.weather == WeatherSettings():
        return None
    frames = np.array([frame], np.int64)
    weather = next((one.controls.weather for one in night.plan.tracks if one.controls.weather), None)
    return (float(weather.strength(frames)[0]), float(weather.gust(frames)[0])) if weather else None


def held_back(night: Night, frame: int) -> dict[str, float]:
    """dB that each voice is held below its scenes at this frame because of the sleeper; -inf is silence."""
    return {one.name: one.recede.value_at(frame) for one in night.plan.tracks if not one.tells}


def silent_asleep(night: Night, one: Unheard, frame: int) -> bool:
    """Is it the sleeper alone that this voice is silent for? A teller is silent where nothing is told."""
    sounding = next(each for each in night.plan.tracks if each.name == one.part.name)
    return not sounding.tells and sounding.level.value_at(frame) > float("-inf")


def later(night: Night) -> list[str]:
    """Parts of the score that are not heard, and why."""
    score, said = night.score, []
    if score.follow and night.course is None:
        said.append(f"[follow] is written for {', '.join(score.follow)}, and heard where somebody sleeps")
    told = {narration.voice for narration in night.narrations}
    every = len(night.narrations) == len(score.tellings)
    for number, turns in enumerate(score.tellings):
        telling = turns.on(night.date)
        if every and night.narrations[number].is_nothing:
            said.append(
                f"{quoted(telling.story)} is not told: before {clock(telling.at)} the night is over, or "
                "somebody sleeps"
            )
        elif telling.voice not in told:
            said.append(f"{quoted(telling.story)} is to be told at {clock(telling.at)}, and waits")
    return said
