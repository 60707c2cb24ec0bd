"""`lullaby circle`: friends who take turns to tell and to play. Only parsers stand here; what is done is in
the modules beside, and imported when it is done."""

from __future__ import annotations

import argparse
import math
from typing import Any, NoReturn

from lullaby.cli.commands.play import add_playing
from lullaby.cli.options.commands import command
from lullaby.cli.options.listener import add_device, add_for
from lullaby.cli.options.moments import add_cut
from lullaby.cli.options.nights import add_night, date_of
from lullaby.cli.playing.waking import add_waking
from lullaby.errors import AskedWrongly, choices

WORDS = "friends who take turns to tell and to play"


def add(commands: Any) -> None:
    parser = commands.add_parser("circle", help=WORDS, description=WORDS, allow_abbrev=False)
    # the sub-commands' class is this parser's own, so that complaints stay ours
    subcommands = parser.add_subparsers(metavar="WHAT", parser_class=type(parser), title="what to do")
    _members(subcommands)
    _evenings(subcommands)
    _packs(subcommands)
    _lines(commands)

    def nothing(*_: object) -> NoReturn:
        raise AskedWrongly(f"lullaby circle what?\n    {choices('', subcommands.choices, 'There are')}")

    parser.set_defaults(run=nothing)


def _members(commands: Any) -> None:
    new = _one(commands, "new", "members", "a new circle")
    new.add_argument("name", metavar="NAME", help="what it is called here: friends")
    _one(commands, "list", "members", "the circles there are", "all_circles")
    show = _one(commands, "show", "members", "who is in it, and how the turns stand")
    add = _one(commands, "add", "members", "somebody new")
    change = _one(commands, "change", "members", "something else of a member, or of the circle's serial")
    leave = _one(commands, "leave", "members", "a member goes, with every trace of them")
    remove = _one(commands, "remove", "members", "erase a whole circle")
    for parser in (add, change, leave):
        parser.add_argument(
            "member", metavar="MEMBER", nargs="?" if parser is change else None, help="what they are called"
        )
    for parser in (add, change):
        parser.add_argument("--teller", metavar="VOICE", help="the voice that speaks for them")
        parser.add_argument("--instrument", metavar="VOICE", help="the voice that they play")
        parser.add_argument(
            "--tune", action="append", metavar="NAME", help="a tune of theirs; again for more"
        )
        parser.add_argument("--seat", type=_seat, metavar="-1…1", help="from left to right (0)")
        parser.add_argument("--likes", action="append", metavar="STORY", help="a story; again for more")
        parser.add_argument("--listener", metavar="NAME", help="theirs on this machine, if they have one")
        parser.add_argument("--share", choices=("yes", "no"), help="may what is theirs go into a pack? (no)")
    change.add_argument(
        "--story", metavar="NAME", help="of the circle: the story that goes on; none: no more"
    )
    change.add_argument("--series", metavar="NAME", help="of the circle: a row of woven stories instead")
    change.add_argument("--anew", action="store_true", help="of the circle: its serial begins again")
    for parser in (leave, remove):
        parser.add_argument("--yes", action="store_true", help="for good")
    for parser in (show, add, change, leave, remove):
        _which(parser)


