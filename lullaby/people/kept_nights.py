"""The nights that a listener's time to fall asleep is learned from: a private file, a line a night.

{"date": "2026-11-26", "source": "keys", "awake_min": 42.5}
{"date": "2026-11-27", "source": "file", "stages": "0001222…", "lights_out": true, "all_stages": true}
"""

from __future__ import annotations

import datetime
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.people.private import locked, put
from lullaby.score.plain_text import plain
from lullaby.score.source import text_at

MOST = 1_000
"""Nights that are kept; older ones count next to nothing."""
_LONGEST = 2_880
"""Half minutes of a night, which are of a day."""
_STAGES = ".01234"
"""A half minute that nobody scored, and the stages by their numbers."""


@dataclass(frozen=True)
class KeptNight:
    """What is kept of one night."""

    date: datetime.date
    source: str
    """ "keys" or "file": of each source one night is kept for a date."""
    awake_min: float | None = None
    """Minutes after which a key said that the listener was awake still."""
    stages: tuple[int, ...] = ()
    """A stage for every half minute, -1 where nobody scored."""
    lights_out: bool = True
    """Does it begin at lights-out?"""
    all_stages: bool = True


def nights_file(person_file: Path) -> Path:
    return person_file.with_suffix(".nights")


def nights_of(person_file: Path) -> list[KeptNight]:
    """The nights that are kept of this listener, oldest first; a WrittenWrongly says which line is none."""
    path = nights_file(person_file)
    if not os.path.lexists(path):
        return []
    where = plain(str(path))
    lines = text_at(where, path).splitlines()
    return [_night(line, f"{where}, line {number}") for number, line in enumerate(lines, 1)]


def keep_nights(person_file: Path, nights: Sequence[KeptNight]) -> list[KeptNight]:
    """Keeps these nights, in the place of those of the same date and source; gives all there are then."""
    with locked(person_file.parent):
        found = {(night.date, night.source): night for night in [*nights_of(person_file), *nights]}
        kept = [found[key] for key in sorted(found)]
        text, kept = _fitting(kept)
        put(nights_file(person_file), text)
    return kept


def _fitting(nights: list[KeptNight]) -> tuple[str, list[KeptNight]]:
    """As many of the newest as a file may hold that can be read again."""
    from lullaby.score.source import LARGEST

    nights = nights[-MOST:]
    lines = [_line(night) for night in nights]
    while len(lines) > 1 and sum(map(len, lines)) > LARGEST:
        del lines[0], nights[0]
    return "".join(lines), nights


def _line(night: KeptNight) -> str:
    row: dict[str, Any] = {"date": night.date.isoformat(), "source": night.source}
    if night.awake_min is not None:
        row["awake_min"] = round(night.awake_min, 2)
    if night.stages:
        row["stages"] = "".join(_STAGES[stage + 1] for stage in night.stages)
        row |= {"lights_out": night.lights_out, "all_stages": night.all_stages}
    return json.dumps(row) + "\n"


def _night(line: str, place: str) -> KeptNight:
    try:
        row = json.loads(line)
        stages = tuple(_STAGES.index(letter) - 1 for letter in row.get("stages", ""))
        awake = row.get("awake_min")
        if awake is not None:
            awake = float(awake)
            if not (math.isfinite(awake) and 0 <= awake <= 1440):
                raise ValueError
        if len(stages) > _LONGEST or (awake is None and not stages):
            raise ValueError
        return KeptNight(
            datetime.date.fromisoformat(row["date"]),
            str(row["source"]),
            awake,
            stages,
            bool(row.get("lights_out", True)),
            bool(row.get("all_stages", True)),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise WrittenWrongly(
            place, "this is no night that lullaby kept.", "Delete this line; the others count."
        ) from None
