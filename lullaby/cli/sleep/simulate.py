"""`lullaby sleep simulate`: simulated nights of a described sleeper, and their statistics."""

from __future__ import annotations

import argparse
import datetime
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lullaby import places
from lullaby.cli.sleep.picture import HELP, draw
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.sleep.norms import Stages
    from lullaby.sleep.sleeper import Sleeper

MOST = 20_000
"""Nights at a time: all of them are held in memory."""

SEXES = ("female", "male", "unspecified")

_TOLD = (
    ("latency_min", "falling asleep", "min"),
    ("total_min", "asleep", "min"),
    ("efficiency", "of the time in bed", "%"),
    ("wake_min", "awake after that", "min"),
    ("n1", "N1", "% of sleep"),
    ("n2", "N2", "%"),
    ("n3", "N3", "%"),
    ("rem", "REM", "%"),
    ("rem_latency_min", "until REM", "min"),
    ("awakenings", "awakenings", ""),
    ("shifts_per_hour", "changes of stage", "an hour"),
)


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "simulate",
        help="one night of a made-up sleeper, or a thousand",
        description="Nights of a made-up adult. Stages are simulated: nobody in particular sleeps like this.",
        allow_abbrev=False,
    )
    add_sleeper(parser)
    parser.add_argument("--in-bed", type=_hours, default=460 / 60, metavar="07:40", help="hours and minutes")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="other nights of the same sleeper")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="of the first night (today)")
    parser.add_argument("--nights", type=int, default=1, metavar="N", help="so many, on following dates (1)")
    parser.add_argument("--model", metavar="FILE", help="other coefficients, as JSON")
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.add_argument(
        "--csv", metavar="FILE", help="every run of every night: night,start_s,stop_s,stage; - prints them"
    )
    parser.add_argument("--picture", metavar="FILE", help=f"of the first night: {HELP}")
    parser.set_defaults(run=run)


def add_sleeper(parser: argparse.ArgumentParser) -> None:
    """Who sleeps, and after what kind of day."""
    parser.add_argument("--age", type=float, default=35.0, metavar="YEARS", help="from 18 on (35)")
    parser.add_argument("--sex", choices=SEXES, default="unspecified", help="(unspecified)")
    parser.add_argument("--bedtime", type=_hours, default=23.0, metavar="23:00", help="at lights-out")
    parser.add_argument("--hours-awake", type=float, default=16.0, metavar="H", help="before that (16)")
    parser.add_argument("--debt", type=float, default=0.0, metavar="H", help="hours of sleep missing (0)")
    parser.add_argument("--insomnia", type=float, default=0.0, metavar="0…0.8", help="0 sleeps well (0)")
    parser.add_argument(
        "--chronotype", type=float, default=0.0, metavar="H", help="hours this body's clock runs late (0)"
    )


def sleeper_of(asked: argparse.Namespace) -> Sleeper:
    from lullaby.people.traits import Sex
    from lullaby.sleep.sleeper import Sleeper

    return Sleeper(
        age=asked.age,
        sex=Sex(asked.sex),
        bedtime=asked.bedtime,
        hours_awake=asked.hours_awake,
        debt_h=asked.debt,
        hyper=asked.insomnia,
        chronotype=asked.chronotype,
        in_bed_min=round(asked.in_bed * 60, 6),
    )


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if not 1 <= asked.nights <= MOST:
        raise AskedWrongly(f"--nights is a whole number from 1 to {MOST}.")
    if not 0 <= asked.seed <= 10**15:
        raise AskedWrongly("--seed is a whole number from 0 to 1000000000000000.")
    if asked.picture is not None and Path(asked.picture).suffix.lower() not in (".png", ".svg"):
        raise AskedWrongly(f"{plain(asked.picture)}: a picture's name ends in .png or .svg.")
    _check_csv(asked)
    day = asked.date or bedside.clock.now().date()
    if day > datetime.date.max - datetime.timedelta(days=MOST):
        raise AskedWrongly(f"--date {day}: the calendar ends too soon after it.")

    from lullaby.evening.facts.sleep import facts_of_simulated
    from lullaby.sleep.coefficients import read_coefficients, shipped
    from lullaby.sleep.course import Course
    from lullaby.sleep.simulate import simulate

    sleeper = sleeper_of(asked)
    model = read_coefficients(Path(asked.model)) if asked.model else shipped()
    stages = simulate(sleeper, asked.seed, day, asked.nights, model)
    if asked.csv == "-":
        bedside.say(csv_text(stages).rstrip("\n"))
    elif asked.csv:
        _write(asked.csv, csv_text(stages))
    if asked.picture:
        course = Course.from_epochs(stages[0].tolist())
        draw(course, Path(asked.picture), f"A simulated night, {day}", "simulated")
    if asked.csv == "-":
        return 0
    facts = facts_of_simulated(stages)
    if asked.json:
        bedside.facts(facts)
    else:
        _say(facts, bedside)
        for path in filter(None, (asked.csv, asked.picture)):
            bedside.say(plain(path))
    return 0


def csv_text(stages: Stages) -> str:
    """Every run, nights numbered from 1."""
    from lullaby.sleep.norms import runs
    from lullaby.sleep.stages import EPOCH_S, Stage

    found = runs(stages)
    labels = [stage.label for stage in Stage]
    columns = (found.night + 1, found.start * EPOCH_S, found.stop * EPOCH_S, found.stage)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    lines = [f"{night},{start},{stop},{labels[stage]}" for night, start, stop, stage in rows]
    return "\n".join(["night,start_s,stop_s,stage", *lines, ""])


def _check_csv(asked: argparse.Namespace) -> None:
    if asked.csv == "":
        raise AskedWrongly("--csv names no file.\n    --csv nights.csv keeps the table, --csv - prints it.")
    if asked.csv == "-":
        if asked.json:
            raise AskedWrongly("--csv - and --json both want to be printed: leave one of them out.")
        return
    if asked.csv and Path(asked.csv).exists() and not Path(asked.csv).is_file():
        what = "a folder" if Path(asked.csv).is_dir() else "no ordinary file"
        raise AskedWrongly(f"{plain(asked.csv)}: this is {what}.\n    --csv - prints the table.")


def _write(name: str, text: str) -> None:
    """The whole table in the place of one that was there; whoever linked to it keeps the link."""
    try:
        places.put(Path(os.path.realpath(name)), text.encode(), 0o600)
    except (OSError, ValueError) as error:
        why = places.why_not(error) if isinstance(error, OSError) else "this is not a path."
        raise CouldNot(f"{plain(name)}: {why}") from None


def _say(facts: dict[str, Any], bedside: Bedside) -> None:
    nights = facts["nights"]
    bedside.say("One simulated night:" if nights == 1 else f"{nights} simulated nights, mean and spread:")
    for name, words, unit in _TOLD:
        mean, sd = facts["mean"][name], facts["sd"][name]
        if mean is None:
            bedside.say(f"    {words:<20}   none")
        else:
            spread = "" if sd is None else f" ± {sd:.1f}"
            bedside.say(f"    {words:<20}{mean:7.1f}{spread} {unit}".rstrip())
    for name, minutes in facts["by_cycle"].items():
        if minutes:
            words = f"{name.upper()} in each cycle"
            bedside.say(f"    {words:<20}{', '.join(f'{m:.0f}' for m in minutes):>7} min")


def _hours(text: str) -> float:
    """Hours of "23:30" or "7.5"."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text.strip(), re.ASCII)
    if match:
        return int(match[1]) + int(match[2]) / 60
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a time like 07:40') from None


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date like 2026-11-30') from None
