"""`lullaby sleep read`: what a hypnogram says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lullaby.cli.sleep.hypnograms import add_file, nights_in, titled
from lullaby.cli.sleep.picture import HELP, draw
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.sleep.hypnograms import Hypnogram


def add(commands: Any) -> None:
    parser = commands.add_parser("read", help="what a hypnogram says", allow_abbrev=False)
    add_file(parser)
    parser.add_argument("--picture", metavar="FILE", help=HELP)
    parser.add_argument(
        "--for",
        dest="listener",
        metavar="NAME",
        help="these are NAME's nights: learn from them how long falling asleep takes NAME",
    )
    parser.add_argument("--json", action="store_true", help="the same for programs, with every run")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    nights = nights_in(asked.file, asked.night)
    if asked.picture is not None:
        _draw(nights, Path(asked.picture))
    if asked.listener is not None:
        from lullaby.evening.learned import learn_from_nights, says

        bedside.note(says(learn_from_nights(asked.listener, [night for _, night in nights])))
    if asked.json:
        from lullaby.evening.facts.sleep import facts_of_hypnogram

        bedside.facts([facts_of_hypnogram(number, night) for number, night in nights])
        return 0
    counted = "one night" if len(nights) == 1 else f"{len(nights)} nights"
    bedside.say(f"{plain(asked.file)}: {nights[0][1].source}, {counted}.")
    for number, night in nights:
        for line in _lines(number, night):
            bedside.say(plain(line))
    if asked.picture:
        bedside.say(plain(asked.picture))
    return 0


def _lines(number: int, night: Hypnogram) -> list[str]:
    from lullaby.sleep import Stage
    from lullaby.sleep.hypnograms.record import minutes

    shown = ", ".join(
        f"{'light' if night.four_class and stage is Stage.N2 else stage.label} {minutes(frames):.0f}"
        for stage in Stage
        if (frames := night.frames(stage))
    )
    lines = [f"{titled(number, night)}: {minutes(night.stop):.0f} min; {shown} min"]
    if night.gaps:
        lines.append(f"    {minutes(night.gaps):.1f} min that nobody scored are left as gaps")
    return [*lines, *(f"    {remark}" for remark in night.remarks)]


def _draw(nights: list[tuple[int, Hypnogram]], path: Path) -> None:
    from lullaby.sleep.hypnograms import course_of

    if len(nights) != 1:
        raise AskedWrongly(f"A picture shows one night, and there are {len(nights)}: --night says which.")
    number, night = nights[0]
    draw(course_of(night), path, titled(number, night), night.source, four_class=night.four_class)
