"""What is known of a story, a ritual or a tune: facts, with every mistake noted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.evening.facts.rituals import facts_of_checked_ritual
from lullaby.evening.facts.stories import minutes_of
from lullaby.evening.facts.tunes import facts_of_tune
from lullaby.score.stories import note_wrong
from lullaby.story.heteronyms import heteronyms_in
from lullaby.story.reading import note_text

Facts = dict[str, Any]
Mistakes = list[WrittenWrongly]


def facts_of_story(path: Path, mistakes: Mistakes) -> Facts:
    if path.suffix.lower() in (".md", ".markdown"):
        note_wrong(path, mistakes)
    text = None if mistakes else note_text(path, mistakes)
    if text is None:
        return {}
    return {
        "title": text.title,
        "author": text.author or None,
        "lang": text.lang,
        "telling": "bedtime" if text.bedtime else "daytime",
        "parts": [part.heading for part in text.parts],
        "words": text.words,
        "minutes": minutes_of(text.words),
        "left_out": list(text.notes),
        "misread": [
            {
                "word": found.word,
                "around": found.around,
                "place": found.source or None,
                "part": found.part or None,
                "say": dict(found.readings),
            }
            for found in heteronyms_in(text)
        ],
    }


FORMS: dict[str, Callable[[Path, Mistakes], Facts]] = {
    "story": facts_of_story,
    "ritual": facts_of_checked_ritual,
    "tune": facts_of_tune,
}
"""By what a file is: how its facts are found and its mistakes noted."""
