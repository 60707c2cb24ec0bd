"""Boxes that are only pretended: they fetch as their makers had it, by a clock that jumps, and some lie."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from clocks import Jumping, at
from nights import night_of

from lullaby.errors import CouldNot
from lullaby.export import ENDINGS, Sampling, rendering_of
from lullaby.export.file_tags import tags_of
from lullaby.export.known_file import KnownFile
from lullaby.night import Night
from lullaby.time import RATE, Span
from lullaby.web.boxes.box import Piece
from lullaby.web.boxes.casting import Sent, cast
from lullaby.web.boxes.watching import Fetched
from lullaby.web.wanted import Wanted

SCORE = """
title = "Eight Hours"
length = 08:00:00
[voices]
hush = "pink-noise"
[scene.first]
at = 0
hush = -6
"""
HOURS = 3_600.0
WANTED = Wanted.read("eight-hours~date=2026-11-30")
Behaviour = Callable[[float, float], float]
"""Of (seconds since it was told, seconds of what it was given): how many of them it has fetched by now."""


@lru_cache
def file_of(wanted: Wanted) -> KnownFile:
    night = Night(night_of(SCORE).score, seed=3, day=datetime.date(2026, 11, 30), gain=1.0)
    span = Span(round((wanted.start or 0) * RATE), round((wanted.stop or 8 * HOURS) * RATE))
    rendering = rendering_of(night, span, ENDINGS[".mp3"], Sampling(), night.loudness(1.0))
    return KnownFile(rendering, tags_of(night, span, b"a cover" * 999, 9))


@dataclass
class Pretended:
    """A box that does as it was made to; and the room with its clock, in which it stands."""

    behaves: list[Behaviour]
    """At the first address it is given, at the second, and so on; the last for all after it."""
    gone: Callable[[float], bool] = lambda at: False
    stopped_at: float = float("inf")
    loudness: float | None = 0.4
    name: str = "Bedroom"
    kind: str = "Pretended"
    host: str = "192.168.1.9"
    clock: Jumping = field(default_factory=lambda: at("2026-11-30T22:00:00+00:00"))
    fetched: Fetched = field(default_factory=Fetched)
    given: list[tuple[float, Piece]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    looks_at_the_end: bool = False
    leaves: Callable[[float], bool] = lambda at: False

    def __post_init__(self) -> None:
        self.began = self.clock.moment

    @property
    def place(self) -> float:
        return (self.clock.moment - self.began).total_seconds()

    async def play(self, piece: Piece) -> None:
        if self.gone(self.place):
            raise CouldNot("Bedroom does not do as it is asked (nobody there).")
        self.given.append((self.place, piece))
        self.done.append("play")

    async def stop(self) -> None:
        self.done.append("stop")

    async def was_stopped(self) -> bool:
        return self.place >= self.stopped_at

    async def volume(self) -> float | None:
        return self.loudness

    async def set_volume(self, level: float) -> None:
        self.loudness = level
        self.done.append(f"volume {level:.2f}")

    async def close(self) -> None:
        self.done.append("close")

    async def wait(self, seconds: float) -> None:
        """The clock goes on, and so does the box."""
        self.waited.append(seconds)
        self.clock.moment += datetime.timedelta(seconds=seconds)
        if self.leaves(self.place):
            await asyncio.sleep(0)  # where a task that was cancelled learns of it
        if not self.given or self.place >= self.stopped_at:
            return
        told, piece = self.given[-1]
        behaves = self.behaves[min(len(self.given), len(self.behaves)) - 1]
        share = min(1.0, max(0.0, behaves(self.place - told, piece.seconds) / piece.seconds))
        name = piece.address.removeprefix("http://home/night/").removesuffix(".mp3?key=abc")
        if self.looks_at_the_end:
            self.fetched.taken(name, piece.bytes - 128, 128)
        self.fetched.taken(name, 0, round(share * piece.bytes))

    async def plays(self, wanted: Wanted = WANTED) -> None:
        night = Sent(wanted, "Eight Hours", file_of, "http://home/night/eight-hours.jpg")
        address = "http://home/night/{}.mp3?key=abc"
        await cast(
            self,
            night,
            lambda one: address.format(one),
            self.fetched,
            self.clock,
            wait=self.wait,
            say=self.said.append,
        )

    @property
    def places(self) -> list[float]:
        """Where the addresses that it was given begin."""
        ids = [piece.address.split("/night/")[1].removesuffix(".mp3?key=abc") for _, piece in self.given]
        return [Wanted.read(one).start or 0.0 for one in ids]


def ahead(by: float) -> Behaviour:
    """Fetches so far ahead as it has room for, and then as it plays."""
    return lambda since, whole: since + by


def in_gulps(of: float, left: float = 3.0) -> Behaviour:
    """Fetches so much, and nothing more until it has used that up but for a little."""
    return lambda since, whole: of * (1 + max(0.0, since + left) // of)


def at_once() -> Behaviour:
    return lambda since, whole: whole


def slowly_filling(by: float, at: float = 1.5) -> Behaviour:
    """Fetches somewhat faster than it plays until it is so far ahead, and then as it plays."""
    return lambda since, whole: min(at * since, since + by)


def stalling(first: Behaviour, after: float) -> Behaviour:
    """The same, until nothing more is fetched: and it says that it plays."""
    return lambda since, whole: first(min(since, after), whole)


def nothing(since: float, whole: float) -> float:
    return 0.0


def another(wanted: Wanted, start: float) -> Wanted:
    return replace(wanted, start=start)
