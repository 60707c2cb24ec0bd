"""What is known of a story, a ritual or a tune: facts, with every mistake noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.rituals import NEEDS, note_ritual
from lullaby.score.stories import note_story
from lullaby.score.tunes import note_tune
from lullaby.time import clock
from lullaby.voices.teller import TELLER

Facts = dict[str, Any]
Mistakes = list[WrittenWrongly]


def facts_of_story(path: Path, mistakes: Mistakes) -> Facts:
    story, pace = note_story(path, mistakes), TELLER.named("pace")
    if mistakes or story is None or pace is None:
        return {}
    minutes = story.words / float(pace.default)  # type: ignore[arg-type]
    return {"title": story.title, "words": story.words, "minutes": round(minutes, 1)}


def facts_of_ritual(path: Path, mistakes: Mistakes) -> Facts:
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


def facts_of_tune(path: Path, mistakes: Mistakes) -> Facts:
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


FORMS: dict[str, Callable[[Path, Mistakes], Facts]] = {
    "story": facts_of_story,
    "ritual": facts_of_ritual,
    "tune": facts_of_tune,
}
"""By what a file is: how its facts are found and its mistakes noted."""
