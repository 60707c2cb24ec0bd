"""`lullaby picture`: what a night looks like."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lullaby.cli.files.naming import usual_name
from lullaby.cli.options.nights import add_night, evening_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "picture", help="a night's spectrum, level and scenes as a picture", allow_abbrev=False
    )
    add_night(parser)
    parser.add_argument("-o", dest="file", metavar="FILE.png", help="where (TITLE DATE.png in this folder)")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.file and Path(asked.file).suffix.lower() != ".png":
        raise AskedWrongly(f"{plain(asked.file)}: a picture's name ends in .png.")

    from lullaby.drawing.picture import not_drawn, picture

    evening = evening_of(asked, bedside)
    night = evening.night
    path = Path(asked.file or usual_name(asked, evening) + ".png")
    if not path.absolute().parent.is_dir():
        raise CouldNot(f"{plain(str(path))}: there is no folder {plain(str(path.absolute().parent))}.")
    with bedside.working(f"Drawing {night.score.title}") as progress:
        picture(night, path, progress=progress)
    if missing := not_drawn(night):
        bedside.note(f"No font on this machine has {plain(missing)}: the picture goes without.")
    bedside.say(plain(str(path)))
    return 0
