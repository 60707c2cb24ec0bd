"""A table that a person wrote, read with care: what is missing, unknown or unfit is noted with its place.

A mistake does not end the reading: the value that was there before stands in, and the next is looked at,
so that one reading finds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from lullaby.errors import WrittenWrongly, choices
from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import called, plain, quoted, shown
from lullaby.score.source import Source, Unreadable

T = TypeVar("T")

_MOST_UNKNOWN, _MOST_HINTS = 24, 100
"""Unknown keys that are noted of one table, and mistakes in a file that still get a list of what there is."""


@dataclass(frozen=True)
class TomlTable:
    """One table: its values, where it stands, and the mistakes found so far in the whole file."""

    values: Mapping[str, object]
    where: str
    """`scores/harbour-rain.toml, scene "drifting"`."""
    about: str = ""
    """The subject of a sentence about a value here: "rain"."""
    mistakes: list[WrittenWrongly] = field(default_factory=list)

    @classmethod
    def whole_file(cls, source: Source, mistakes: list[WrittenWrongly]) -> TomlTable:
        mistakes += source.mistakes
        return cls(source.values, source.where, "", mistakes)

    def note(self, what: str, hint: str = "") -> None:
        self.mistakes.append(WrittenWrongly(plain(self.where), plain(what), plain(hint)))

    def hint(self, name: str, names: Iterable[str], says: str = "It has") -> str:
        """A hint with the names there are, and the one that was meant; empty in a file that is wrong from end
        to end."""
        return choices(name, names, says) if len(self.mistakes) < _MOST_HINTS else ""

    def unfit(self, key: str, unfit: Unfit) -> None:
        """Notes what is wrong with the value of this key."""
        subject = f"{self.about}: {key}" if self.about else key
        gap = "" if unfit.what.startswith(":") else " "
        self.note(f"{subject} = {shown(self.values[key])}{gap}{unfit.what}", unfit.hint)

    def take(self, key: str, default: T, check: Callable[[object], T]) -> T:
        """The value of this key as the check returns it; the default where it is missing or unfit."""
        if key not in self.values:
            return default
        if isinstance(self.values[key], Unreadable):
            return default
        try:
            return check(self.values[key])
        except Unfit as unfit:
            self.unfit(key, unfit)
            return default

    def number(self, key: str, default: float, low: float, high: float, unit: str = "") -> float:
        return self.take(key, default, lambda v: checks.number(v, low, high, unit))

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        return self.take(key, default, lambda v: checks.whole(v, low, high))

    def clock(self, key: str, default: int, low: int, high: int) -> int:
        """Frames since lights-out, or a length in frames."""
        return self.take(key, default, lambda v: checks.moment(v, low, high))

    def text(self, key: str, default: str = "", longest: int = 200) -> str:
        return self.take(key, default, lambda v: checks.text(v, longest))

    def name(self, key: str, default: str = "") -> str:
        return self.take(key, default, checks.name)

    def flag(self, key: str, default: bool = False) -> bool:
        return self.take(key, default, checks.flag)

    def needs(self, key: str, hint: str) -> bool:
        """Is it there? If not, that is noted."""
        if key not in self.values:
            self.note(f'{self.about or "it"} has no "{key}".', hint)
        return key in self.values

    def table(self, key: str, where: str = "", about: str = "", hint: str = "") -> TomlTable:
        """The table of this name, empty where there is none; `where` its own mistakes are said to be."""
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            self.unfit(key, Unfit(f"is {called(values)}, not a table.", hint))
            values = {}
        return TomlTable(values, where or self.where, about or self.about, self.mistakes)

    def tables(self, key: str, place: str) -> list[TomlTable]:
        """The tables written one after the other under [[key]]."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(f, dict) for f in found):
            self.note(f"{key} is {called(found)}, not tables.", f"Each one begins with [[{key}]].")
            return []
        numbered = [f"{place} {i}" for i in range(1, len(found) + 1)] if len(found) > 1 else [place]
        return [
            TomlTable(values, f"{self.where}, {place}", "", self.mistakes)
            for values, place in zip(found, numbered, strict=False)
        ]

    def only(self, names: Iterable[str], whose: str = "", says: str = "It has") -> None:
        """Notes every key that is not one of these names."""
        known = dict.fromkeys(names)
        whose = whose or self.about
        unknown = [key for key in self.values if key not in known]
        for key in unknown[:_MOST_UNKNOWN]:
            what = f"{whose} has no {quoted(key)}." if whose else f"there is no {quoted(key)}."
            self.note(what, self.hint(key, known, says))
        if more := len(unknown[_MOST_UNKNOWN:]):
            self.note(f"{f'{whose} has' if whose else 'there are'} none of {more} other names, either.")
