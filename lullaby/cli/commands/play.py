"""`lullaby play`: a night heard now."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import math
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lullaby.cli.options.moments import add_cut, cut, moment
from lullaby.cli.options.nights import add_night, evening_of, say_notes
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.score.plain_text import plain, quoted
from lullaby.time import LONGEST, RATE, Span, clock

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.player import Outlet, Player, Way
    from lullaby.player.door import Door
    from lullaby.player.live_follower import LiveFollower
    from lullaby.player.night_log_file import NightLogFile
    from lullaby.player.words import Words

FADE = 60.0
"""Seconds of fade at the end of a timer."""


def add(commands: Any) -> None:
    parser = commands.add_parser("play", help="a night heard now, until it ends", allow_abbrev=False)
    add_night(parser, mixing=True)
    add_cut(parser)
    parser.add_argument("--list-devices", action="store_true", help="the devices that can play, and no more")
    parser.add_argument("--json", action="store_true", help="with --list-devices: the same for programs")
    parser.add_argument("--for-time", metavar="T", help="silent after 00:20:00, or so many seconds")
    parser.add_argument(
        "--fade", metavar="T", help="the fade before that: 00:01:00, or all: across the whole time (00:01:00)"
    )
    parser.add_argument(
        "--curve",
        choices=("soft", "even"),
        help="its shape: slow at both ends (soft), or so many dB a second",
    )
    parser.add_argument("--volume", type=float, metavar="DB", help="softer by so many dB: -10 (0)")
    parser.add_argument("--log", metavar="FILE", help="keep what happens: lullaby render --course FILE")
    parser.add_argument("--evidence", metavar="FILE", help="follow a file of evidence of sleep, as it plays")
    parser.add_argument(
        "--microphone",
        metavar="NAME",
        nargs="?",
        const="",
        help="mask the room: its level alone is measured, nothing is recorded",
    )
    parser.add_argument(
        "--null", type=float, metavar="SPEED", help="plays to nobody, so many times as fast: for tests"
    )
    parser.add_argument("--heard", metavar="FILE", help="with --null: keep what was played, as raw float32")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.list_devices:
        return _list_devices(asked, bedside)
    seconds, fade = _timer(asked)
    if asked.volume is not None and not -90 <= asked.volume <= 0:
        raise AskedWrongly("--volume goes from -90 to 0: nothing is louder than the night itself.")
    cut(asked, LONGEST)
    way = _way(asked)

    from lullaby.cli.playing.key_words import listened_to
    from lullaby.cli.terminal.keys import keys
    from lullaby.player.words import Words

    with (
        _door(bedside) as door,
        _outlet(way) as outlet,
        bedside.working(""),
        keys() as pressed,
        contextlib.ExitStack() as ending,
    ):
        evening = evening_of(asked, bedside, say=False)
        span = cut(asked, evening.night.length) & evening.night.span
        log = _log(asked.log, evening, bedside)
        player = _player(evening, span, outlet, asked.volume or 0.0, bedside, log)
        live = _followed(asked, evening, player, bedside)
        ending.callback(_is_over, evening, player, live, log)
        words = Words(
            player,
            awake=None if live is None else live.still_awake,
            woke=None if live is None else live.woke,
        )
        say_notes(evening, bedside, follows=True)
        _say(evening, span, seconds, bedside)
        if pressed.there:
            bedside.note("? shows the keys.")
            player.every_tick(listened_to(pressed, player, words, bedside, min(fade, FADE)))
        if seconds is not None:
            player.end_in(seconds, fade, asked.curve or "soft")
        if door is not None:
            door.serve(player.ask, words.do)
        with _media_keys(player, words):
            player.run()
    return 0


@contextlib.contextmanager
def _media_keys(player: Player, words: Words) -> Iterator[None]:
    """Keys of a keyboard or of headphones, where there is a desktop that passes them on."""
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        yield
        return

    from lullaby.player.media_keys import MediaKeys
    from lullaby.player.words import Refused

    def skip() -> None:
        with contextlib.suppress(Refused):  # there is no scene after this one
            words.do({"do": "skip"})

    keys = MediaKeys(player, skip)
    keys.start()
    try:
        yield
    finally:
        keys.close()


@contextlib.contextmanager
def _outlet(way: Way) -> Iterator[Outlet]:
    """The device, which opens while the night is made."""
    from lullaby.player import Outlet
    from lullaby.player.ring import Ring

    outlet = Outlet(Ring(), way)
    outlet.open(time.monotonic())
    try:
        yield outlet
    finally:
        outlet.close()


def _log(path: str | None, evening: Evening, bedside: Bedside) -> NightLogFile | None:
    if path is None:
        return None
    from lullaby.evening.logged import asked_in
    from lullaby.player.night_log_file import NightLogFile

    return NightLogFile(path, evening.night, asked_in(evening.request), bedside.note)


def _followed(
    asked: argparse.Namespace, evening: Evening, player: Player, bedside: Bedside
) -> LiveFollower | None:
    """Who is followed, by keys and by whatever else was asked for."""
    from lullaby.evening.followed_live import follower_of
    from lullaby.player.live_follower import LiveFollower
    from lullaby.player.microphone import Microphone
    from lullaby.player.replay import read_replay

    sources = [] if asked.evidence is None else [read_replay(asked.evidence)]
    follower = follower_of(evening)
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


def _is_over(evening: Evening, player: Player, live: LiveFollower | None, log: NightLogFile | None) -> None:
    """However the night ends, what was followed is written down and learned from."""
    from lullaby.evening.followed_live import learned_of

    if live is not None:
        live.close()
        learned_of(evening, live.awake_until())
    if log is not None:
        log.grow(player.night)
        log.close()


def _player(
    evening: Evening,
    span: Span,
    outlet: Outlet,
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


def _timer(asked: argparse.Namespace) -> tuple[float | None, float]:
    """Seconds until it is to be silent, if it is, and of the fade before that."""
    frames = moment("--for-time", asked.for_time)
    if frames is None:
        for option, value in (("--fade", asked.fade), ("--curve", asked.curve)):
            if value is not None:
                raise AskedWrongly(f"{option} is about the fade at the end of a timer: --for-time sets one.")
        return None, FADE
    if not RATE <= frames <= LONGEST:
        raise AskedWrongly("--for-time goes from 00:00:01 to 24:00:00.")
    if asked.fade == "all":
        return frames / RATE, frames / RATE
    fade = FADE if asked.fade is None else moment("--fade", asked.fade) / RATE
    if fade < 0.05:
        raise AskedWrongly("--fade takes a twentieth of a second at the least.")
    return frames / RATE, min(fade, frames / RATE)


def _way(asked: argparse.Namespace) -> Way:
    """The device to play on. A name may be one that was calibrated, and no sound device's: that is the usual
    one then."""
    from lullaby.player import Way

    if asked.null is not None:
        if not (math.isfinite(asked.null) and 0 < asked.null <= 10_000):
            raise AskedWrongly("--null goes from more than 0 to 10000.")
        return Way("null", speed=asked.null, into=asked.heard and os.path.abspath(asked.heard))
    if asked.heard:
        raise AskedWrongly("--heard is for --null alone; `lullaby render` keeps a night.")

    from lullaby.player.device import chosen, devices, needs_a_library

    needs_a_library()
    if asked.device is None:
        return Way()
    there = devices()
    device = chosen(asked.device, there)
    if device is not None:
        return Way(device=device.name)

    from lullaby.people.calibration import device_name
    from lullaby.people.devices import known_devices

    if there and device_name(asked.device) not in known_devices(None):
        hint = plain(choices(asked.device, [one.name for one in there], "There are"))
        raise CouldNot(f"there is no device {quoted(asked.device)}.\n    {hint}")
    return Way()


@contextlib.contextmanager
def _door(bedside: Bedside) -> Iterator[Door | None]:
    """The door for other programs; a night plays on without one, but never beside another."""
    from lullaby.player.door import Door, PlaysAlready

    try:
        door = Door()
    except PlaysAlready:
        raise
    except CouldNot as error:
        bedside.note(f"No other program can drive this player: {error}")
        yield None
        return
    with door:
        yield door


def _say(evening: Evening, span: Span, seconds: float | None, bedside: Bedside) -> None:
    """What plays and until when; the only time that a clock is spoken of."""
    lasts = min(len(span), LONGEST if seconds is None else round(seconds * RATE))
    ends = bedside.clock.now() + datetime.timedelta(seconds=lasts / RATE)
    title = plain(evening.night.score.title)
    bedside.say(f"{title} plays for {clock(lasts)}, until {ends:%H:%M}.")
    bedside.finish()  # whoever reads a pipe reads it now


def _list_devices(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.player import devices
    from lullaby.player.device import needs_a_library

    needs_a_library()
    there = devices()
    if asked.json:
        bedside.facts([device.facts for device in there])
        return 0
    for device in there:
        bedside.say(plain(device.name) + (" (the usual one)" if device.usual else ""))
    if not there:
        bedside.note("There is no device that can play.")
    return 0
