"""`lullaby share`: a night as a line of text."""

from __future__ import annotations

import argparse

from lullaby.cli.circle.packing import say_when, starting_at
from lullaby.cli.options.nights import request_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.ritual.circle.share_line import line_of
from lullaby.ritual.circle.sharing import facts_of_line, night_to_share, shared_night


def share(asked: argparse.Namespace, bedside: Bedside) -> int:
    starting = starting_at(asked, bedside)
    shared = shared_night(night_to_share(request_of(asked, bedside)), starting)
    say_when(asked, starting, bedside)
    if asked.json:
        bedside.facts(facts_of_line(shared, []))
    else:
        bedside.say(line_of(shared))
    return 0
