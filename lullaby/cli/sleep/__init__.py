"""`lullaby sleep`: the sleeper. Simulated nights, and real ones read, counted and converted."""

from __future__ import annotations

from typing import Any, NoReturn

from lullaby.cli.sleep import convert, read, simulate, stats
from lullaby.errors import AskedWrongly, choices

COMMANDS = (simulate, read, stats, convert)
"""The commands under `lullaby sleep`, in the order of the help."""

WORDS = "a night of sleep: simulated, read from a file, counted or converted"


def add(commands: Any) -> None:
    parser = commands.add_parser("sleep", help=WORDS, description=WORDS, allow_abbrev=False)
    # the sub-commands' class is this parser's own, so that complaints stay ours
    subcommands = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    for module in COMMANDS:
        module.add(subcommands)

    def nothing(*_: object) -> NoReturn:
        raise AskedWrongly(f"lullaby sleep what?\n    {choices('', subcommands.choices, 'There are')}")

    parser.set_defaults(run=nothing)
