"""Whose journal is meant."""

from __future__ import annotations

import argparse
import os

from lullaby.errors import AskedWrongly, choices
from lullaby.people.listeners import names, person_file
from lullaby.score.plain_text import plain, quoted


def whose(asked: argparse.Namespace) -> str | None:
    """The listener who was named, if there is one of that name; their file is not read."""
    name: str | None = asked.listener
    if name is not None and not os.path.lexists(person_file(name)):
        hint = choices(name, names(), "There are") or f"lullaby people add {name}"
        raise AskedWrongly(f"there is no listener {quoted(name)}.\n    {plain(hint)}")
    return name
