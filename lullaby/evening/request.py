"""A request for a night: which one, for whom, when, and on which device."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from lullaby.score import Score
from lullaby.sleep.course import Course
from lullaby.sleep.sleeper import Sleeper
from lullaby.time import RATE, Span

if TYPE_CHECKING:
    from lullaby.evening.enough import Allowance
    from lullaby.night.night_log import NightLog

EIGHT_HOURS = 8 * 3600 * RATE
"""Frames of a mix whose length nobody gave."""

DEFAULT = "harbour-rain"
"""The score that is played where none is named."""


@dataclass(frozen=True)
class Mix:
    """Voices by name with levels in dB, `rain sea:-6`, and settings, `rain.drops=9`."""

    voices: tuple[str, ...]
    settings: tuple[str, ...] = ()
    length: int = EIGHT_HOURS
    """Frames."""


Sleeps: TypeAlias = str | Sleeper | Course
"""Whose sleep a night follows: "none", "typical" or "slow"; somebody described; or sleep as it was scored."""


@dataclass(frozen=True)
class Request:
    """Everything that decides a night, and how much of it is wanted."""

    what: str | Mix | Score = DEFAULT
    """A score by name or path, a mix, or a score that was read already."""
    listener: str | None = None
    """The name of a listener on this machine: their sleep, limits and avoid-list."""
    seed: int | None = None
    """The seed of chance; None: the score's own."""
    date: datetime.date | None = None
    """The date of the night; None: a night that is the same on every date. A listener whose age matters needs
    one."""
    sleeper: Sleeps | None = None
    """The sleep to follow; None: the listener's own sleep, or a slow sleeper's where there is no listener."""
    course_file: str = ""
    """The file a `Course` was read from, for people."""
    log: NightLog | None = None
    """The log of a night that was heard live, to be had again as it was heard: it says the seed, the date,
    the course, headphones and caps."""
    all_night: str | None = None
    """Why it is to play until its length is over, where it is."""
    headphones: bool = False
    device: str | None = None
    """The device it will be heard on, by the name it was calibrated under; None: the usual one."""
    stories: bool = True
    """Is told what the score tells?"""
    go_on: bool = False
    """Are its stories told from just before where they stopped the last time?"""
    span: Span | None = None
    """The part of the night that is asked for; None: all of it."""
    heard_on: datetime.date | None = None
    """The evening on which it is heard now, by its listener's clock; None: it is kept, or looked at."""
    anyway: bool = False
    """Is it heard all the same on an evening that was to be without?"""
    enough: Allowance | None = None
    """What its listener has decided is enough; None: what holds on its evening."""
    alone: bool = False
    """Voices alone at unity gain, as `hear` plays them: nobody sleeps, and no opening is measured."""
