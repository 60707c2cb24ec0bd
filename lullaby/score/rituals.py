"""A ritual: what happens at bedtime, and in what order. It is read here, and composed and held elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, WrittenWrongly, choices
from lullaby.score import checks
from lullaby.score.finding import Voices, by_name
from lullaby.score.model import SLEEPERS
from lullaby.score.movements import (
    CROSS,
    LEAST_CROSS,
    MOST_CROSS,
    SPEAKS,
    Ends,
    Found,
    Movement,
    bed_of,
    read_movement,
)
from lullaby.score.plain_text import plain, quoted
from lullaby.score.ritual_rules import HEMISPHERES, Rule, read_rules
from lullaby.score.settings import Kind
from lullaby.score.source import read_source
from lullaby.score.stories import story_files
from lullaby.score.toml_table import TomlTable
from lullaby.score.tunes import tune_files
from lullaby.time import LONGEST

USUAL_BED = ("room-hush",)
USUAL_TELLER = "neighbour"
_KEYS = (
    "title",
    "seed",
    "level",
    "lang",
    "voice",
    "bed",
    "cross",
    "hemisphere",
    "sleeper",
    "movement",
    "when",
)
_MOST = 100
_ROOT = "movement"


@dataclass(frozen=True)
class Ritual:
    name: str
    path: Path
    title: str
    description: str
    movements: tuple[Movement, ...]
    rules: tuple[Rule, ...] = ()
    seed: int = 0
    level: float = -33.0
    """LUFS of its opening."""
    lang: str = "en"
    """The language of what is said by itself: the lines that a ritual writes may be in any."""
    voice: str = USUAL_TELLER
    bed: tuple[str, ...] = USUAL_BED
    hemisphere: str = "north"
    sleeper: str = ""
    """Whom it follows where nobody says otherwise."""
    source: str = ""
    """Its text."""


def ritual_files(source_folder: Path | None = None) -> dict[str, Path]:
    """Every ritual by name, the listener's own before the shipped; none of them is opened."""
    found: dict[str, Path] = {}
    for folder in places.folders("scores", source_folder):
        for path in sorted((folder / "rituals").glob("*.toml")):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def is_ritual(values: Mapping[str, object]) -> bool:
    """Is a file that holds these tables a ritual?"""
    return _ROOT in values or "when" in values


def ritual_path(name_or_path: str) -> Path | None:
    """The file of the ritual of this name or at this path; None where that is something else. An AskedWrongly
    where a score has that name, too."""
    if name_or_path.endswith(".toml") or "/" in name_or_path or os.sep in name_or_path:
        try:
            return Path(name_or_path) if is_ritual(read_source(name_or_path).values) else None
        except WrittenWrongly:
            return None
    path = ritual_files().get(name_or_path)
    if path is not None and (other := by_name("scores").get(name_or_path)) is not None:
        raise AskedWrongly(
            f"{quoted(name_or_path)} is a ritual and a score: {plain(str(path))}, {plain(str(other))}."
            "\n    Give one of them another name, or say which by its path."
        )
    return path


def read_ritual(path: str | os.PathLike[str], kinds: Mapping[str, Kind]) -> Ritual:
    """The ritual in this file; its first mistake is raised."""
    mistakes: list[WrittenWrongly] = []
    ritual = note_ritual(path, kinds, mistakes)
    if mistakes:
        raise mistakes[0]
    assert ritual is not None  # what cannot be read is a mistake
    return ritual


def find_ritual(name_or_path: str, kinds: Mapping[str, Kind]) -> Ritual:
    """The ritual of this name, or at this path."""
    path = ritual_path(name_or_path)
    if path is None:
        there = ritual_files()
        hint = choices(name_or_path, there, "There are", f"{len(there)} rituals: lullaby rituals lists them")
        raise AskedWrongly(f"there is no ritual {quoted(name_or_path)}.\n    {plain(hint)}")
    return read_ritual(path, kinds)


