"""[voices], [scene.NAME] and [follow] of a score, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

from lullaby.score import checks
from lullaby.score.checks import Unfit, lasting
from lullaby.score.finding import Voices
from lullaby.score.model import STATES, Change, Part, Scene
from lullaby.score.plain_text import called, quoted, shown
from lullaby.score.setting_values import can_move, setting_value, settings
from lullaby.score.settings import SEAT, SILENT, Form, Kind, Value
from lullaby.score.source import Unreadable
from lullaby.score.toml_table import TomlTable
from lullaby.time import LONGEST, RATE, clock

OVER = 30 * RATE
"""A scene that does not say how long it takes to come takes half a minute."""

SHORTEST = RATE // 2
"""The shortest glide and fade: quicker than this would be heard as a switch."""

MOST_VOICES, MOST_SCENES, MOST_TELLINGS = 256, 1_500, 100
"""The most that a night may have of each: more than anybody hears apart, and than any sequence that was found
holds."""

_OF_THE_SCENE = ("at", "over")

_LOUDER = ("awake", "wake")
"""States that may be louder than the scenes ask for; a guess about sleep never makes anything louder."""


def read_parts(voices: TomlTable, kinds: Mapping[str, Kind], source_folder: Path) -> list[Part]:
    """The voices of [voices] that could be read, in the order they are written."""
    there, parts = Voices(kinds, source_folder), []
    for name in voices.values:
        try:
            checks.name(name)
        except Unfit as unfit:
            voices.note(f"{quoted(name)} {unfit.what}")
            continue
        if name in _OF_THE_SCENE:
            voices.note(f"{quoted(name)} is a word of scenes; the voice needs another name.")
            continue
        part = _part(name, voices, there)
        if part is not None:
            parts.append(part)
    return parts


def _part(name: str, voices: TomlTable, there: Voices) -> Part | None:
    value = voices.values[name]
    if isinstance(value, dict):
        table = voices.table(name, about=name)
    elif isinstance(value, str):
        table = TomlTable({"voice": value}, voices.where, name, voices.mistakes)
    else:
        voices.unfit(name, Unfit(f"is {called(value)}, not a voice.", f'Write it {name} = "rain".'))
        return None
    if not table.needs("voice", f'Write it {name} = {{ voice = "rain" }}.'):
        return None
    if not (wanted := table.text("voice")):
        if value in ("", {"voice": ""}):
            table.note(f"{name} is a voice without a name.")
        return None
    path = there.path(wanted)
    if path is None:
        voices.note(*there.none_called(wanted))
        return None
    voice = there.note(path, voices.mistakes)
    if voice is None:
        return None
    rows = settings(voice.kind)
    table.only(["voice", *rows])
    values: dict[str, Value] = {"level": 0.0, **voice.values}
    for key, row in rows.items():
        if row.form is Form.FILE and key in table.values:
            table.note(f"{name}: {key} is set in its voice file, beside the sound itself.")
        elif key != "voice":
            values[key] = table.take(key, values[key], partial(setting_value, setting=row))
    return Part(name, voice, values)


def read_changes(table: TomlTable, part: Part) -> Change:
    """The settings of a voice that a scene changes, checked."""
    rows = settings(part.kind)
    moving = [name for name, row in rows.items() if can_move(row)]
    changes: dict[str, Value] = {}
    for key in table.values:
        if key not in rows:
            table.note(f"{table.about} has no {quoted(key)}.", table.hint(key, moving))
        elif key not in moving:
            table.note(f"{table.about}: {key} cannot change during a night; set it in the voice file.")
        else:
            row, before = rows[key], part.values[key]
            try:
                value = setting_value(table.values[key], row)
                if isinstance(value, tuple) and isinstance(before, tuple) and len(value) != len(before):
                    raise Unfit(f"has {len(value)} numbers; a scene changes the {len(before)} there are.")
                changes[key] = value
            except Unfit as unfit:
                table.unfit(key, unfit)
    return changes


def _change(table: TomlTable, key: str, part: Part, about: str) -> Change:
    """A change as it may be written: a table, a level alone, or "silent"."""
    value = table.values[key]
    if isinstance(value, dict):
        return read_changes(table.table(key, about=about), part)
    if value == "silent" or (isinstance(value, int | float) and not isinstance(value, bool)):
        return read_changes(TomlTable({"level": value}, table.where, about, table.mistakes), part)
    table.note(f'{about} = {shown(value)} is not a level, a table or "silent".')
    return {}


def read_scenes(
    scenes: list[tuple[str, TomlTable]], names: list[str], parts: list[Part], length: int
) -> tuple[Scene, ...]:
    """The scenes by time. `names` are all voices of the score, `parts` those that could be read."""
    by_name = {part.name: part for part in parts}
    found: list[tuple[Scene, TomlTable]] = []
    for name, table in scenes:
        table.only([*_OF_THE_SCENE, *names], says="It may name")
        changes = {n: _change(table, n, by_name[n], n) for n in by_name if n in table.values}
        start = _begins(table, length)
        # The scene at lights-out is what the night opens with, and the night itself fades in.
        duration = table.clock("over", OVER if start else 0, SHORTEST, LONGEST)
        if start is None:
            continue
        silent = frozenset(n for n, change in changes.items() if change.get("level") == SILENT)
        found.append((Scene(name, start, duration, changes, silent), table))
    found.sort(key=lambda f: f[0].at)
    for (scene, table), (later, its_table) in pairwise(found):
        if scene.at == later.at:
            its_table.note(f"it begins at {clock(later.at)}, and so does scene {quoted(scene.name)}.")
        elif scene.at + scene.over > later.at:
            _note_overlap(table, scene, later)
    return tuple(scene for scene, _ in found)


def _begins(table: TomlTable, length: int) -> int | None:
    """When this scene begins; None, and noted, where it never does."""
    if not table.needs("at", "at = 00:10:00 says when it begins, from lights-out."):
        return None
    if isinstance(table.values["at"], Unreadable):
        return None
    try:
        start = checks.moment(table.values["at"], 0, LONGEST)
    except Unfit as unfit:
        table.unfit("at", unfit)
        return None
    if start >= length:
        table.note(f"it begins at {lasting(start)}, but the night is {lasting(length)} long.")
        return None
    return start


def _note_overlap(table: TomlTable, scene: Scene, later: Scene) -> None:
    usual = "" if "over" in table.values else f" (over is {lasting(OVER)} where it is not written)"
    table.note(
        f"it takes until {lasting(scene.at + scene.over)}{usual}, but scene {quoted(later.name)} "
        f"begins at {lasting(later.at)}.",
        f"It has room for over = {lasting(later.at - scene.at)}.",
    )


def _rests(part: Part, state: str) -> bool:
    """Is a voice of this kind never heard in this state of sleep?"""
    asleep = STATES[: STATES.index("rem")]
    first = part.kind.silent_from
    return bool(first) and state in asleep and asleep.index(state) >= asleep.index(first)


def read_follow(follow: TomlTable, names: list[str], parts: list[Part]) -> dict[str, dict[str, Change]]:
    """How each voice recedes as sleep deepens: by part, by state."""
    follow.only(names, says="There are")
    found: dict[str, dict[str, Change]] = {}
    for part in parts:
        if part.name not in follow.values:
            continue
        hint = 'Write it { n2 = { level = -8 }, n3 = "silent" }.'
        states = follow.table(part.name, about=part.name, hint=hint)
        states.only(STATES)
        found[part.name] = {}
        for state in STATES:
            if state not in states.values:
                continue
            change = _change(states, state, part, f"{part.name}.{state}")
            level = change.get("level", 0.0)
            if state not in _LOUDER and isinstance(level, float) and level > 0:
                states.note(
                    f"{part.name}.{state}: level = {shown(level)} would be louder, "
                    "and sleep only makes a voice softer."
                )
            elif state == "rem" and change.get("level", SILENT) != SILENT:
                states.note(
                    f"{part.name}.rem: level = {shown(level)} would be heard, and in REM nothing is.",
                    f'It is "silent" whatever is written: leave {part.name}.rem out.',
                )
            elif _rests(part, state) and change.get("level", SILENT) != SILENT:
                states.note(
                    f"{part.name}.{state}: level = {shown(level)} would be heard, and {part.kind.name} never "
                    f"is from {part.kind.silent_from} on: it could wake somebody.",
                    f"Leave {part.name}.{state} out.",
                )
            _note_seats(states, change, f"{part.name}.{state}")
            found[part.name][state] = change
    return found


def _note_seats(states: TomlTable, change: Change, about: str) -> None:
    """Nothing moves around a sleeper: what says where a voice is may not follow sleep."""
    for name in change:
        if name in SEAT:
            states.note(
                f"{about}: {name} says where a voice is, and no voice changes its place as somebody sleeps.",
                f"Leave it out; a scene that is over before sleep may change {name}.",
            )
