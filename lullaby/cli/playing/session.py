"""What one night that is played is wired together from: its player, whom it follows, its log."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.time import RATE, Span

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.player import Outlet, Player
    from lullaby.player.live_follower import LiveFollower
    from lullaby.player.maker import Maker
    from lullaby.player.night_log_file import NightLogFile


def log_of(path: str | None, evening: Evening, bedside: Bedside) -> NightLogFile | None:
    """The log of what happens, where one was asked for."""
    if path is None:
        return None
    from lullaby.evening.logged import asked_in
    from lullaby.player.night_log_file import NightLogFile

    return NightLogFile(path, evening.night, asked_in(evening.request), bedside.note)


def player_of(
    evening: Evening,
    span: Span,
    outlet: Outlet,
    maker: Maker,
    volume_db: float,
    bedside: Bedside,
    log: NightLogFile | None,
) -> Player:
    from lullaby.player import Player
    from lullaby.player.awake import Awake
    from lullaby.player.player import boot_time

    night, speed, began = evening.night, outlet.way.speed, boot_time()
    is_heard = outlet.way.way != "null"
    left = (night.score.length - span.start) / RATE
    player = Player(
        night,
        span,
        outlet=outlet,
        maker=maker,
        volume_db=volume_db,
        awake=Awake(bedside.note) if is_heard else None,
        # who wakes again after a night that ended for their sleep has it at hand until the score is over
        stays=left if night.course is not None and span.stop >= night.length else None,
        note=bedside.note,
        log=log.write if log is not None else lambda entry: None,
        clock=lambda: began + speed * (boot_time() - began),
    )
    if log is not None:
        player.every_tick(lambda: log.grow(player.night))
    return player


def follower_of(
    asked: argparse.Namespace, evening: Evening, player: Player, bedside: Bedside
) -> LiveFollower | None:
    """Who is followed, by keys and by whatever else was asked for."""
    from lullaby.evening import followed_live
    from lullaby.player.live_follower import LiveFollower
    from lullaby.player.microphone import Microphone
    from lullaby.player.replay import read_replay

    sources = [] if asked.evidence is None else [read_replay(asked.evidence)]
    follower = followed_live.follower_of(evening)
    if follower is None:
        if sources or asked.microphone is not None:
            raise AskedWrongly("this night follows nobody: --evidence and --microphone have nothing to do.")
        return None
    room = None if asked.microphone is None else Microphone(asked.microphone or None, note=bedside.note)
    live = LiveFollower(
        follower, lambda: player.frame, player.change, sources=sources, room=room, note=bedside.note
    )
    live.start()
    return live


def is_over(evening: Evening, player: Player, live: LiveFollower | None, log: NightLogFile | None) -> None:
    """However the night ends, what was followed is written down and learned from."""
    from lullaby.evening.followed_live import learned_of

    if live is not None:
        live.close()
        learned_of(evening, live.awake_until())
    if log is not None:
        log.grow(player.night)
        log.close()