def _evenings(commands: Any) -> None:
    turn = _one(commands, "turn", "evenings", "whose turn it is tonight, and why")
    away = _one(commands, "away", "evenings", "a member is away for a while")
    away.add_argument("member", metavar="MEMBER")
    away.add_argument("--until", type=date_of, metavar="YYYY-MM-DD", help="their last evening away")
    away.add_argument("--back", action="store_true", help="they are there again")
    guest = _one(commands, "guest", "evenings", "somebody comes for an evening")
    guest.add_argument("name", metavar="NAME")
    guest.add_argument("--teller", metavar="VOICE", default="", help="the voice that speaks for them")
    guest.add_argument("--instrument", metavar="VOICE", default="", help="the voice that they play")
    guest.add_argument("--tells", action="store_true", help="they tell; the turn counts for nobody")
    guest.add_argument("--plays", action="store_true", help="they play; the turn counts for nobody")
    guest.add_argument("--not", dest="stays_out", action="store_true", help="they do not come after all")
    swap = _one(commands, "swap", "evenings", "two take each other's next turn; again: they do not")
    swap.add_argument("first", metavar="A")
    swap.add_argument("second", metavar="B")
    passing = _one(commands, "not-tonight", "evenings", "a member is there and takes no turn")
    passing.add_argument("member", metavar="MEMBER")
    for parser in (swap, passing):
        parser.add_argument("--role", choices=("tell", "play"), help="this turn alone")
    held = _one(commands, "held", "evenings", "the evening was held: the turns move on, once for a date")
    held.add_argument("--undo", action="store_true", help="the last one was not held after all")
    bring = _one(commands, "bring", "evenings", "what a member brings for their next turn")
    bring.add_argument("member", metavar="MEMBER")
    bring.add_argument("file", metavar="FILE", nargs="?", help="a text, a recording, or a tune (.abc)")
    bring.add_argument("--nothing", action="store_true", help="what they had brought goes, and every trace")
    for parser in (turn, away, guest, passing, held):
        parser.add_argument("--date", type=date_of, metavar="YYYY-MM-DD", help="the evening (today)")
    for parser in (turn, away, guest, swap, passing, held, bring):
        _which(parser)


def _packs(commands: Any) -> None:
    pack = _one(commands, "pack", "packing", "a night in one file, the same on every machine that opens it")
    add_night(pack)
    pack.add_argument("-o", dest="file", metavar="FILE.night", required=True, help="where")
    _at(pack)
    pack.add_argument(
        "--with-recordings",
        action="store_true",
        help="with recordings of your own: whoever is heard in them has agreed",
    )
    pack.set_defaults(to_share=True, packs_turns=True)
    opened = _one(
        commands, "open", "opening", "what is in a pack; or keep it as a sound file, or play it", "pack"
    )
    opened.add_argument("pack", metavar="FILE.night")
    opened.add_argument("--keep", metavar="FOLDER", help="keep what is in it, in a new folder")
    _opening(opened)


def _lines(commands: Any) -> None:
    """`lullaby share` and `lullaby open`, beside `lullaby circle`."""
    share = _one(commands, "share", "sharing", "a night as a line of text, for somebody else to open")
    add_night(share)
    _at(share)
    opened = _one(commands, "open", "opening", "a night that somebody shared: a line, or a pack", "shared")
    opened.add_argument("line", metavar="LINE", nargs="+", help="lullaby:1:…, or FILE.night")
    _opening(opened)


def _at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at",
        metavar="WHEN",
        help="when it begins: 22:30, or 2026-11-30T22:30 (the next quarter of an hour)",
    )


def _opening(parser: argparse.ArgumentParser) -> None:
    """What may become of a night that was opened."""
    parser.add_argument("--render", action="store_true", help="keep it as a sound file: -o says where")
    parser.add_argument("-o", dest="file", metavar="FILE", help="where: .m4b .opus .flac .mp3 .wav")
    parser.add_argument("--jobs", type=int, metavar="N", help="minutes made side by side (one a core)")
    parser.add_argument("--bits", type=int, choices=(16, 24), help="of a sample, in .flac and .wav (16)")
    parser.add_argument("--play", action="store_true", help="play it, at the instant at which it begins")
    parser.add_argument("--now", action="store_true", help="with --play: from its beginning, at once")
    add_for(parser)
    add_device(parser)
    add_cut(parser)
    add_playing(parser)
    add_waking(parser)


def _which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--circle", metavar="NAME", help="where there are several")


def _seat(text: str) -> float:
    try:
        seat = float(text)
    except ValueError:
        seat = math.nan
    if not -1 <= seat <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no seat from -1 (left) to 1 (right)")
    return seat


def _one(commands: Any, name: str, module: str, says: str, does: str = "") -> argparse.ArgumentParser:
    # what plays has a --json already
    return command(commands, name, says, f"lullaby.cli.circle.{module}", does, json=name != "open")
