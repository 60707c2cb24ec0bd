"""Which night an address is for, and how much of it: everything that decides its bytes stands in the address.

    /night/harbour-rain~date=2026-11-27.mp3
    /night/rain+sea:-6+bowl~date=2026-11-27~for=kim~from=5400~to=9000~fade=300.mp3
           what            ~name=value …

So a server that is killed and started again has lost nothing: the next request says it all once more. A night
that was changed while it was heard is another address, which begins at the place that had been reached.

The words are few and plain. None can name a file by a path, and what they name is looked up by the same
functions as on the command line.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from lullaby.errors import AskedWrongly
from lullaby.night.faders import HIGHEST, LOWEST
from lullaby.score import SILENT
from lullaby.score.plain_text import quoted, short
from lullaby.time import LONGEST, RATE

LONGEST_ADDRESS = 1_500
"""Characters of an address."""
MOST_WORDS = 24
MOST_PRESSES = 64
"""How often somebody may have said that they are awake still."""
LONGEST_FADE = 3_600.0
"""Seconds."""

_WORD = re.compile(r"\w[\w-]{0,63}(:-?[0-9]{1,2}(\.[0-9]{1,2})?)?")
_NAME = re.compile(r"\w[\w '.-]{0,63}")
_SECONDS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
_FADER = re.compile(r"(\w[\w-]{0,63}):(silent|-?[0-9]{1,2}(?:\.[0-9]{1,2})?)")
_SEED = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True)
class Wanted:
    """A night as an address has it. Times are seconds since lights-out, to a thousandth."""

    words: tuple[str, ...]
    """A score or a ritual by name, or voices with levels: what is typed as NIGHT."""
    date: datetime.date | None = None
    listener: str | None = None
    circle: str | None = None
    mood: str | None = None
    seed: int | None = None
    sleeper: str | None = None
    """ "none", "typical" or "slow"."""
    headphones: bool = False
    all_night: str | None = None
    """Why it plays until its length is over, where it does."""
    length: float | None = None
    """Of a mix."""
    faders: tuple[tuple[str, float], ...] = ()
    """Voices whose faders were moved, by so many dB; -inf: silent. They are, from where the file begins."""
    awake: tuple[float, ...] = ()
    """When somebody said that they were awake still."""
    start: float | None = None
    """Where the file begins; None: at lights-out."""
    stop: float | None = None
    """Where it ends; None: with the night."""
    fade: float | None = None
    """Seconds of fade before `stop`; None: as many as any cut has."""
    rise: float | None = None
    """Seconds of fade after `start`; None: as many as any cut has."""

    @classmethod
    def read(cls, text: str) -> Self:
        """The night that this part of an address names; an AskedWrongly says what is wrong with it."""
        if len(text) > LONGEST_ADDRESS:
            raise AskedWrongly(f"an address has at most {LONGEST_ADDRESS} characters.")
        what, *options = text.split("~")
        words = tuple(what.split("+"))
        if len(words) > MOST_WORDS:
            raise AskedWrongly(f"a mix has at most {MOST_WORDS} voices.")
        for word in words:
            if not _WORD.fullmatch(word):
                raise AskedWrongly(f"{_shown(word)} is no score, and no voice with a level like rain:-6.")
        given: dict[str, Any] = {}
        for option in options:
            name, equals, value = option.partition("=")
            if name not in _OPTIONS or not equals:
                raise AskedWrongly(
                    f"{_shown(option)} is nothing an address says. It has: {', '.join(_OPTIONS)}."
                )
            field, read = _OPTIONS[name]
            if field in given:
                raise AskedWrongly(f"{name} is said twice.")
            given[field] = read(name, value)
        found = cls(words, **given)
        if found.stop is not None and found.stop <= (found.start or 0.0):
            raise AskedWrongly("it ends before it begins.")
        for fade, place, says in (("fade", "stop", "to"), ("rise", "start", "from")):
            if getattr(found, fade) is not None and getattr(found, place) is None:
                raise AskedWrongly(f"{fade} wants to know where: say it with {says}=.")
        return found

    def __str__(self) -> str:
        """The address, always the same for the same night."""
        said = ["+".join(self.words)]
        for name, (field, _) in _OPTIONS.items():
            value = getattr(self, field)
            if value is None or value is False or value == ():
                continue
            said.append(f"{name}={_written(value)}")
        return "~".join(said)

    @property
    def whole(self) -> Wanted:
        """The same night from lights-out to its end, however much of it was asked for."""
        return replace(self, start=None, stop=None, fade=None, rise=None)


def _shown(text: str) -> str:
    return quoted(short(text, 40))


def _written(value: object) -> str:
    if value is True:
        return "1"
    if isinstance(value, tuple):
        return ",".join(
            f"{one[0]}:{_db(one[1])}" if isinstance(one, tuple) else _written(one) for one in value
        )
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _db(gain_db: float) -> str:
    return "silent" if gain_db == SILENT else f"{gain_db:g}"


def _faders(name: str, value: str) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for one in value.split(","):
        moved = _FADER.fullmatch(one)
        if moved is None or moved[1] in found or len(found) == MOST_WORDS:
            raise AskedWrongly(f"{name}={_shown(one)} is no voice with a fader like rain:-3 or rain:silent.")
        found[moved[1]] = SILENT if moved[2] == "silent" else float(moved[2])
        if found[moved[1]] != SILENT and not LOWEST <= found[moved[1]] <= HIGHEST:
            raise AskedWrongly(f"{name}={_shown(one)}: a fader goes from {LOWEST:g} to {HIGHEST:g} dB.")
    return tuple(sorted(found.items()))


def _date(name: str, value: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        raise AskedWrongly(f"{name}={_shown(value)} is not a date like 2026-11-30.") from None
    if not 1900 <= day.year <= 2999 or day.isoformat() != value:
        raise AskedWrongly(f"{name}={_shown(value)} is not a date like 2026-11-30.")
    return day


def _name(name: str, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise AskedWrongly(f"{name}={_shown(value)} is no name.")
    return value


def _seed(name: str, value: str) -> int:
    if not _SEED.fullmatch(value) or int(value) > 10**15:
        raise AskedWrongly(f"{name}={_shown(value)} is no whole number from 0 to 1000000000000000.")
    return int(value)


def _sleeper(name: str, value: str) -> str:
    if value not in ("none", "typical", "slow"):
        raise AskedWrongly(f"{name}={_shown(value)} is none of none, typical and slow.")
    return value


def _yes(name: str, value: str) -> bool:
    if value != "1":
        raise AskedWrongly(f"{name}={_shown(value)} can only be {name}=1.")
    return True


def _seconds(name: str, value: str) -> float:
    if not _SECONDS.fullmatch(value) or float(value) * RATE > LONGEST:
        raise AskedWrongly(f"{name}={_shown(value)} is no number of seconds like 5400, up to a day.")
    return float(value)


def _some(name: str, value: str) -> float:
    seconds = _seconds(name, value)
    if seconds < 1:
        raise AskedWrongly(f"{name} is a second or more.")
    return seconds


def _fade(name: str, value: str) -> float:
    seconds = _seconds(name, value)
    if not 0 < seconds <= LONGEST_FADE:
        raise AskedWrongly(f"{name} is up to {LONGEST_FADE:g} seconds.")
    return seconds


def _presses(name: str, value: str) -> tuple[float, ...]:
    moments = tuple(_seconds(name, one) for one in value.split(","))
    if len(moments) > MOST_PRESSES or list(moments) != sorted(set(moments)):
        raise AskedWrongly(f"{name} is up to {MOST_PRESSES} moments, one after the other.")
    return moments


_OPTIONS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "date": ("date", _date),
    "for": ("listener", _name),
    "circle": ("circle", _name),
    "mood": ("mood", _name),
    "seed": ("seed", _seed),
    "sleeper": ("sleeper", _sleeper),
    "headphones": ("headphones", _yes),
    "all-night": ("all_night", _name),
    "length": ("length", _some),
    "faders": ("faders", _faders),
    "awake": ("awake", _presses),
    "from": ("start", _seconds),
    "rise": ("rise", _fade),
    "to": ("stop", _seconds),
    "fade": ("fade", _fade),
}
"""What an address may say besides, in the order it is written: the name there, its field, what reads it."""

assert {field for field, _ in _OPTIONS.values()} == {one.name for one in fields(Wanted)} - {"words"}
