"""`--for NAME`, for whom a night is, and `--device NAME`, what it is heard on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside

if TYPE_CHECKING:
    from lullaby.people.listeners import Person


def add_for(
    parser: argparse.ArgumentParser, says: str = "the listener: their sleep, limits and avoid-list"
) -> None:
    parser.add_argument("--for", dest="listener", metavar="NAME", help=says)


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", metavar="NAME", help="what it is heard on, as `calibrate` knows it")


def person_of(asked: argparse.Namespace, bedside: Bedside | None = None) -> Person | None:
    """The listener who was named; None where nobody was. A file left open to others is closed, and said."""
    if asked.listener is None:
        return None
    from lullaby.people.listeners import find_person

    return find_person(asked.listener, bedside.note) if bedside else find_person(asked.listener)
