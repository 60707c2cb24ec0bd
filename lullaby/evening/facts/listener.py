"""Facts about a listener, as their file gives them, and their limits on a given day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from lullaby.people.devices import calibration_for
from lullaby.people.listeners import person_file
from lullaby.people.person import Person


def facts_of_listener(person: Person, today: date) -> dict[str, Any]:
    limits = person.limits(today)
    return {
        "name": person.name,
        "file": str(person_file(person.name)),
        "birth_year": person.birth_year,
        "age": person.age(today),
        "profile": limits.profile,
        "sleep": {
            "insomnia": person.insomnia,
            "chronotype": person.chronotype,
            "sex": person.sex.value,
            "bedtime": round(person.bedtime, 4),
            "latency": person.latency,
        },
        "teller": person.teller,
        "names": list(person.names),
        "stories": {
            **asdict(person.stories),
            "favourites": list(person.stories.favourites),
            "begins": person.stories.begins and person.stories.begins.isoformat(),
        },
        "avoid": avoided_by(person),
        "say": dict(person.say),
        "limits": {
            "cap_dba": limits.cap_dba,
            "aim_dba": limits.aim_dba,
            "usual_min": limits.usual_min,
            "longest_min": limits.longest_min,
            "play_out_min": limits.play_out_min,
            "ends_min": limits.ends_min,
            "beats": limits.adults_only_kinds,
            "all_night": limits.all_night,
            "says": limits.says(calibration_for(person).offset is not None),
        },
        "timer": person.timer
        and {"after_s": person.timer.after, "between_h": person.timer.between and [*person.timer.between]},
        "devices": {
            name: {"comfortable_db": one.comfortable, "meter_dba": one.meter, "offset_db": one.offset}
            for name, one in person.devices.items()
        },
    }


def avoided_by(person: Person) -> dict[str, list[str]]:
    """Everything this listener never hears, by what it is: words, voices, kinds …"""
    return {sort: list(names) for sort, names in asdict(person.avoid).items()}


def facts_of_removed(name: str, path: Path) -> dict[str, Any]:
    """A listener whose file was erased."""
    return {"name": name, "file": str(path), "removed": True}
