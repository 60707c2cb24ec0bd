"""A ritual: what happens at bedtime, in what order, and on which nights. It is read here, and held
elsewhere."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.finding import by_name
from lullaby.score.plain_text import quoted
from lullaby.score.source import read_source
from lullaby.score.stories import story_files
from lullaby.score.toml_table import TomlTable
from lullaby.time import LONGEST, RATE

NIGHTS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Deed(Enum):
    """The kind of a step."""

    PLAY = "play"
    TELL = "tell"
    SHARE = "share"  # to speak, each in turn, with those who are there


NEEDS = {Deed.PLAY: "night", Deed.TELL: "story"}
"""The key that a step of each kind must have."""

_MOST_STEPS = 100

_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")


@dataclass(frozen=True)
class Step:
    """One thing that is done, of the night or story it names, for so many frames or until it is over."""

    do: Deed
    name: str
    lasts: int | None


@dataclass(frozen=True)
class Ritual:
    name: str
    path: Path
    title: str
    description: str
    at: datetime.time | None
    """The time by the clock on the wall; None where it begins when somebody begins it."""
    nights: tuple[str, ...]
    ends: datetime.time | None
    """When the last of it falls silent, if it has not by then."""
    steps: tuple[Step, ...]


def note_ritual(path: str | os.PathLike[str], mistakes: list[WrittenWrongly]) -> Ritual | None:
    """The ritual in this file, as far as it can be read; all its mistakes are noted."""
    try:
        source = read_source(path)
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None
    top = TomlTable.whole_file(source, mistakes)
    top.only(("title", "when", "step", "ends"))
    when = top.table("when", f"{top.where}, [when]", hint='Under [when] stand at and nights = ["mon"].')
    when.only(("at", "nights"))
    tables = top.tables("step", "step")
    if len(tables) > _MOST_STEPS:
        top.note(f"there are {len(tables)} steps; a ritual has {_MOST_STEPS} at most.")
        return None
    source_folder = source.path.absolute().parent
    there = {"night": by_name("scores", source_folder), "story": story_files(source_folder)}
    steps = [_step(table, source_folder, there) for table in tables]
    if not steps and not mistakes:
        top.note("nothing is done in it.", 'A step begins with [[step]]; it has do = "play", say.')
    nobody: datetime.time | None = None
    return Ritual(
        name=source.path.stem,
        path=source.path,
        title=top.text("title", source.path.stem),
        description=source.description,
        at=when.take("at", nobody, _of_day),
        nights=when.take("nights", NIGHTS, _nights),
        ends=top.take("ends", nobody, _of_day),
        steps=tuple(step for step in steps if step),
    )


def _step(table: TomlTable, source_folder: Path, there: Mapping[str, Mapping[str, Path]]) -> Step | None:
    words = [deed.value for deed in Deed]
    if not table.needs("do", f"do is one of: {', '.join(words)}."):
        return None
    do = table.take("do", "", partial(checks.choice, choices=words))
    if not do:
        return None
    key = NEEDS.get(Deed(do), "")
    table.only(["do", *([key] if key else []), "for"], whose=do)
    lasts = table.clock("for", 0, RATE, LONGEST) or None
    name = table.name(key) if key and table.needs(key, f'{key} = "…" names what it is to {do}.') else ""
    # what lies right beside it counts, but is not listed: other rituals lie there, too
    near = source_folder / f"{name}{'.toml' if key == 'night' else '.md'}"
    if name and name not in there[key] and not near.is_file():
        table.note(f"there is no {key} {quoted(name)}.", table.hint(name, there[key], "There are"))
    return Step(Deed(do), name, lasts)


def _nights(value: object) -> tuple[str, ...]:
    named = checks.entries(value, partial(checks.choice, choices=NIGHTS))
    if not named:
        raise Unfit("is empty.", "Where nights is not written, it is every night.")
    return tuple(night for night in NIGHTS if night in named)


def _of_day(value: object) -> datetime.time | None:
    if isinstance(value, datetime.time):
        return value.replace(microsecond=0)
    found = _OF_DAY.fullmatch(value) if isinstance(value, str) else None
    try:
        if found:
            return datetime.time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        pass
    raise Unfit("is not a time of day.", 'A time of day is written 21:30:00, or "21:30".')
