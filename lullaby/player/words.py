"""The words of the player's door: requests as other programs write them, checked and then done.

A request is a table with `do`, and what that word takes:

    {"do": "fade", "seconds": 60, "curve": "even"}

Keys in a terminal and whatever else drives the player go the same way, so there is one meaning of each word.
All of it runs in the player's own thread.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lullaby.errors import choices
from lullaby.night.faders import HIGHEST, LOWEST
from lullaby.player.ending import CURVES, FADE
from lullaby.player.levels import Levels
from lullaby.player.player import Player
from lullaby.player.refused import Refused
from lullaby.score import SILENT
from lullaby.score.plain_text import figure, quoted
from lullaby.score.planned_ritual import PlannedRitual
from lullaby.time import RATE

MORE = 600.0
"""Seconds more, where nobody says how many."""
LONGEST = 24 * 3600.0
LATE, SOON = 10.0, 60.0
"""Seconds that the moment at which it is to play may have passed by, or lie ahead."""
QUIETEST = -90.0
"""dB of a volume that is silence."""


Request = Mapping[str, Any]
Keep = Callable[[str | None, bool, Mapping[str, float]], str]
"""Keeps a score with these faders under this name, or under one that is free; over one of that name, or not.
Says the name; a Refused where it cannot be."""


class Story(Protocol):
    """What is told in a night, as far as it can be asked for something."""

    def hush(self) -> None: ...

    def go_on(self) -> None: ...

    def again(self) -> None: ...

    @property
    def facts(self) -> dict[str, Any] | None: ...


class Words:
    """What may be asked of a player. `awake` and `woke` are called where somebody says that they are awake
    still, or again; `keep` where the night is to be kept as it was mixed."""

    def __init__(
        self,
        player: Player,
        *,
        awake: Callable[[], None] | None = None,
        woke: Callable[[], None] | None = None,
        keep: Keep | None = None,
        story: Story | None = None,
        wakes: Callable[[], str | None] = lambda: None,
        waking: bool = False,
    ) -> None:
        """`story` is what is told. `wakes` says when it is to grow light, as ISO 8601. `waking`: it does:
        this is the dawn."""
        self.levels = Levels(player.change)
        self._player, self._keep, self._story = player, keep, story
        self._wakes, self._waking = wakes, waking
        self._words: dict[str, tuple[Callable[[Request], dict[str, Any] | None], tuple[str, ...]]] = {
            "state": (lambda _: None, ()),
            "play": (self._play, ("at",)),
            "resume": (lambda _: player.resume(), ()),
            "pause": (lambda _: player.pause(), ()),
            "fade": (self._fade, ("seconds", "curve")),
            "stop": (lambda _: player.stop(), ()),
            "more": (self._more, ("seconds",)),
            "volume": (self._volume, ("db",)),
            "level": (self._level, ("voice", "db")),
            "awake": (lambda _: _told(awake), ()),
            "woke": (lambda _: _told(woke), ()),
            "skip": (self._skip, ()),
            "hush": (lambda _: self._told_to().hush(), ()),
            "tell": (lambda _: self._told_to().go_on(), ()),
            "again": (lambda _: self._told_to().again(), ()),
            "save": (self._save, ("name", "over")),
        }

    @property
    def known(self) -> tuple[str, ...]:
        return tuple(self._words)

    def do(self, request: object) -> dict[str, Any]:
        """Does it, and says the state after it, and what else there is to say; a Refused where it makes no
        sense."""
        if not isinstance(request, dict):
            raise Refused('a request is a table like {"do": "state"}')
        word = request.get("do")
        if not isinstance(word, str) or word not in self._words:
            asked = f"there is no word {quoted(word)}" if isinstance(word, str) else '"do" wants a word'
            raise Refused(f"{asked}. {_hint(word, self._words, 'There are')}")
        what, takes = self._words[word]
        for name in request:
            if name not in ("do", *takes):
                raise Refused(
                    f"{word} takes no {quoted(name)}" + (f". {_hint(name, takes)}" if takes else "")
                )
        more = what(request)
        return self.state() | (more or {})

    def state(self) -> dict[str, Any]:
        """What plays, and how: times in seconds, levels in dB, None for silence."""
        player = self._player
        night, frame = player.night, player.heading
        scenes = [scene.name for scene in night.score.scenes if scene.at <= frame]
        return {
            "state": "waking" if self._waking and player.state == "playing" else player.state,
            "title": night.score.title,
            "seed": night.seed,
            "date": night.date.isoformat() if night.date else None,
            "follows": night.follows,
            "scene": scenes[-1] if scenes else None,
            "movement": _movement(night.score.ritual, frame),
            "story": None if self._story is None else self._story.facts,
            "stage": night.course.stage(frame).label if night.course else None,
            "at": round(frame / RATE, 3),
            "length": round(night.length / RATE, 3),
            "left": round(player.left, 3),
            "wakes": self._wakes(),
            "volume": round(player.volume_db, 2),
            "voices": [
                {
                    "name": track.name,
                    "level": _level(self.levels.heard(track, frame)),
                    "fader": _level(self.levels.fader(track)),
                }
                for track in night.plan.tracks
            ],
        }

    # what takes more than a word

    def _told_to(self) -> Story:
        if self._story is None:
            raise Refused("nothing is told in this night")
        return self._story

    def _play(self, request: Request) -> None:
        if request.get("at") is None:
            self._player.resume()
        else:
            now = time.time()
            self._player.resume_at(_number(request, "at", now - LATE, now + SOON))

    def _fade(self, request: Request) -> None:
        curve = request.get("curve", "soft")
        if not isinstance(curve, str) or curve not in CURVES:
            raise Refused(f'"curve" is one of {", ".join(CURVES)}')
        self._player.fade_out(_number(request, "seconds", 0.05, LONGEST, FADE), curve)

    def _more(self, request: Request) -> None:
        self._player.more(_number(request, "seconds", 1.0, LONGEST, MORE))

    def _volume(self, request: Request) -> None:
        gain_db = _number(request, "db", -math.inf, 0.0)
        self._player.set_volume(max(QUIETEST, gain_db))

    def _level(self, request: Request) -> None:
        voice, names = request.get("voice"), [track.name for track in self._player.night.plan.tracks]
        if not isinstance(voice, str):
            raise Refused('"voice" wants the name of a voice')
        if voice not in names:
            raise Refused(f"there is no voice {quoted(voice)}. {_hint(voice, names, 'There are')}")
        silent = request.get("db") == "silent"
        self.levels.move(voice, SILENT if silent else _number(request, "db", LOWEST, HIGHEST))

    def _skip(self, request: Request) -> None:
        """To the next scene; of a ritual, to the next movement: so one that lasts until a key ends."""
        night, frame = self._player.night, self._player.heading
        ritual = night.score.ritual
        what = "scene" if ritual is None else "movement"
        begins = [one.at for one in (night.score.scenes if ritual is None else ritual.movements)]
        coming = [at for at in begins if frame < at < night.length]
        if not coming:
            raise Refused(f"there is no {what} after this one")
        self._player.seek(min(coming))

    def _save(self, request: Request) -> dict[str, Any]:
        name, over = request.get("name"), request.get("over", False)
        if name is not None and not isinstance(name, str):
            raise Refused('"name" wants a name')
        if not isinstance(over, bool):
            raise Refused('"over" is true or false')
        if self._keep is None:
            raise Refused("this night cannot be kept as a score")
        return {"saved": self._keep(name, over, self.levels.by_hand)}


def _movement(ritual: PlannedRitual | None, frame: int) -> str | None:
    """The movement of a ritual that is under way."""
    now = None if ritual is None else ritual.at(frame)
    return None if now is None else now.name


def _told(hook: Callable[[], None] | None) -> None:
    if hook is None:
        raise Refused("this night follows nobody")
    hook()


def _level(gain_db: float) -> float | None:
    return None if gain_db == SILENT else round(gain_db, 2)


def _hint(name: object, names: Any, says: str = "It takes") -> str:
    return choices(name if isinstance(name, str) else "", names, says).rstrip(".")


def _number(request: Request, name: str, least: float, most: float, usual: float | None = None) -> float:
    number = request.get(name, usual)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Refused(f"{quoted(name)} wants a number")
    if not least <= number <= most:  # whole numbers of any size compare; what is no number compares with none
        bounds = f"from {figure(least)} to {figure(most)}" if least > -math.inf else f"up to {figure(most)}"
        raise Refused(f"{quoted(name)} goes {bounds}")
    return float(max(number, -1e9))
