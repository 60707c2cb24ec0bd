"""`lullaby ritual …`: their parsers. What is done is imported when it is done."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.options.commands import command
from lullaby.cli.options.listener import add_for
from lullaby.cli.options.nights import date_of

RITUAL = "which nights begin when: add, list, next, run, skip, snooze, pause, remove, watch"


def add(commands: Any) -> None:
    parser = _one(commands, "ritual", "shown", RITUAL, "listed")
    whats = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    _add(_one(whats, "add", "adding", 'a night by a rule: --at "weekdays 22:30"'))
    _one(whats, "list", "shown", "the rules, and what comes next by each", "listed")
    coming = _one(whats, "next", "shown", "what comes next, and why", "coming_command")
    coming.add_argument("name", metavar="NAME", nargs="?", help="of this rule alone")
    coming.add_argument("--count", type=int, default=1, metavar="N", help="so many (1)")
    coming.add_argument("--after", metavar="TIME", help="after 2027-03-27T12:00 by the rule's clock (now)")
    for name, module, says in (
        ("run", "running", "begin it now"),
        ("skip", "changing", "leave one night out"),
        ("snooze", "changing", "put tonight off by ten minutes"),
        ("pause", "changing", "no nights for a week"),
        ("remove", "changing", "take a rule away"),
    ):
        one = _one(whats, name, module, says)
        one.add_argument("name", metavar="NAME", help="the rule")
        _options(name, one)
    calendar = _one(whats, "calendar", "files", "the nights to come as an .ics file")
    calendar.add_argument("name", metavar="NAME", nargs="?", help="of this rule alone")
    calendar.add_argument("-o", dest="file", metavar="FILE", required=True, help="a new .ics file")
    calendar.add_argument("--count", type=int, default=60, metavar="N", help="so many of each rule (60)")
    install = _one(whats, "install", "files", "the entry by which this machine wakes the watcher")
    install.add_argument(
        "system", nargs="?", choices=("systemd", "launchd", "windows"), help="(this machine's own)"
    )
    install.add_argument("--write", action="store_true", help="put it where the system looks for it")
    watch = _one(whats, "watch", "running", "wait, and begin what is due, until it is stopped")
    watch.add_argument("--once", action="store_true", help="begin what is due now, and end")


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the rule is called")
    parser.add_argument(
        "night", metavar="NIGHT", nargs="*", default=[], help="as `play` takes it (NAME, if that is one)"
    )
    parser.add_argument("--at", metavar="RULE", required=True, help='"weekdays 22:30", or an .ics file')
    parser.add_argument("--zone", metavar="ZONE", help="whose clocks: Europe/Berlin (this machine's)")
    add_for(parser)
    parser.add_argument("--circle", metavar="NAME", help="of a ritual: the friends who hold it")
    parser.add_argument("--mood", metavar="WORD", help="of a ritual: how you are, in a word")
    parser.add_argument("--device", metavar="NAME", help="where it is heard, and nowhere else")
    parser.add_argument(
        "--begins", choices=("invite", "alone"), default="invite", help="invites you, or begins by itself"
    )
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument("--until", metavar="HH:MM", help="silent when clocks there show this")
    ends.add_argument("--length", metavar="T", help="silent after so long: 8h, 08:00:00")
    ends.add_argument("--prepare", metavar="T", help="begins 20min before its time, and is silent then")
    parser.add_argument("--grace", metavar="T", default="30min", help="how late it may begin (30min)")
    parser.add_argument(
        "--with",
        dest="others",
        action="append",
        default=[],
        metavar="NAME:ZONE:T",
        help="who falls silent with you: mina:America/New_York:20min",
    )


def _options(name: str, parser: argparse.ArgumentParser) -> None:
    if name == "skip":
        parser.add_argument("--date", type=date_of, metavar="YYYY-MM-DD", help="its evening (the next)")
    if name == "snooze":
        parser.add_argument("--by", metavar="T", default="10min", help="by so long (10min)")
    if name == "pause":
        parser.add_argument("--until", type=date_of, metavar="YYYY-MM-DD", help="the first evening again")
    if name in ("skip", "pause"):
        parser.add_argument("--undo", action="store_true", help="take that back")


def _one(commands: Any, name: str, module: str, says: str, does: str = "") -> argparse.ArgumentParser:
    return command(
        commands, name, says, f"lullaby.cli.schedule.{module}", does, json=name not in ("run", "watch")
    )
