"""What the page shows, as plain data: it asks nobody, and whoever makes it draws nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tonight:
    """The night that stands at the top, and that Play plays."""

    title: str
    id: str
    """Its address: a `Wanted` as text."""
    length: float
    """Seconds."""
    picture: str | None = None
    """Where its picture is, on this server."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MixVoice:
    """A voice that can be mixed."""

    name: str
    """As an address has it."""
    title: str
    level: float = 0.0
    """dB."""
    on: bool = False


@dataclass(frozen=True)
class MixKind:
    """Voices of one kind, which are found together."""

    title: str
    voices: tuple[MixVoice, ...]


@dataclass(frozen=True)
class Choice:
    """Another night that can be played."""

    title: str
    id: str
    about: str = ""
    """Of a score its first line; of a suggestion the reason."""


@dataclass(frozen=True)
class Listener:
    """Somebody of this house."""

    name: str
    chosen: bool = False


@dataclass(frozen=True)
class Room:
    """A room, and what plays there."""

    name: str
    """As an address has it."""
    title: str
    playing: str | None = None
    """The title of what plays; None: nothing does."""
    answers: bool = True


@dataclass(frozen=True)
class View:
    """All of the page."""

    tonight: Tonight
    mix: tuple[MixVoice, ...] = ()
    """The voices of the mix, those that are on and those that were."""
    kinds: tuple[MixKind, ...] = ()
    """Every other voice."""
    suggestions: tuple[Choice, ...] = ()
    scores: tuple[Choice, ...] = ()
    rituals: tuple[Choice, ...] = ()
    stories: tuple[Choice, ...] = ()
    listeners: tuple[Listener, ...] = ()
    rooms: tuple[Room, ...] = ()
    is_child: bool = False
    started: str | None = None
    """The address that plays as the page opens, as it is asked for without a script; None: nothing does."""
    said: str = ""
    """What went wrong, in a line."""
    has_hls: bool = True
    """Is the whole of a night to be had as HLS, counted from its own beginning, for phones that fare better
    with it?"""
