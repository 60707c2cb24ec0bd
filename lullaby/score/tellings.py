"""Tellings: which story is told when, by whom, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from lullaby.score import attached_files, checks
from lullaby.score.attached_files import AttachedFile
from lullaby.score.checks import Unfit
from lullaby.score.model import Part, Telling, Until
from lullaby.score.plain_text import quoted
from lullaby.score.scenes import SHORTEST
from lullaby.score.stories import note_story, story_files
from lullaby.score.toml_table import TomlTable
from lullaby.time import RATE

BY_DAY = "-by-day"
"""Ends the name of a story that is told by day, beside the one for the night."""
MOST = 100
"""Stories that take turns."""


def read_tellings(
    tables: list[TomlTable], names: list[str], parts: list[Part], length: int, source: Path
) -> tuple[Telling, ...]:
    """The tellings by time. `names` are all voices of the score, `parts` those that could be read; `source`
    is the score's own file."""
    found, stories = [], story_files(source.absolute().parent)
    for table in tables:
        table.only(("at", "story", "recording", "voice", "until"))
        there = [table.needs("at", "at = 00:02:00 says when it begins."), _one_of_both(table)]
        if not table.needs("voice", "voice names the one who tells it, from [voices].") or not all(there):
            continue
        start = table.clock("at", 0, 0, length - 1)
        usual: Until | int = Until.ASLEEP
        until = table.take("until", usual, partial(until_of, start=start, length=length))
        voice = _teller(table, names, parts)
        if "recording" in table.values:
            named, file = _recording(table, source)
            if voice and file:
                found.append(Telling(start, named, file.path, voice, until, recording=file))
            continue
        paths = _stories(table, stories)
        if voice and paths:
            path, *others = paths
            turns = tuple((other.stem, other) for other in others)
            found.append(Telling(start, path.stem, path, voice, until, turns))
    return tuple(sorted(found, key=lambda telling: telling.at))


def leaving_time(fade_out: int, tellings: Sequence[Telling], length: int) -> int:
    """A fade-out that nobody wrote, made shorter where a telling begins soon before the night's end: three
    quarters of what is left are the teller's."""
    left = (length - telling.at for telling in tellings)
    return max(SHORTEST, min(fade_out, min(left, default=length) // 4))


def until_of(value: object, start: int, length: int, words: str = '"asleep", "end"') -> Until | int:
    """When a telling, or music, is over; `words` are those that a hint lists, the usual one first."""
    if value in ("asleep", "end"):
        return Until(value)
    try:
        return checks.moment(value, start + RATE, length)
    except Unfit as unfit:
        raise Unfit(unfit.what, unfit.hint or f"It is {words}, or a time after at.") from None


def _one_of_both(table: TomlTable) -> bool:
    """Does it name a story, or a recording?"""
    if "recording" not in table.values:
        return table.needs("story", 'story = "the-quiet-pod" is told, or recording = "me.m4a" is played.')
    if "story" in table.values:
        table.note("it has a story and a recording.", "Each [[tell]] tells one; another tells the other.")
        return False
    return True


def _recording(table: TomlTable, source: Path) -> tuple[str, AttachedFile | None]:
    """The recording's name and file: beside the score, or in the listener's own scores."""
    named = table.take("recording", "", partial(attached_files.name, beside="score"))
    if not named:
        return named, None
    try:
        return named, attached_files.attached(named, source, "scores")
    except Unfit as unfit:
        table.unfit("recording", unfit)
        return named, None


def _teller(table: TomlTable, names: list[str], parts: list[Part]) -> str | None:
    part = part_named(table, "voice", names, parts)
    if part is None:
        return None
    if not part.kind.speaks:
        tellers = [p.name for p in parts if p.kind.speaks]
        table.note(
            f"{part.name} is of the kind {quoted(part.kind.name)}, and cannot tell a story.",
            f"Who can: {', '.join(tellers)}." if tellers else "",
        )
        return None
    return part.name


def part_named(table: TomlTable, key: str, names: list[str], parts: list[Part]) -> Part | None:
    """The voice that this key names; None where there is none, or it could not be read."""
    voice = table.text(key)
    part = next((part for part in parts if part.name == voice), None)
    if part is None and voice not in names and isinstance(table.values[key], str):
        table.note(f"there is no voice {quoted(voice)}.", table.hint(voice, names, "There are"))
    return part


def _stories(table: TomlTable, found: Mapping[str, Path]) -> list[Path]:
    """The files of the stories that take turns: beside the score, in the listener's own scores, or among the
    shipped."""
    none: tuple[str, ...] = ()
    names = table.take("story", none, _names)
    for name in names:
        if name not in found:
            table.note(f"there is no story {quoted(name)}.", table.hint(name, sorted(found), "There are"))
        elif not is_for_bedtime(found[name]):
            table.note(
                f"{quoted(name)} is for the day, and a score begins at lights-out.",
                bedtime_instead(name, found),
            )
    return [found[name] for name in names if name in found]


def is_for_bedtime(path: Path) -> bool:
    """May this story be told after lights-out? What cannot be read is said where it would be told."""
    story = note_story(path, [])
    return story is None or story.front.bedtime


def bedtime_instead(name: str, found: Mapping[str, Path]) -> str:
    """What may be told instead of a story for the day."""
    other = name.removesuffix(BY_DAY)
    if other != name and other in found and is_for_bedtime(found[other]):
        return f"Its bedtime telling is {quoted(other)}."
    return "Name a story for the night; lullaby stories says which are, and lullaby tell tells this one."


def _names(value: object) -> tuple[str, ...]:
    """One name, or a list of them."""
    if not isinstance(value, list):
        return (checks.name(value),)
    names = checks.entries(value, checks.name)
    if not 1 <= len(names) <= MOST:
        raise Unfit(f"has {len(names)} names.", f"From 1 to {MOST} stories take turns.")
    return names
