"""What one night that is played is wired together from: its player, whom it follows, its log."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lullaby.cli.playing.clocks import Clocks
from lullaby.cli.playing.daybreak import Daybreak
from lullaby.cli.playing.driven import Driven
from lullaby.cli.playing.keeping import Keeping
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, LullabyError
from lullaby.time import LONGEST, RATE, Span

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.player import Outlet, Player
    from lullaby.player.awake import Awake
    from lullaby.player.live_follower import LiveFollower
    from lullaby.player.maker import Maker
    from lullaby.player.night_log_file import NightLogFile
    from lullaby.player.words import Story


READY = 120.0
"""Seconds that a night which is ready waits to be told when it begins."""
STORY_RISE = 0.5
"""Seconds in which a story comes up."""


@dataclass(frozen=True)
class Session:
    """What the players of one night share."""

    clocks: Clocks
    driven: Driven
    bedside: Bedside
    log: NightLogFile | None = None
    volume_db: float = 0.0

    def write(self, entry: dict[str, Any]) -> None:
        """A line in the log, where there is one."""
        if self.log is not None:
            self.log.write(entry)


@contextlib.contextmanager
def log_of(
    path: str | None, evening: Evening, bedside: Bedside, *, wanted: bool = True
) -> Iterator[NightLogFile | None]:
    """The log of what happens, where there is to be one. Of one that nobody `wanted` it is only said that it
    cannot be written."""
    if path is None:
        yield None
        return
    from lullaby.evening.logged import asked_in
    from lullaby.player.night_log_file import NightLogFile

    try:
        log = NightLogFile(path, evening.night, asked_in(evening.request), bedside.note)
    except LullabyError as error:
        if wanted:
            raise
        bedside.note(f"What happens in this night is not kept: {error}")
        yield None
        return
    try:
        yield log
    finally:
        log.close()


@contextlib.contextmanager
def kept_awake(outlet: Outlet, bedside: Bedside, *, all_along: bool) -> Iterator[Awake | None]:
    """What keeps the machine awake while it plays; `all_along`: until the end, and no player need ask."""
    from lullaby.player.awake import Awake

    if outlet.way.way == "null":
        yield None
        return
    awake = Awake(bedside.note)
    if all_along:
        awake.hold(True)
    try:
        yield None if all_along else awake
    finally:
        awake.close()


def player_of(
    evening: Evening,
    span: Span,
    outlet: Outlet,
    maker: Maker,
    session: Session,
    *,
    awake: Awake | None = None,
    waits: bool = False,
    ends: bool = False,
    ready: bool = False,
) -> Player:
    """The night's player. With `ready` it waits until it is told to play. With `ends` it is gone when the
    night is over; with `waits` it stays until it is let go, however the night ends; else who wakes again
    after a night that ended for their sleep has it at hand until the score is over."""
    from lullaby.player import Player
    from lullaby.player.player import RISE

    night, log = evening.night, session.log
    left = (night.score.length - span.start) / RATE
    follows = night.course is not None and span.stop >= night.length
    player = Player(
        night,
        span,
        outlet=outlet,
        maker=maker,
        volume_db=session.volume_db,
        awake=awake,
        stays=math.inf if waits else left if follows and not ends else None,
        rise=STORY_RISE if ends else RISE / RATE,
        rests=waits,
        waits=READY if ready else None,
        note=session.bedside.note,
        log=session.write,
        clock=session.clocks.seconds,
    )
    if log is not None:
        player.every_tick(lambda: log.grow(player.night))
    return player


def frames_slept(player: Player, clocks: Clocks) -> Callable[[], int]:
    """The frame of the night that it is by now: the one that is heard, and after its end those that would be.
    From any thread."""
    rests_since: float | None = None

    def now() -> int:
        nonlocal rests_since
        if not player.resting:
            rests_since = None
            return player.frame
        if rests_since is None:
            rests_since = clocks.seconds()
        return min(LONGEST - 1, player.frame + round((clocks.seconds() - rests_since) * RATE))

    return now


def follower_of(
    asked: argparse.Namespace, evening: Evening, player: Player, session: Session
) -> LiveFollower | None:
    """Who is followed, by keys and by whatever else was asked for."""
    from lullaby.evening import followed_live
    from lullaby.player.live_follower import LiveFollower

    sources = []
    if asked.evidence is not None:
        from lullaby.player.replay import read_replay

        sources.append(read_replay(asked.evidence))
    follower = followed_live.follower_of(evening)
    if follower is None:
        if sources or asked.microphone is not None:
            raise AskedWrongly("this night follows nobody: --evidence and --microphone have nothing to do.")
        return None
    room = None
    if asked.microphone is not None:
        from lullaby.player.microphone import Microphone

        room = Microphone(asked.microphone or None, note=session.bedside.note)
    live = LiveFollower(
        follower,
        frames_slept(player, session.clocks),
        player.change,
        sources=sources,
        room=room,
        note=session.bedside.note,
        grows=lambda: not player.resting,
    )
    live.start()
    return live


def play_night(
    evening: Evening,
    player: Player,
    live: LiveFollower | None,
    daybreak: Daybreak | None,
    session: Session,
    story: Story | None = None,
) -> None:
    """Plays it to its end. However that comes, what was followed is written down and learned from."""
    from lullaby.evening.followed_live import learned_of
    from lullaby.player.words import Words

    keeping = Keeping(evening)
    woke = [one.woke for one in (live, daybreak) if one is not None]
    words = Words(
        player,
        awake=None if live is None else live.still_awake,
        woke=(lambda: _each(woke)) if woke else None,
        keep=keeping.keep,
        story=story,
        wakes=lambda: None if daybreak is None else daybreak.wakes,
    )
    if daybreak is not None:
        player.every_tick(daybreak.look)
    try:
        with session.driven.by(player, words, keeping.free_name):
            player.run()
    finally:
        if live is not None:
            live.close()
            learned_of(evening, live.awake_until())
        if session.log is not None:
            session.log.grow(player.night)


def _each(hooks: list[Callable[[], None]]) -> None:
    for hook in hooks:
        hook()
