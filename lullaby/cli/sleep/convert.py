"""`lullaby sleep convert`: a hypnogram as another kind of file, by the ending of its name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lullaby.cli.sleep.hypnograms import add_file, nights_in
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "convert", help="a hypnogram as CSV, BIDS tsv, EDF+ or a course", allow_abbrev=False
    )
    add_file(parser)
    parser.add_argument(
        "-o",
        dest="target",
        metavar="FILE2",
        required=True,
        help="by its ending: .csv (any number of nights), .tsv (BIDS), .edf, or .json (our course)",
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    source, target = Path(asked.file), Path(asked.target)
    nights = nights_in(asked.file, asked.night)
    if target.exists() and source.exists() and target.samefile(source):
        raise AskedWrongly(f"{plain(asked.target)} is what is being read: give it another name.")

    from lullaby.sleep.hypnograms import write_hypnograms

    for path in write_hypnograms([night for _, night in nights], target):
        bedside.say(plain(str(path)))
    for remark in dict.fromkeys(remark for _, night in nights for remark in night.remarks):
        bedside.note(plain(remark))
    return 0
