"""`lullaby feed`: a folder of kept nights as a podcast of one's own."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.terminal.bedside import Bedside
from lullaby.score.plain_text import plain


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "feed", help="a folder of kept nights as a podcast of your own", allow_abbrev=False
    )
    parser.add_argument("folder", metavar="FOLDER", help="where the nights are")
    parser.add_argument(
        "--url",
        required=True,
        metavar="URL",
        help="where the folder will be found: https://example.org/nights/",
    )
    parser.add_argument("-o", dest="file", metavar="FILE", help="where the feed goes (FOLDER/feed.xml)")
    parser.add_argument("--title", default="Nights", metavar="T", help="what the podcast is called (Nights)")
    parser.add_argument("--author", default="", metavar="A", help="whose it is")
    parser.add_argument("--language", default="en", metavar="L", help="of its titles (en)")
    parser.add_argument(
        "--with",
        dest="also",
        action="append",
        default=[],
        metavar="FILE",
        help="also this night that was made for a listener; * stands for anything; again for more",
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.export.feed import feed
    from lullaby.export.rss import Channel

    fed = feed(
        asked.folder, Channel(asked.url, asked.title, asked.author, asked.language), asked.file, asked.also
    )
    if asked.json:
        from lullaby.evening.facts.feed import facts_of_feed

        bedside.facts(facts_of_feed(fed))
        return 0
    for line in fed.left_out:
        bedside.note(line)
    count = len(fed.nights)
    bedside.say(plain(f"{fed.path}: {count} night{'s' if count > 1 else ''}."))
    return 0
