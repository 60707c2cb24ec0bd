"""`lullaby rooms`: what plays in each room, begun together and stopped at once."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.options.commands import command
from lullaby.cli.terminal.bedside import Bedside

WORK = "lullaby.cli.serving.rooms"


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "rooms", help="what plays in each room; begin together, stop all", allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)
    under = parser.add_subparsers(metavar="WHAT", parser_class=type(parser))
    add_room = command(under, "add", "another lullaby of the home becomes a room", WORK, json=False)
    add_room.add_argument("name", metavar="NAME", help="what the room is called here")
    add_room.add_argument("address", metavar="ADDRESS", help="where it serves, in numbers: 192.168.1.7:2045")
    add_room.add_argument("code", metavar="CODE", help="the six digits that it shows: lullaby serve --pair")
    remove = command(under, "remove", "a room is forgotten here", WORK, json=False)
    remove.add_argument("name", metavar="NAME")
    begin = command(under, "begin", "one night in every room, from one moment on", WORK, json=False)
    begin.add_argument("night", metavar="NIGHT", nargs="*", default=[], help="as `play` takes it")
    begin.add_argument("--for", dest="listener", metavar="NAME", help="who listens")
    begin.add_argument("--in", dest="rooms", action="append", default=[], metavar="ROOM", help="only here")
    stop = command(under, "stop", "a fade and the end in every room", WORK, json=False)
    stop.add_argument("--in", dest="rooms", action="append", default=[], metavar="ROOM", help="only here")


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.cli.serving.rooms import shown

    return shown(asked, bedside)
