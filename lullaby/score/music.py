"""[music] of a score, read and checked: what its instruments play together."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.score import checks, quoting
from lullaby.score.checks import Unfit
from lullaby.score.model import FORMS, Music, Part
from lullaby.score.plain_text import called, quoted
from lullaby.score.tellings import part_named, until_of
from lullaby.score.toml_table import TomlTable

if TYPE_CHECKING:
    from lullaby.score.melody import Tune

MODES = ("pentatonic", "major", "dorian", "lydian", "minor", "hirajoshi")
TUNINGS = ("just", "equal")
METRES = ("2/4", "3/4", "4/4", "6/8")
ROLES = ("melody", "accompaniment", "drone", "lull")
MOST_TUNES = 100
LEAST = 12
"""Semitones that a register has at the least."""

LOWEST, HIGHEST = 36, 96
"""Pitches that a register may reach."""
_NOTE = re.compile(r"([A-G])([#b]?)([0-8])")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_KEYS = (
    *ROLES, "at", "tunes", "mode", "tonic", "tuning", "tempo", "density", "register", "metre", "form", "rest",
    "harmony", "until",
)  # fmt: skip


def read_music(
    table: TomlTable, names: list[str], parts: list[Part], length: int, source_folder: Path
) -> Music:
    """The music. `names` are all voices of the score, `parts` those that could be read; its tunes are looked
    for in `source_folder`, too."""
    table.only(_KEYS)
    usual = Music()
    at = table.clock("at", 0, 0, length - 1)
    players = {role: _player(table, role, names, parts) for role in ROLES if role in table.values}
    if not players:
        table.note("nobody plays it.", 'melody = "harp" has a voice from [voices] play the melody.')
    music = Music(
        at=at,
        mode=table.take("mode", usual.mode, partial(_one_of, among=MODES)),
        tonic=table.take("tonic", usual.tonic, pitch),
        just=table.take("tuning", "just", partial(_one_of, among=TUNINGS)) == "just",
        tempo=table.number("tempo", usual.tempo, 40, 90, "beats a minute"),
        density=table.number("density", usual.density, 0, 1, ""),
        register=table.take("register", usual.register, _register),
        metre=table.take("metre", "", partial(_one_of, among=METRES)),
        tunes=_tunes(table, source_folder) if "tunes" in table.values else (),
        form=table.take("form", usual.form, partial(_one_of, among=FORMS)),
        rest=table.number("rest", usual.rest, 0, 16, "bars"),
        harmony=table.take("harmony", usual.harmony, _harmony),
        until=table.take(
            "until", usual.until, partial(until_of, start=at, length=length, words='"end", "asleep"')
        ),
    )
    return music.played_by(players)


def _player(table: TomlTable, role: str, names: list[str], parts: list[Part]) -> str:
    """The voice that plays this role; "" where it cannot, which is noted."""
    part = part_named(table, role, names, parts)
    if part is None:
        return ""
    if not part.kind.plays:
        able = ", ".join(one.name for one in parts if one.kind.plays)
        table.note(
            f"{part.name} is of the kind {quoted(part.kind.name)}, and cannot play notes.",
            f"What can: {able}."
            if able
            else "An instrument can: a harp, a flute. lullaby voices lists them.",
        )
        return ""
    return part.name


def _tunes(table: TomlTable, source_folder: Path) -> tuple[Tune, ...]:
    """The tunes that are named, as far as they are there and right."""
    from lullaby.score.tunes import note_tune, tune_files

    there = tune_files(source_folder)
    none: tuple[str, ...] = ()
    found = []
    for name in table.take("tunes", none, partial(checks.entries, check=checks.name)):
        if name not in there:
            table.note(f"there is no tune {quoted(name)}.", table.hint(name, sorted(there), "There are"))
        elif (tune := note_tune(there[name], table.mistakes)) is not None:
            found.append(tune)
    if len(found) > MOST_TUNES:
        table.note(f"tunes: there are {len(found)}; music has {MOST_TUNES} at most.")
    return tuple(found[:MOST_TUNES])


def _one_of(value: object, among: tuple[str, ...]) -> str:
    word = checks.text(value)
    if word not in among:
        raise Unfit(f"knows no {quoted(word)}.", f"There are: {', '.join(among)}.")
    return word


def pitch(value: object) -> int:
    """A note's name as MIDI counts it: "A4" is 69."""
    found = _NOTE.fullmatch(checks.text(value))
    if found is None:
        raise Unfit("is not a note.", "A note is D4, F#3 or Bb4.")
    return 12 * (int(found[3]) + 1) + _STEPS[found[1]] + {"": 0, "#": 1, "b": -1}[found[2]]


def _register(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise Unfit(f"is {called(value)}, not two notes.", 'register = ["C4", "E5"] is from the middle C up.')
    try:
        low, high = (pitch(one) for one in value)
    except Unfit as unfit:
        raise Unfit("names something that is not a note.", unfit.hint) from None
    if low < LOWEST or high > HIGHEST:
        raise Unfit("reaches out of what music is written for.", "It lies between C2 and C7.")
    if high - low < LEAST:
        raise Unfit("has no room for a melody: it is an octave at least.", 'As in ["C4", "E5"].')
    return low, high


def _harmony(value: object) -> bool:
    if value not in ("slow", "still"):
        raise Unfit("is no harmony.", 'It is "slow", a chord a bar, or "still", one chord all along.')
    return value == "slow"


def name_of(note: int) -> str:
    """The name by which `pitch` knows it."""
    return f"{('C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B')[note % 12]}{note // 12 - 1}"


def written(music: Music) -> dict[str, str]:
    """[music] as it is written: what is as usual is left out."""
    usual = Music()
    rows: dict[str, str] = {role: quoting.value(name) for role, name in music.players.items()}
    if music.at:
        rows["at"] = quoting.time(music.at)
    if music.tunes:
        rows["tunes"] = f"[{', '.join(quoting.value(tune.name) for tune in music.tunes)}]"
    for key in ("mode", "metre", "form", "tempo", "density", "rest"):
        value = getattr(music, key)
        if value != getattr(usual, key):
            rows[key] = quoting.value(value)
    if music.tonic != usual.tonic:
        rows["tonic"] = quoting.value(name_of(music.tonic))
    if music.register != usual.register:
        rows["register"] = f"[{', '.join(quoting.value(name_of(note)) for note in music.register)}]"
    if not music.just:
        rows["tuning"] = quoting.value("equal")
    if not music.harmony:
        rows["harmony"] = quoting.value("still")
    if music.until != usual.until:
        until = music.until
        rows["until"] = quoting.time(until) if isinstance(until, int) else quoting.value(until.value)
    return rows
