"""`lullaby enough`, `without`, `consent`, `leave` and `promises`: their parsers. What is done is
imported when it is done."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.options.commands import command

ENOUGH = "how much sound is enough: limits, quiet nights, a pledge, a month"
WITHOUT = "tonight without sound; that counts as a good night"
CONSENT = "what you fear, avoid and like in stories, asked by day"
LEAVE = "take everything along, and leave nothing of lullaby's behind"
PROMISES = "what lullaby never does, and which test proves it"
LIMITS = (
    ("--nightly", "MIN", "minutes of sound a night, or none"),
    ("--weekly", "MIN", "minutes of sound in seven evenings, or none"),
    ("--dose", "DBA", "energy in seven evenings: that of 40 hours at so many dBA, or none"),
    ("--quiet-nights", "NIGHTS", "evenings without sound: sun,2026-12-24, or none"),
)


def add(commands: Any) -> None:
    _enough(commands)
    _one(commands, "without", "without", WITHOUT, "without")
    _consent(commands)
    leave = _one(commands, "leave", "leaving", LEAVE, "leave", whose=False)
    leave.add_argument("--to", metavar="FOLDER", required=True, help="a new folder for all that is yours")
    leave.add_argument("--yes", action="store_true", help="for good")
    _one(commands, "promises", "promises", PROMISES, "promises", whose=False)


def _enough(commands: Any) -> None:
    parser = _one(commands, "enough", "limits", ENOUGH, "shown")
    whats = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    setting = _one(
        whats, "set", "limits", "a limit: stricter at once, looser from tomorrow noon", "set_limits"
    )
    for option, metavar, says in LIMITS:
        setting.add_argument(option, metavar=metavar, help=says)
    setting.add_argument("--word", action="store_true", help="whoever holds the pledge is here, and types it")
    pledge = _one(whats, "pledge", "pledge", "somebody holds your limits with you", "pledge")
    what = pledge.add_mutually_exclusive_group(required=True)
    what.add_argument("--with", dest="holder", metavar="NAME", help="who holds it, and chooses a word now")
    what.add_argument("--end", action="store_true", help="it ends: in a week, or now with --word")
    pledge.add_argument("--word", action="store_true", help="whoever holds it is here, and types the word")
    month = _one(whats, "month", "month", "28 evenings: does sound help you?", "status")
    steps = month.add_subparsers(metavar="STEP", parser_class=type(month), title="what to do")
    for name, says in (
        ("start", "it begins tonight"),
        ("status", "which evening this is"),
        ("stop", "it ends here"),
        ("result", "whether sound helped you"),
    ):
        _one(steps, name, "month", says, name)


def _consent(commands: Any) -> None:
    parser = _one(commands, "consent", "consent", CONSENT, "consent")
    parser.add_argument("--fears", metavar="WORDS", help="what frightens you, with commas, or none")
    parser.add_argument("--avoid", metavar="WORDS", help="words you never want to hear, or none")
    parser.add_argument("--themes", metavar="WORDS", help="things you like in stories, or none")
    whats = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    facing = _one(whats, "facing", "facing", "a story of yours that faces a fear and ends better", "facing")
    facing.add_argument("file", metavar="FILE", help="its text (.md .txt), with the better ending")
    facing.add_argument("--tonight", action="store_true", help="it may be told this evening, and no other")
    _one(whats, "preview", "facing", "exactly the sentences that will be spoken", "preview")
    _one(whats, "withdraw", "facing", "that story is not told", "withdraw")
    quiet = _one(whats, "quiet", "facing", "seven gentle nights, after a nightmare", "quiet")
    quiet.add_argument("--end", action="store_true", help="nights are as usual again")


def _one(
    commands: Any, name: str, module: str, says: str, does: str, *, whose: bool = True
) -> argparse.ArgumentParser:
    said = "for whom (nobody in particular)" if whose else ""
    return command(commands, name, says, f"lullaby.cli.enough.{module}", does, whose=said)
