"""Reading a listener's file. What it does not say keeps its default.

# anna.toml — a listener of lullaby. This stays on this machine; nobody but you may read it.
birth_year = 1984
teller     = "old-keeper"
names      = ["Anna", "Bo"]

[sleep]
insomnia = 0.2
bedtime  = 22:30:00

[say]
Siobhan = "shih-VAWN"

[stories]
place      = "harbour"
favourites = ["trains", "the moon"]

[timer]
after = 00:45:00

[device."bedroom speaker"]
comfortable = -14
"""

from __future__ import annotations

import os
from dataclasses import fields
from functools import partial

from lullaby.errors import WrittenWrongly
from lullaby.people.calibration import read_devices
from lullaby.people.limits import LONGEST_MIN, SHORTEST_PLAY_OUT_MIN
from lullaby.people.person import FIRST_YEAR, LAST_YEAR, Person
from lullaby.people.sleep_timer import read_timer, time_of_day
from lullaby.people.story_wishes import read_story_wishes
from lullaby.people.traits import Sex
from lullaby.score import checks
from lullaby.score.avoiding import Avoid
from lullaby.score.plain_text import plain
from lullaby.score.source import Source, read_source, source_of
from lullaby.score.spellings import read_spellings
from lullaby.score.toml_table import TomlTable

_MOST = 500
"""Entries in a list."""

_TOP = (
    "birth_year",
    "teller",
    "names",
    "sleep",
    "stories",
    "avoid",
    "say",
    "limits",
    "timer",
    "device",
)
_SLEEP = ("insomnia", "chronotype", "sex", "bedtime", "latency")
AVOID = tuple(field.name for field in fields(Avoid))


def read_person(path: str | os.PathLike[str]) -> Person:
    """The listener in this file; its first mistake is raised."""
    return _right(read_source(path))


def person_from(text: str, path: str | os.PathLike[str]) -> Person:
    """The person described by a text that will stand at this path."""
    return _right(source_of(text, path))


def _right(source: Source) -> Person:
    mistakes: list[WrittenWrongly] = []
    person = _read(source, mistakes)
    if mistakes:
        raise mistakes[0]
    return person


def _read(source: Source, mistakes: list[WrittenWrongly]) -> Person:
    if not source.values:  # half a file that was a child's would be an adult's
        raise WrittenWrongly(
            source.where,
            "it is empty, and nobody is taken for an adult because of that.",
            f"Write birth_year = 1984 into it, or lullaby people remove {plain(source.path.stem)} and add.",
        )
    top = TomlTable.whole_file(source, mistakes)
    top.only(_TOP)
    sleep, stories, avoid, limits, timer, devices = (
        top.table(key, f"{top.where}, [{key}]", hint=f"It begins with [{key}].")
        for key in ("sleep", "stories", "avoid", "limits", "timer", "device")
    )
    sleep.only(_SLEEP)
    avoid.only(AVOID)
    limits.only(("cap_dba", "longest_min", "play_out_min"))
    sexes = [sex.value for sex in Sex]
    nothing: float | None = None
    none: tuple[str, ...] = ()
    year = top.whole("birth_year", 0, FIRST_YEAR, LAST_YEAR)
    return Person(
        name=source.path.stem,
        birth_year=year or None,
        insomnia=sleep.number("insomnia", 0, 0, 0.8),
        chronotype=sleep.number("chronotype", 0, -6, 6, "h"),
        sex=Sex(sleep.take("sex", Sex.UNSPECIFIED.value, partial(checks.choice, choices=sexes))),
        bedtime=sleep.take("bedtime", Person.bedtime, time_of_day),
        latency=sleep.number("latency", 1, 0.05, 20),
        teller=top.name("teller") or None,
        names=top.take("names", none, _texts),
        stories=read_story_wishes(stories),
        avoid=Avoid(**{key: avoid.take(key, none, _texts) for key in AVOID}),
        say=read_spellings(top.table("say", f"{top.where}, [say]", hint="It begins with [say].")),
        cap_dba=limits.take("cap_dba", nothing, partial(checks.number, low=20, high=80, unit="dBA")),
        longest_min=limits.whole("longest_min", 0, 1, LONGEST_MIN) or None,
        play_out_min=limits.whole("play_out_min", 0, SHORTEST_PLAY_OUT_MIN, LONGEST_MIN) or None,
        timer=read_timer(timer),
        devices=read_devices(devices),
    )


def _texts(value: object) -> tuple[str, ...]:
    found = checks.entries(value, _text)
    if len(found) > _MOST:
        raise checks.Unfit(f"is too long: at most {_MOST} entries.")
    return found


def _text(value: object) -> str:
    found = checks.text(value, 100)
    if not found.strip():
        raise checks.Unfit("is empty.")
    return found
