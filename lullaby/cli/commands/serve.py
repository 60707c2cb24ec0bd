"""`lullaby serve`: tonight for phones and boxes at home."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.terminal.bedside import Bedside

PORT = 2045


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "serve", help="tonight on a phone, in every room: a page of your own", allow_abbrev=False
    )
    parser.add_argument(
        "night",
        metavar="NIGHT",
        nargs="*",
        default=[],
        help="what tonight is, as `play` takes it (harbour-rain)",
    )
    parser.add_argument("--for", dest="listener", metavar="NAME", help="who listens where nobody is chosen")
    parser.add_argument("--lan", action="store_true", help="for phones at home too; else this machine alone")
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=f"({PORT})")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name it is asked by besides its address",
    )
    parser.add_argument(
        "--pair",
        metavar="NAME",
        nargs="?",
        const="",
        help="a new code from the lullaby that serves here; with NAME, for this listener's phone",
    )
    parser.add_argument("--forget", action="store_true", help="no phone and no room is paired any more")
    parser.add_argument(
        "--mqtt", metavar="HOST", help="offer this room to Home Assistant, by the broker at HOST[:PORT]"
    )
    parser.add_argument("--json", action="store_true", help="where it serves, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.cli.serving.server import forget, pair, serve

    if asked.forget:
        return forget(asked, bedside)
    if asked.pair is not None:
        return pair(asked, bedside)
    return serve(asked, bedside)
