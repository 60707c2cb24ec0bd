"""`lullaby cast`: a night on a box at home, by its name."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.terminal.bedside import Bedside


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "cast", help="a night on a box at home: DLNA, Chromecast, Sonos", allow_abbrev=False
    )
    parser.add_argument(
        "box",
        metavar="BOX",
        nargs="?",
        help="what its owner calls it, or http://…/description.xml of a renderer",
    )
    parser.add_argument(
        "night", metavar="NIGHT", nargs="*", default=[], help="as `play` takes it (harbour-rain)"
    )
    parser.add_argument("--for", dest="listener", metavar="NAME", help="who listens")
    parser.add_argument(
        "--volume", type=float, metavar="PERCENT", help="of the box itself; else it stays as it is"
    )
    parser.add_argument("--list", action="store_true", help="the boxes that answer")
    parser.add_argument("--stop", action="store_true", help="stop the box, in a fade")
    parser.add_argument("--json", action="store_true", help="the same for programs, with --list")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.cli.serving.cast import cast, list_boxes, stop

    if asked.list or asked.box is None:
        return list_boxes(asked, bedside)
    return stop(asked, bedside) if asked.stop else cast(asked, bedside)
