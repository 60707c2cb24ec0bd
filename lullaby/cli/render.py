"""`lullaby render`: a night kept as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lullaby.cli.bedside import Bedside
from lullaby.cli.nights import add_night, night_of
from lullaby.errors import AskedWrongly
from lullaby.time import RATE, Span, clock, frames


def add(commands: Any) -> None:
    parser = commands.add_parser("render", help="keep a night as a file (.flac, .wav)", allow_abbrev=False)
    add_night(parser)
    parser.add_argument("-o", dest="file", metavar="FILE", help="where (TITLE DATE.flac in this folder)")
    parser.add_argument("--from", dest="start", metavar="T", help="from 00:10:00, or so many seconds, on")
    parser.add_argument("--to", dest="stop", metavar="T", help="up to here")
    parser.add_argument("--bits", type=int, choices=(16, 24), default=16, help="of a sample (16)")
    parser.add_argument("--json", action="store_true", help="facts about the file, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    start = _moment("--from", asked.start)
    stop = _moment("--to", asked.stop)
    if start is not None and stop is not None and stop <= start:
        raise AskedWrongly(f"--from {asked.start} is not before --to {asked.stop}.")

    from lullaby.export import export, format_of

    if asked.file:
        format_of(Path(asked.file))  # a wrong ending is said at once, not after a first listening
    night = night_of(asked, bedside)
    first = start or 0
    if first >= night.length:
        raise AskedWrongly(
            f"--from {asked.start} is outside the night: it lasts until {clock(night.length)}."
        )
    span = Span(first, night.length if stop is None else stop)
    path = Path(asked.file) if asked.file else Path(file_name(f"{night.score.title} {night.date}") + ".flac")
    with bedside.working(f"Rendering {night.score.title}") as progress:
        export(night, path, span=span, bits=asked.bits, progress=progress)
    kept = span & night.span
    facts = {
        "file": str(path),
        "bytes": path.stat().st_size,
        "title": night.score.title,
        "date": str(night.date),
        "seed": night.seed,
        "fingerprint": night.fingerprint,
        "from": clock(kept.start),
        "to": clock(kept.stop),
        "frames": len(kept),
        "seconds": kept.seconds,
        "rate": RATE,
        "bits": asked.bits,
    }
    if asked.json:
        bedside.facts(facts)
    else:
        bedside.say(
            f"{path}: {clock(len(kept))}, {_size(facts['bytes'])}, seed {night.seed}, {night.fingerprint}"
        )
    return 0


def _moment(option: str, text: str | None) -> int | None:
    """Frames of "00:10:00", "10:00" or a number of seconds."""
    if text is None:
        return None
    try:
        at = frames(text if ":" in text else float(text))
    except (ValueError, OverflowError):
        at = -1
    if at < 0:
        raise AskedWrongly(f'{option} "{text}" is not a time like 00:10:00, 10:00 or 600 (seconds).')
    return at


def file_name(title: str) -> str:
    """The title as a name that any system can hold."""
    plain = "".join(c if c.isprintable() and c not in '/\\:*?"<>|' else " " for c in title)
    words = " ".join(plain.split()).lstrip(".")
    while len(words.encode()) > 200:
        words = words[:-1]
    return words or "night"


def _size(count: Any) -> str:
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.2f} GB"
