"""`lullaby play`: a night heard now."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lullaby.cli.options.moments import add_cut
from lullaby.cli.options.nights import add_night, evening_of
from lullaby.cli.playing.devices import add_device_options, add_null, list_devices
from lullaby.cli.playing.face_options import add_face
from lullaby.cli.playing.timer import add_timer
from lullaby.cli.playing.waking import add_waking
from lullaby.cli.terminal.bedside import Bedside

if TYPE_CHECKING:
    from collections.abc import Callable

    from lullaby.evening import Evening
    from lullaby.evening.narration.storytelling import Storytelling


def add(commands: Any) -> None:
    parser = commands.add_parser("play", help="a night heard now, until it ends", allow_abbrev=False)
    add_night(parser, mixing=True)
    add_cut(parser)
    add_playing(parser)
    add_waking(parser)
    parser.set_defaults(run=run, loads_on=True)


def add_playing(parser: argparse.ArgumentParser) -> None:
    """Adds what can be said of anything that is heard now."""
    add_device_options(parser)
    add_timer(parser)
    parser.add_argument("--volume", type=float, metavar="DB", help="softer by so many dB: -10 (0)")
    parser.add_argument("--log", metavar="FILE", help="keep what happens: lullaby render --course FILE")
    parser.add_argument(
        "--no-journal", action="store_true", help="write nothing of it into the journal; a limit counts it"
    )
    parser.add_argument(
        "--anyway", action="store_true", help="on an evening that was to be without, all the same"
    )
    parser.add_argument("--evidence", metavar="FILE", help="follow a file of evidence of sleep, as it plays")
    parser.add_argument(
        "--microphone",
        metavar="NAME",
        nargs="?",
        const="",
        help="mask the room: its level alone is measured, nothing is recorded",
    )
    # what several rooms begin with together: all is made ready, and it sounds once it is told to
    parser.add_argument("--ready", action="store_true", help=argparse.SUPPRESS)
    add_face(parser)
    add_null(parser)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.list_devices:
        return list_devices(asked, bedside)

    from lullaby.cli.playing.heard_now import play

    def heard(storytelling: Callable[[], Storytelling]) -> Evening:
        return evening_of(asked, bedside, say=False, storytelling=storytelling)

    return play(asked, bedside, heard)
