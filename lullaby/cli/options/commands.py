"""A command whose work stands in a module of its own, imported when it is done: so help stays light."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from lullaby.cli.options.listener import add_for
from lullaby.cli.terminal.bedside import Bedside


def command(
    commands: Any, name: str, says: str, module: str, does: str = "", *, whose: str = "", json: bool = True
) -> argparse.ArgumentParser:
    """A parser for it, which does what a function of that module does: one of the command's own name, or
    `does`. With `whose` it takes --for, of which that is the help; with `json` it takes --json."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=says, description=says, allow_abbrev=False
    )
    if whose:
        add_for(parser, whose)
    if json:
        parser.add_argument("--json", action="store_true", help="the same for programs")

    def run(asked: argparse.Namespace, bedside: Bedside) -> int:
        found = importlib.import_module(module)
        code: int = getattr(found, does or name.replace("-", "_"))(asked, bedside)
        return code

    parser.set_defaults(run=run)
    return parser
