"""A room: somewhere a night can sound. What it says of itself, and what may be asked of it.

    state()           what plays there, or why nobody knows
    begin(wanted)     this night, in the place of one that plays
    ready(wanted)     the same, but nothing sounds before …
    sound(at)         … this moment, in seconds since 1970 by the clock here
    stop() more() awake() volume(db)

What cannot be done is said by a LullabyError of one plain line. Every method may be called from any thread,
and each comes back after a few seconds at most: `begin` after ten or so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, Self

from lullaby.score.plain_text import plain, short
from lullaby.web.wanted import Wanted

STATES = ("idle", "opening", "ready", "playing", "paused", "fading", "lost", "resting", "waking", "away")
"""What a player says of itself (see docs/playing.md); `idle`: there is none; `away`: nobody answers."""
SOUNDS = ("playing", "fading", "waking")
_MOST_VOICES = 64
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class RoomState:
    """What plays in a room. Times are seconds, levels dB; None: not known, or nothing."""

    state: str = "idle"
    title: str | None = None
    at: float | None = None
    length: float | None = None
    left: float | None = None
    volume: float | None = None
    scene: str | None = None
    movement: str | None = None
    stage: str | None = None
    voices: tuple[tuple[str, float | None, float | None], ...] = ()
    """Of each its name, its level in the mix, and its fader."""
    why: str | None = None
    """Of one that is away: why it cannot be reached; of an idle one: why its last night was not heard."""

    @property
    def plays(self) -> bool:
        """Is there a night that can be stopped?"""
        return self.state not in ("idle", "away")

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """What a player, or another lullaby, has said; whatever is no such thing counts as not said."""
        state = said.get("state")
        texts = {name: _text(said.get(name)) for name in ("title", "scene", "movement", "stage", "why")}
        numbers = {name: _number(said.get(name)) for name in ("at", "length", "left", "volume")}
        voices = said.get("voices")
        listed = [one for one in voices if isinstance(one, dict)] if isinstance(voices, list) else []
        return cls(
            state=state if state in STATES else "away",
            voices=tuple(
                (_text(one.get("name")) or "", _number(one.get("level")), _number(one.get("fader")))
                for one in listed[:_MOST_VOICES]
            ),
            **texts,  # type: ignore[arg-type]
            **numbers,  # type: ignore[arg-type]
        )

    @property
    def facts(self) -> dict[str, Any]:
        """The same for programs: what `read` reads."""
        voices = [dict(zip(("name", "level", "fader"), one, strict=True)) for one in self.voices]
        return {**asdict(replace(self, voices=())), "voices": voices}


class Room(Protocol):
    """Where a night can sound."""

    @property
    def name(self) -> str: ...

    def state(self) -> RoomState: ...

    def begin(self, wanted: Wanted) -> None: ...

    def ready(self, wanted: Wanted) -> None: ...

    def sound(self, at: float) -> None: ...

    def stop(self) -> None: ...

    def more(self) -> None: ...

    def awake(self) -> None: ...

    def volume(self, gain_db: float) -> None: ...


def _text(said: object) -> str | None:
    return plain(short(said, _LONGEST_TEXT)) if isinstance(said, str) else None


def _number(said: object) -> float | None:
    """A number of seconds or dB; None for one that is neither."""
    if isinstance(said, bool) or not isinstance(said, int | float):
        return None
    return float(said) if -1e6 < said < 1e6 else None
