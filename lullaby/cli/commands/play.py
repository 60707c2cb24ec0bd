"""`lullaby play`: a night heard now."""

from __future__ import annotations

import argparse
import contextlib
import datetime
from typing import TYPE_CHECKING, Any

from lullaby.cli.options.moments import add_cut, cut
from lullaby.cli.options.nights import add_night, evening_of, say_notes
from lullaby.cli.playing.devices import add_device_options, add_null, list_devices, outlet_on, way_of
from lullaby.cli.playing.driven import door_of_its_own, media_keys
from lullaby.cli.playing.face_options import add_face, idle_of
from lullaby.cli.playing.session import follower_of, is_over, log_of, player_of
from lullaby.cli.playing.timer import FADE, add_timer, timer_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain
from lullaby.time import LONGEST, RATE, Span, clock

if TYPE_CHECKING:
    from lullaby.evening import Evening


def add(commands: Any) -> None:
    parser = commands.add_parser("play", help="a night heard now, until it ends", allow_abbrev=False)
    add_night(parser, mixing=True)
    add_cut(parser)
    add_device_options(parser)
    add_timer(parser)
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
    add_face(parser)
    add_null(parser)
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.list_devices:
        return list_devices(asked, bedside)
    timer = timer_of(asked)
    if asked.volume is not None and not -90 <= asked.volume <= 0:
        raise AskedWrongly("--volume goes from -90 to 0: nothing is louder than the night itself.")
    cut(asked, LONGEST)
    idle = idle_of(asked)
    way = way_of(asked)

    from lullaby.cli.playing.keeping import Keeping
    from lullaby.cli.playing.watched import watched
    from lullaby.cli.terminal.keys import keys
    from lullaby.player.words import Words

    with (
        door_of_its_own(bedside) as door,
        outlet_on(way) as outlet,
        bedside.working(""),
        keys() as pressed,
        contextlib.ExitStack() as ending,
    ):
        evening = evening_of(asked, bedside, say=False)
        span = cut(asked, evening.night.length) & evening.night.span
        log = log_of(asked.log, evening, bedside)
        player = player_of(evening, span, outlet, asked.volume or 0.0, bedside, log)
        live = follower_of(asked, evening, player, bedside)
        ending.callback(is_over, evening, player, live, log)
        keeping = Keeping(evening)
        words = Words(
            player,
            keep=keeping.keep,
            awake=None if live is None else live.still_awake,
            woke=None if live is None else live.woke,
        )
        say_notes(evening, bedside, follows=True)
        _say(evening, span, timer.seconds, bedside)
        if timer.seconds is not None:
            player.end_in(timer.seconds, timer.fade, timer.curve)
        if door is not None:
            door.serve(player.ask, words.do)
        face = watched(
            player,
            words,
            pressed,
            bedside,
            keeping,
            fade=min(timer.fade, FADE),
            is_plain=asked.plain,
            idle=idle,
        )
        with media_keys(player, words), face:
            player.run()
    return 0


def _say(evening: Evening, span: Span, seconds: float | None, bedside: Bedside) -> None:
    """What plays and until when; the only time that a clock is spoken of."""
    lasts = min(len(span), LONGEST if seconds is None else round(seconds * RATE))
    ends = bedside.clock.now() + datetime.timedelta(seconds=lasts / RATE)
    title = plain(evening.night.score.title)
    bedside.say(f"{title} plays for {clock(lasts)}, until {ends:%H:%M}.")
    bedside.finish()  # whoever reads a pipe reads it now
