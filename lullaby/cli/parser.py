"""The commands there are, and how what was typed is told apart."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NoReturn

from lullaby import __version__
from lullaby.cli import circle, enough, journal, people, schedule, sleep, why
from lullaby.cli.commands import (
    alarm,
    calibrate,
    cast,
    check,
    doctor,
    driving,
    feed,
    hear,
    importing,
    listing,
    new,
    picture,
    play,
    render,
    rooms,
    serve,
    tell,
    tonight,
    warmup,
)
from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import quoted

COMMANDS = (
    play,
    driving,
    hear,
    listing,
    new,
    importing,
    check,
    render,
    tell,
    picture,
    feed,
    serve,
    rooms,
    cast,
    why,
    sleep,
    people,
    schedule,
    journal,
    enough,
    circle,
    alarm,
    calibrate,
    warmup,
    doctor,
)
"""Every module adds its own, in the order of the help."""


class Parser(argparse.ArgumentParser):
    """argparse, whose complaints are ours: a sentence and where to read more."""

    def __init__(self, *args: Any, **arguments: Any) -> None:
        super().__init__(*args, **arguments)
        self.register("type", int, _whole)
        self.register("type", float, _number)

    def error(self, message: str) -> NoReturn:
        raise AskedWrongly(f"{message}.\n    `{self.prog} --help` says what it takes.")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is not a whole number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is not a number") from None


@cache
def _understands() -> tuple[Parser, Mapping[str, Parser]]:
    """What understands a command line, and by name what understands each command's: made once, since a server
    reads every address as one."""
    parser = Parser(
        prog="lullaby",
        description="Bedtime sound, made rather than played back. Without a command: what tonight would be.",
        epilog="Every command has its own --help.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"lullaby {__version__}")
    parser.set_defaults(run=tonight.run)
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=Parser, title="commands")
    for module in COMMANDS:
        module.add(commands)
    return parser, commands.choices


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The command line as options and values, with `run` to do it."""
    parser, commands = _understands()
    if argv and not argv[0].startswith("-") and argv[0] not in commands:
        raise AskedWrongly(
            f'there is no command "{argv[0][:48]}".\n    {choices(argv[0], commands, "There are")}'
        )
    asked, unknown = parser.parse_known_args(argv)
    # `sleep` has a --night, which is no list of words
    if isinstance(getattr(asked, "night", None), list) and not any(w.startswith("-") for w in unknown):
        _gather(asked, unknown)
        return asked
    if unknown:
        if argv[0] == "tell" and not unknown[0].startswith("-"):
            raise AskedWrongly(
                f"tell tells one story at a time, and {quoted(unknown[0][:48])} is another: leave one out."
            )
        asks, name = (commands[argv[0]], argv[0]) if argv[0] in commands else (parser, "lullaby")
        names = [o.strip("[]") for o in asks.format_usage().split() if o.startswith("[-")]
        raise AskedWrongly(
            f'{name} does not know "{unknown[0][:48]}".\n    {choices(unknown[0], names, "It knows")}'
        )
    return asked


def _gather(asked: argparse.Namespace, later: list[str]) -> None:
    """Puts the words of a NIGHT together: they may stand before and behind options, which argparse does not
    expect."""
    words = [*asked.night, *([asked.time] if "time" in asked else []), *later]
    asked.night = words
    if "time" in asked:
        *asked.night, asked.time = words
