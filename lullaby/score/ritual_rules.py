"""Rules of a ritual, under [[when]]: on which weekdays, in which season and mood what is otherwise."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.moods import MOODS, meant
from lullaby.score.movements import Found, Movement, bed_of, may_change, read_movement, read_values
from lullaby.score.plain_text import quoted, together
from lullaby.score.toml_table import TomlTable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SEASONS = ("winter", "spring", "summer", "autumn")
HEMISPHERES = ("north", "south")
_MOST = 50
_KEYS = ("weekday", "season", "mood", "drop", "longer", "level", "bed", "change", "add")


@dataclass(frozen=True)
class Change:
    """What becomes of one movement: its new values by the names `Movement` has for them."""

    movement: str
    values: tuple[tuple[str, object], ...]
    says: tuple[str, ...]
    """The same as they are written, for people."""


@dataclass(frozen=True)
class Addition:
    movement: Movement
    after: str = ""
    """The movement behind which it comes; "" and no `before`: before the last quiet."""
    before: str = ""


@dataclass(frozen=True)
class Rule:
    """All that it names must hold: one of its weekdays, one of its seasons, one of its moods."""

    number: int
    weekdays: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    longer: float = 1.0
    """Times the length, or the longest, of all but the quiet."""
    level: float = 0.0
    bed: tuple[str, ...] | None = None
    """What lies beneath all of it, in place of the ritual's own."""
    changes: tuple[Change, ...] = ()
    adds: tuple[Addition, ...] = ()

    def holds(self, date: datetime.date, season: str, mood: str) -> bool:
        return (
            (not self.weekdays or WEEKDAYS[date.weekday()] in self.weekdays)
            and (not self.seasons or season in self.seasons)
            and (not self.moods or mood in self.moods)
        )

    @property
    def says(self) -> str:
        """`[[when]] 2 (fri or sat, winter)`."""
        conditions = [" or ".join(words) for words in (self.weekdays, self.seasons, self.moods) if words]
        return f"[[when]] {self.number} ({', '.join(conditions)})"


def season_of(date: datetime.date, hemisphere: str) -> str:
    """The season by whole months: winter is December to February in the north."""
    quarter = date.month % 12 // 3
    return SEASONS[(quarter + (2 if hemisphere == "south" else 0)) % 4]


def read_rules(tables: list[TomlTable], movements: Sequence[Movement], found: Found) -> tuple[Rule, ...]:
    if len(tables) > _MOST:
        tables[0].note(f"there are {len(tables)} rules; a ritual has {_MOST} at most.")
        return ()
    return tuple(_rule(number, table, movements, found) for number, table in enumerate(tables, 1))


def _rule(number: int, table: TomlTable, movements: Sequence[Movement], found: Found) -> Rule:
    table.only(_KEYS)
    if not any(key in table.values for key in ("weekday", "season", "mood")):
        table.note("it does not say when.", 'weekday = ["fri", "sat"], season = "winter" or mood = "sad".')
    if not any(key in table.values for key in _KEYS[3:]):
        table.note("it changes nothing.", 'drop = ["dreams"] leaves a movement out.')
    none: tuple[str, ...] = ()
    by_name = {movement.name: movement for movement in movements}
    drop = table.take("drop", none, _several)
    for name in drop:
        if name not in by_name:
            table.note(f"drop: there is no movement {quoted(name)}.", table.hint(name, by_name, "There are"))
    return Rule(
        number=number,
        weekdays=table.take("weekday", none, partial(_of, among=WEEKDAYS)),
        seasons=table.take("season", none, partial(_of, among=SEASONS)),
        moods=table.take("mood", none, _moods),
        drop=drop,
        longer=table.number("longer", 1.0, 0.1, 4, "times"),
        level=table.number("level", 0.0, -30, 0, "dB"),
        bed=table.take("bed", None, partial(bed_of, found=found)),
        changes=tuple(
            change
            for one in table.tables("change", "change")
            if (change := _change(one, by_name, found)) is not None
        ),
        adds=tuple(
            added for one in table.tables("add", "add") if (added := _added(one, by_name, found)) is not None
        ),
    )


def _change(table: TomlTable, movements: dict[str, Movement], found: Found) -> Change | None:
    if not table.needs("movement", 'movement = "story" says which is changed.'):
        return None
    name = table.name("movement")
    if name not in movements:
        if name:
            table.note(f"there is no movement {quoted(name)}.", table.hint(name, movements, "There are"))
        return None
    do = movements[name].do
    table.only(("movement", *may_change(do)), whose=do.value)
    values = read_values(table, do, found)
    return Change(name, tuple(values.items()), tuple(_written(table)))


def _written(table: TomlTable) -> Iterator[str]:
    """What is written of a change, without its texts: `for = 00:15:00`."""
    for key, value in table.values.items():
        if key in ("movement", "lines", "words"):
            continue
        if isinstance(value, datetime.time):
            yield f"{key} = {value.isoformat()}"
        elif isinstance(value, list):
            yield f"{key} = {together([str(one) for one in value])}"
        else:
            yield f"{key} = {value}"


def _added(table: TomlTable, movements: dict[str, Movement], found: Found) -> Addition | None:
    for key in ("after", "before"):
        name = table.name(key)
        if name and name not in movements:
            table.note(f"there is no movement {quoted(name)}.", table.hint(name, movements, "There are"))
    if "after" in table.values and "before" in table.values:
        table.note("it comes after one and before another.", "One of them is enough.")
    movement = read_movement(table, found, extra=("after", "before"))
    if movement is None:
        return None
    if movement.name in movements:
        table.note(f"there is a movement {quoted(movement.name)} already.", "Give it a name of its own.")
        return None
    return Addition(movement, table.name("after"), table.name("before"))


def _several(value: object) -> tuple[str, ...]:
    return checks.entries(value if isinstance(value, list) else [value], checks.name)


def _of(value: object, among: tuple[str, ...]) -> tuple[str, ...]:
    words = value if isinstance(value, list) else [value]
    named = checks.entries(words, partial(checks.choice, choices=among))
    if not named:
        raise Unfit("is empty.", f"It is one or several of: {', '.join(among)}.")
    return tuple(word for word in among if word in named)


def _moods(value: object) -> tuple[str, ...]:
    return checks.entries(value if isinstance(value, list) else [value], _mood)


def _mood(value: object) -> str:
    found = meant(checks.text(value))
    if found is None:
        raise Unfit("is no mood.", f"There are: {together(list(MOODS))}.")
    return found
