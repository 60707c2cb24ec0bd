"""`lullaby morning` and `lullaby journal`: their parsers. What is done is imported when it is done."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.options.commands import command
from lullaby.cli.options.nights import date_of

MORNING = "how the night was, in twenty seconds; every answer may be left out"
JOURNAL = "what is kept of your nights: shown, exported, erased"
WHOSE = "whose journal (nobody's in particular)"


def add(commands: Any) -> None:
    _morning(commands)
    _journal(commands)


def _morning(commands: Any) -> None:
    parser = _one(commands, "morning", "morning", MORNING)
    parser.add_argument(
        "--date", type=date_of, metavar="YYYY-MM-DD", help="the evening it was about (yesterday)"
    )
    parser.add_argument(
        "--rested", metavar="WORD", help="very poorly, poorly, fairly, well or very well; or 1 to 5"
    )
    parser.add_argument("--in-bed", metavar="HH:MM", help="got into bed at")
    parser.add_argument("--lights-out", metavar="HH:MM", help="tried to sleep from")
    parser.add_argument("--asleep-after", type=int, metavar="MIN", help="minutes until asleep")
    parser.add_argument("--awakenings", type=int, metavar="N", help="how often awake in the night")
    parser.add_argument("--awake", type=int, metavar="MIN", help="minutes awake then, all together")
    parser.add_argument("--woke", metavar="HH:MM", help="woke for the last time at")
    parser.add_argument("--up", metavar="HH:MM", help="got up at")
    parser.add_argument("--mood", metavar="WORD", help="how you are, in a word")
    parser.add_argument("--dream", metavar="TEXT", help="a dream, in a line or two")
    parser.add_argument("--nightmare", choices=("yes", "no"), help="was it one that frightened you?")
    parser.add_argument("--share-dream", action="store_true", help="the dream may be told in your circle")


def _journal(commands: Any) -> None:
    parser = _one(commands, "journal", "shown", JOURNAL, "nights")
    whats = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    night = _one(whats, "night", "shown", "one night, and how to have it again")
    night.add_argument("date", type=date_of, nargs="?", metavar="YYYY-MM-DD", help="its evening (the last)")
    week = _one(whats, "week", "shown", "the last seven nights as they were told in the morning")
    week.add_argument("--clinician", action="store_true", help="as a page of the Consensus Sleep Diary")
    week.add_argument("--to", type=date_of, metavar="YYYY-MM-DD", help="the last evening (yesterday)")
    week.add_argument("-o", dest="file", metavar="FILE", help="keep the page as a file")
    _one(whats, "dreams", "shown", "the dreams, and which of them may be told")
    for name, says in (
        ("share", "a dream may be told in your circle"),
        ("withdraw", "it may not any more, and no trace stays there"),
    ):
        one = _one(whats, name, "keeping", says)
        one.add_argument("dream", type=int, metavar="N", help="its number, as `journal dreams` says it")
    export = _one(whats, "export", "keeping", "all of it, as a file for other programs")
    export.add_argument("--as", dest="form", choices=("json", "csv", "markdown"), help="(by FILE's ending)")
    export.add_argument("-o", dest="file", metavar="FILE", required=True, help="a new file, for you alone")
    erase = _one(whats, "erase", "keeping", "erase for good")
    what = erase.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--night", type=date_of, metavar="YYYY-MM-DD", help="one evening, its dreams and morning"
    )
    what.add_argument("--dream", type=int, metavar="N", help="one dream")
    what.add_argument("--all", dest="whole", action="store_true", help="the whole journal")
    erase.add_argument("--yes", action="store_true", help="for good")
    keep = _one(whats, "keep-for", "keeping", "how long it keeps what is in it (30 days)")
    keep.add_argument("days", metavar="DAYS", help="a number of days, or: always")


def _one(commands: Any, name: str, module: str, says: str, does: str = "") -> argparse.ArgumentParser:
    return command(commands, name, says, f"lullaby.cli.journal.{module}", does, whose=WHOSE)
