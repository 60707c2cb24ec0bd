"""Facts about stories: what there is to be told, how long, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.people.bookmarks import Bookmark, bookmarks_of
from lullaby.score.stories import Story, note_story, story_files
from lullaby.voices.teller import TELLER


@dataclass(frozen=True)
class Stories:
    """Every story that can be read, and what is wrong with the files of the others."""

    found: tuple[Story, ...]
    wrong: tuple[WrittenWrongly, ...]


def all_stories() -> Stories:
    found: list[Story] = []
    wrong: list[WrittenWrongly] = []
    for path in story_files(Path()).values():
        mistakes: list[WrittenWrongly] = []
        story = note_story(path, mistakes)
        if story is not None and not mistakes:
            found.append(story)
        wrong += mistakes[:1]
    return Stories(tuple(found), tuple(wrong))


def facts_of_told_stories(stories: Iterable[Story], listener: str | None) -> list[dict[str, Any]]:
    """`listener`: whose bookmarks say where a story stopped."""
    marks = bookmarks_of(listener)
    return [_facts(story, marks.get(story.name)) for story in stories]


def _facts(story: Story, mark: Bookmark | None) -> dict[str, Any]:
    front = story.front
    return {
        "name": story.name,
        "title": story.title,
        "telling": front.telling,
        "kind": front.kind,
        "world": front.world or None,
        "age": front.age or None,
        "mood": front.mood or None,
        "content": list(front.content),
        "lang": front.lang or "en",
        "words": story.words,
        "minutes": minutes_of(story.words),
        "cast": [figure.name for figure in front.cast.values()],
        "stopped": None if mark is None else round(mark.sentence / mark.sentences, 2),
        "file": str(story.path),
    }


def minutes_of(words: int) -> float:
    """About how long so many words take at a teller's usual pace."""
    pace = TELLER.named("pace")
    assert pace is not None
    return round(words / float(pace.default), 1)  # type: ignore[arg-type]
