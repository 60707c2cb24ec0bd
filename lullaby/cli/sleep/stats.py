"""`lullaby sleep stats`: real nights in the figures that simulated ones are given in."""

from __future__ import annotations

import argparse
from typing import Any

from lullaby.cli.sleep.hypnograms import add_file, nights_in
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain

NAMES = {
    "latency_min": "falling asleep, min",
    "total_min": "asleep, min",
    "efficiency": "of the time in bed, %",
    "wake_min": "awake after that, min",
    "n1": "N1, % of sleep",
    "n2": "N2, %",
    "n3": "N3, %",
    "rem": "REM, %",
    "rem_latency_min": "until REM, min",
    "awakenings": "awakenings",
    "shifts_per_hour": "changes of stage an hour",
}


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "stats", help="figures of real nights, as simulate gives them", allow_abbrev=False
    )
    add_file(parser, many=True)
    parser.add_argument("--json", action="store_true", help="the same for programs, and of every night")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.night is not None and len(asked.files) > 1:
        raise AskedWrongly("--night chooses inside one file, and these are several.")
    nights = [(path, *one) for path in asked.files for one in nights_in(path, asked.night)]

    if asked.json:
        from lullaby.evening.facts.sleep import facts_of_real_nights

        bedside.facts(facts_of_real_nights(nights))
        return 0
    from lullaby.sleep.real_nights import statistics

    found = statistics([night for _, _, night in nights])
    fours = sum(night.four_class for _, _, night in nights)
    counted = "one night" if len(nights) == 1 else f"{len(nights)} nights"
    bedside.say(f"{plain(', '.join(asked.files[:3]))}{', …' if len(asked.files) > 3 else ''}: {counted}")
    for name, words in NAMES.items():
        mean, sd = found["mean"][name], found["sd"][name]
        if mean is not None:
            bedside.say(f"    {words:<26}{mean:7.1f}" + (f"  ± {sd:.1f}" if sd is not None else ""))
    for name, values in found["by_cycle"].items():
        if values:
            shown = "  ".join(f"{value:.0f}" for value in values)
            bedside.say(f"    {name.upper() + ' in each cycle, min':<26}{shown:>7}")
    if fours:
        which = "These tell" if fours == len(nights) else f"{fours} of these tell"
        bedside.say(f"    {which} four classes: their light sleep is counted as N2.")
    return 0
