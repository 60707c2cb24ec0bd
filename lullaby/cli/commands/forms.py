"""The findings of `lullaby check` in stories, rituals and tunes: facts for programs, a sentence for
people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.time import RATE, clock

Facts = dict[str, Any]
Mistakes = list[WrittenWrongly]


def _story(path: Path, mistakes: Mistakes) -> Facts:
    from lullaby.score.stories import note_story
    from lullaby.voices.teller import TELLER

    story, pace = note_story(path, mistakes), TELLER.named("pace")
    if mistakes or story is None or pace is None:
        return {}
    minutes = story.words / float(pace.default)  # type: ignore[arg-type]
    return {"title": story.title, "words": story.words, "minutes": round(minutes, 1)}


def _ritual(path: Path, mistakes: Mistakes) -> Facts:
    from lullaby.score.rituals import NEEDS, note_ritual

    ritual = note_ritual(path, mistakes)
    if mistakes or ritual is None:
        return {}
    return {
        "title": ritual.title,
        "at": ritual.at and ritual.at.isoformat(),
        "nights": list(ritual.nights),
        "ends": ritual.ends and ritual.ends.isoformat(),
        "steps": [
            {
                "do": step.do.value,
                **({NEEDS[step.do]: step.name} if step.do in NEEDS else {}),
                **({"for": clock(step.lasts)} if step.lasts else {}),
            }
            for step in ritual.steps
        ],
    }


def _tune(path: Path, mistakes: Mistakes) -> Facts:
    from lullaby.score.tunes import note_tune

    tune = note_tune(path, mistakes)
    if mistakes or tune is None:
        return {}
    return {
        "title": tune.title,
        "tempo": tune.tempo,
        "notes": sum(note.pitch is not None for note in tune.notes),
        "beats": tune.beats,
        "seconds": round(tune.seconds, 1),
    }


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


FORMS: dict[str, tuple[Callable[[Path, Mistakes], Facts], Callable[[Facts], str]]] = {
    "story": (_story, _story_said),
    "ritual": (_ritual, _ritual_said),
    "tune": (_tune, _tune_said),
}
"""Three functions for each form of file: one finds its facts, notes its mistakes, and one puts the facts into
words."""
