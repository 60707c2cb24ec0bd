"""`lullaby doctor`: what a bug report should hold."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.terminal.bedside import Bedside


def add(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="what a bug report should hold", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.facts.machine import facts_of_machine

    found = facts_of_machine()
    if asked.json:
        bedside.facts(found)
        return 0
    for name, facts in found.items():
        bedside.say(f"{name}:")
        for line in _lines(facts):
            bedside.say(f"    {line}")
    return 0


def _lines(facts: Any) -> list[str]:
    """Facts for people: one to a line."""
    if isinstance(facts, dict):
        return [f"{name}: {_words(value)}" for name, value in facts.items()] or ["nothing"]
    if isinstance(facts, list):
        return [_words(fact) for fact in facts] or ["none"]
    return [_words(facts)]


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value) or "none"
    return "none" if value is None else str(value)