def note_ritual(
    path: str | os.PathLike[str], kinds: Mapping[str, Kind], mistakes: list[WrittenWrongly]
) -> Ritual | None:
    """The ritual in this file, as far as it can be read; all its mistakes are noted."""
    try:
        source = read_source(path)
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None
    top = TomlTable.whole_file(source, mistakes)
    top.only(_KEYS)
    tables = top.tables("movement", "movement")
    if len(tables) > _MOST:
        top.note(f"there are {len(tables)} movements; a ritual has {_MOST} at most.")
        return None
    found = there_is(source.path.absolute().parent, kinds)
    cross = top.clock("cross", CROSS, LEAST_CROSS, MOST_CROSS)
    movements = tuple(
        movement if "cross" in table.values else replace(movement, cross=cross)
        for table in tables
        if (movement := read_movement(table, found)) is not None
    )
    if not movements and not mistakes:
        top.note("nothing is done in it.", 'A movement begins with [[movement]]; it has do = "music", say.')
    _note_twice(top, movements)
    _note_order(top, movements)
    rules = read_rules(top.tables("when", "when"), movements, found)
    asleep = any(movement.until is Ends.ASLEEP for movement in movements)
    ritual = Ritual(
        name=source.path.stem,
        path=source.path,
        title=top.text("title", _title(source.path.stem)),
        description=source.description,
        movements=movements,
        rules=rules,
        seed=top.whole("seed", 0, 0, 10**15),
        level=top.number("level", Ritual.level, -60, -14, "LUFS"),
        lang=top.take("lang", "en", partial(checks.choice, choices=("en",))),
        voice=top.take("voice", USUAL_TELLER, partial(checks.choice, choices=found.tellers)),
        bed=top.take("bed", USUAL_BED, partial(bed_of, found=found)),
        hemisphere=top.take("hemisphere", "north", partial(checks.choice, choices=HEMISPHERES)),
        sleeper=top.take("sleeper", "" if asleep else "none", partial(checks.choice, choices=SLEEPERS)),
        source=source.text,
    )
    longest = sum(movement.longest for movement in movements)
    if longest > LONGEST // 2:
        top.note("its movements take more than twelve hours together.", "Most evenings have one or two.")
    return ritual


def _title(stem: str) -> str:
    words = " ".join(stem.replace("-", " ").replace("_", " ").split()) or stem
    return words[:1].upper() + words[1:]


def there_is(folder: Path, kinds: Mapping[str, Kind]) -> Found:
    """What may be named in a ritual in this folder: what stands beside it or beside the folder, the
    listener's own and the shipped."""
    voices = Voices(kinds, folder)
    of_kind = {name: _kind_of(voices, name, kinds) for name in voices.names}
    tellers = tuple(name for name, kind in of_kind.items() if kind is not None and kind.speaks)
    instruments = tuple(name for name, kind in of_kind.items() if kind is not None and kind.plays)
    scores = by_name("scores", folder)
    for path in folder.parent.glob("*.toml"):
        scores.setdefault(path.stem, path)
    stories = {**story_files(folder.parent), **story_files(folder)}
    for near in folder.glob("*.md"):
        stories.setdefault(near.stem, near)
    sounding = tuple(name for name in of_kind if name not in tellers)
    rituals = tuple({*ritual_files(), *ritual_files(folder)})
    return Found(tellers, instruments, sounding, scores, stories, tune_files(folder), rituals)


def _kind_of(voices: Voices, name: str, kinds: Mapping[str, Kind]) -> Kind | None:
    """The kind of the voice of this name, as far as its file says it."""
    path = voices.path(name)
    if path is None:
        return None
    try:
        kind = read_source(path).values.get("kind")
    except WrittenWrongly:
        return None
    return kinds.get(kind) if isinstance(kind, str) else None


def _note_twice(top: TomlTable, movements: tuple[Movement, ...]) -> None:
    names = [movement.name for movement in movements]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        top.note(
            f"two movements are called {quoted(name)}.", f'Give one another name: name = "{plain(name)}-2".'
        )


def _note_order(top: TomlTable, movements: tuple[Movement, ...]) -> None:
    """Who sleeps is told nothing: behind what lasts until somebody sleeps nothing is spoken."""
    asleep = ""
    for movement in movements:
        if asleep and movement.do in SPEAKS:
            top.note(
                f"{movement.name} is spoken behind {asleep}, which lasts until somebody sleeps.",
                "Nobody is told anything in their sleep: put it before.",
            )
        if movement.until is Ends.ASLEEP:
            asleep = movement.name
