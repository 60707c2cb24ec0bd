"""`lullaby promises`: what lullaby never does."""

from __future__ import annotations

import argparse

from lullaby.cli.terminal.bedside import Bedside
from lullaby.evening.facts.promises import PROMISES, facts_of_promises


def promises(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.json:
        bedside.facts(facts_of_promises())
        return 0
    for one in PROMISES:
        bedside.say(one.says)
        bedside.say(f"    tests/{one.test}")
    return 0
