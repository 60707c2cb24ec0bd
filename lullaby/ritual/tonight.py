"""This evening: its date, the mood that was told, who is there, whose turn it is, and the dreams that may be
told. A ritual is composed for it, and asks nobody else."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Present:
    """Somebody who is there tonight, or is heard although they are away."""

    name: str
    teller: str = ""
    """The voice that speaks for them; "" where the ritual's own does."""
    instrument: str = ""
    """The voice that they play; "" where they play none."""
    tunes: tuple[str, ...] = ()
    """Tunes they like to hear or to play, the dearest first."""
    seat: float = 0.0
    """Where they sit, from -1 left to 1 right."""
    likes: tuple[str, ...] = ()
    """Stories they like to hear, the dearest first."""
    is_guest: bool = False


@dataclass(frozen=True)
class SharedDream:
    """A dream whose dreamer wants it told in the evening, in gentle words."""

    dreamer: str
    text: str
    date: datetime.date
    """The morning on which it was written."""


@dataclass(frozen=True)
class Episode:
    """The part of a serial that is told tonight."""

    serial: str
    """The name of a story that goes on, or of a series of woven ones."""
    woven_for: datetime.date | None = None
    """The date for which a series has this one; None: it is a story, which goes on from a sentence."""
    first: int = 0
    """The number of that sentence."""
    text: str = ""
    """A hash of the story as it was when it stopped: in another text it begins anew."""


@dataclass(frozen=True)
class Turn:
    """What is told or played in somebody's turn tonight."""

    who: Present
    brings: Path | None = None
    """The text, the recording or the tune they brought; None: their teller, or their instrument, chooses."""
    goes_on: Episode | None = None
    """The serial that goes on; None where none does. With `brings` it is that story, told in parts."""


@dataclass(frozen=True)
class Tonight:
    """All that a ritual may depend on, but for what is written in it."""

    date: datetime.date
    mood: str = ""
    """One word that somebody told; "" where nobody did. It is never guessed."""
    present: tuple[Present, ...] = ()
    """Who is there, in the order of their seats."""
    tells: Turn | None = None
    plays: Turn | None = None
    dreams: tuple[SharedDream, ...] = field(default=(), repr=False)
    circle: str = ""
    """The circle that holds it; "" where none does."""


def greeted(date: datetime.date, listener: str | None, mood: str = "") -> Tonight:
    """An evening without a circle: the listener is there, if one is known, and their own teller speaks."""
    if listener is None:
        return Tonight(date, mood)
    from lullaby.people.listeners import find_person

    person = find_person(listener)
    return Tonight(date, mood, (Present(person.name, teller=person.teller or ""),))
