"""`lullaby hear`: voices alone, exactly as loud as they are."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lullaby.cli.files.going_on import going_on_is_said
from lullaby.cli.options.listener import add_device, add_for
from lullaby.cli.options.mixes import add_save, add_settings, saved
from lullaby.cli.options.nights import say_notes, seed_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain
from lullaby.time import RATE, clock

if TYPE_CHECKING:
    from lullaby.night import Night

SECONDS = 30.0


def add(commands: Any) -> None:
    parser = commands.add_parser("hear", help="voices alone: rain, or rain:-6 bowl", allow_abbrev=False)
    parser.add_argument(
        "voices", metavar="VOICE", nargs="+", help="a voice by name, kind or path; rain:-6 is 6 dB softer"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="N", help="how long (30)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another chance (0)")
    add_for(parser)
    add_device(parser)
    add_settings(parser)
    add_save(parser)
    parser.add_argument("-o", dest="file", metavar="FILE", help="keep it as a file instead of playing")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if not 0.5 <= asked.seconds <= 24 * 3600:  # not a number compares with nothing
        raise AskedWrongly("--seconds goes from 0.5 to 86400.")
    seed = seed_of(asked)

    from lullaby.evening import Mix, Request, prepared

    if asked.file:
        from lullaby.export import format_of

        format_of(Path(asked.file))
    mix = Mix(tuple(asked.voices), tuple(asked.settings), round(asked.seconds * RATE))
    date = bedside.clock.now().date() if asked.listener else None
    asked_for = Request(mix, listener=asked.listener, seed=seed, date=date, device=asked.device, alone=True)
    evening = prepared(asked_for)
    if not asked.file:
        from lullaby.player.device import needs_a_library

        needs_a_library()  # said now, before kernels are compiled for nothing
    if asked.save:
        path = saved(Mix(mix.voices, mix.settings), asked.save)
        bedside.note(plain(f"{path}: lullaby render {asked.save}"))
    say_notes(evening, bedside)
    if asked.file:
        return _kept(evening.night, Path(asked.file), bedside)
    return _heard(evening.night, bedside)


def _kept(night: Night, path: Path, bedside: Bedside) -> int:
    from lullaby.export import export

    with (
        going_on_is_said(path, bedside),
        bedside.working(f"Keeping {night.score.title}") as progress,
    ):
        export(night, path, progress=progress, note=bedside.note)
    bedside.say(plain(f"{path}: {night.score.title}, {clock(night.length)}"))
    return 0


def _heard(night: Night, bedside: Bedside) -> int:
    from lullaby.player import Player
    from lullaby.player.maker import Maker

    player = Player(night, maker=Maker(), note=bedside.note)
    with bedside.working(night.score.title) as progress:
        if bedside.redraws:  # lines that scroll or are read aloud have no place beside something heard
            player.every_tick(lambda: progress(player.frame, night.length))
        player.run()
    return 0
