"""Facts about a journal: nights, dreams and mornings, as they are kept."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path
from typing import Any

from lullaby.journal.diary import ROWS, mean_of
from lullaby.journal.dreams import KeptDream, dreams_in
from lullaby.journal.mornings import Morning, mornings_in
from lullaby.journal.nights import NightPlayed, nights_in

NOTHING: dict[str, list[dict[str, Any]]] = {"nights": [], "dreams": [], "mornings": []}
"""A journal in which nothing is written."""


def facts_of_exported(path: Path, facts: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"file": str(path), **{what: len(rows) for what, rows in facts.items()}}


def facts_of_erased(entries: int) -> dict[str, Any]:
    return {"erased": entries}


def facts_of_keeping(days: int | None) -> dict[str, Any]:
    """Null: always."""
    return {"days": days}


def facts_of_journal(db: sqlite3.Connection) -> dict[str, list[dict[str, Any]]]:
    """All of it."""
    return {
        "nights": [facts_of_night(night) for night in nights_in(db)],
        "dreams": [facts_of_dream(dream) for dream in dreams_in(db)],
        "mornings": [facts_of_morning(morning) for morning in mornings_in(db)],
    }


def facts_of_night(night: NightPlayed, engine: str | None = None) -> dict[str, Any]:
    """`engine`: the one that is here, where it was asked; whether it gives the same night is told then."""
    facts: dict[str, Any] = {
        "number": night.number,
        "evening": night.evening.isoformat(),
        "begun": night.begun.isoformat(timespec="seconds"),
        "ended": night.ended and night.ended.isoformat(timespec="seconds"),
        "seconds": round(night.seconds, 1),
        "title": night.title,
        "asked": list(night.asked),
        "seed": night.seed,
        "date": night.date and night.date.isoformat(),
        "fingerprint": night.fingerprint,
        "engine": night.engine,
        "log": night.log or None,
        "mood": night.mood or None,
        "ritual": night.ritual or None,
        "without": night.without,
    }
    return facts if engine is None else {**facts, "same_engine": engine == night.engine}


def facts_of_dream(dream: KeptDream) -> dict[str, Any]:
    return {
        "number": dream.number,
        "date": dream.date.isoformat(),
        "text": dream.text,
        "shared": dream.consent,
    }


def facts_of_morning(morning: Morning) -> dict[str, Any]:
    """What was answered, and what follows from it; null where it was not."""

    def time(moment: datetime.datetime | None) -> str | None:
        return None if moment is None else moment.isoformat(timespec="minutes")

    return {
        "evening": morning.evening.isoformat(),
        "in_bed": time(morning.in_bed),
        "lights_out": time(morning.lights_out),
        "latency_min": morning.latency_min,
        "awakenings": morning.awakenings,
        "awake_min": morning.awake_min,
        "woke": time(morning.woke),
        "got_up": time(morning.got_up),
        "rested": morning.rested,
        "mood": morning.mood,
        "nightmare": morning.nightmare,
        "time_in_bed_min": morning.in_bed_min,
        "asleep_min": morning.asleep_min,
        "efficiency": None if morning.efficiency is None else round(morning.efficiency, 1),
    }


def facts_of_week(days: list[Any], mornings: list[Morning]) -> dict[str, Any]:
    """The mornings of these evenings, and the mean of each number over those that have it."""
    means = {row.name: mean_of(row, mornings) for row in ROWS}
    return {
        "from": days[0].isoformat(),
        "to": days[-1].isoformat(),
        "mornings": [facts_of_morning(morning) for morning in mornings],
        "means": {
            name: {"mean": round(found[0], 1), "nights": found[1]}
            for name, found in means.items()
            if found is not None
        },
    }
