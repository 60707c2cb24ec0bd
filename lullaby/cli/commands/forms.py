"""The findings of `lullaby check` in stories, rituals and tunes, in a sentence for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lullaby.time import RATE, clock

Facts = dict[str, Any]


def _story_said(facts: Facts) -> str:
    minutes = max(1, round(facts["minutes"]))
    duration = "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"a story of {facts['words']} words, about {duration} as it is told."


def _ritual_said(facts: Facts) -> str:
    every = len(facts["nights"]) == 7
    when = [
        "every night" if every else "on " + ", ".join(facts["nights"]),
        *([f"at {_of_day(facts['at'])}"] if facts["at"] else []),
    ]
    steps = ", ".join(
        " ".join([s["do"], s.get("night") or s.get("story") or ""]).strip() for s in facts["steps"]
    )
    ends = f"; it ends by {_of_day(facts['ends'])}" if facts["ends"] else ""
    return f"a ritual, {' '.join(when)}: {steps}{ends}."


def _of_day(time: str) -> str:
    return time.removesuffix(":00")


def _tune_said(facts: Facts) -> str:
    notes = "one note" if facts["notes"] == 1 else f"{facts['notes']} notes"
    return f"a tune of {notes}, {clock(round(facts['seconds'] * RATE))} at {facts['tempo']:g} beats a minute."


FORMS: dict[str, Callable[[Facts], str]] = {
    "story": _story_said,
    "ritual": _ritual_said,
    "tune": _tune_said,
}
"""The function that puts the facts of a file into words, by what the file is."""
