"""A story woven tonight for somebody: by what their file says of them, or for nobody in particular."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from lullaby.errors import WrittenWrongly
from lullaby.people.listeners import find_person
from lullaby.score.front_matter import front_matter_of
from lullaby.story.markdown import markdown_told
from lullaby.story.text import Text
from lullaby.story.weaving import Wishes, wishes_of, woven

USUAL_MINUTES = 8.0


@dataclass(frozen=True)
class Woven:
    """A woven story: its name, as Markdown, and ready to be told."""

    name: str
    markdown: str
    text: Text


def woven_story(
    listener: str | None,
    day: datetime.date,
    minutes: float = USUAL_MINUTES,
    series: str | None = None,
    seed: int = 0,
) -> Woven:
    """The story of this date. Asked for again it is the same; on another date the series goes on."""
    if listener is None:
        wishes = Wishes(minutes=minutes, seed=seed)
    else:
        wishes = replace(wishes_of(find_person(listener), day, minutes), seed=seed)
    if series is not None:
        wishes = replace(wishes, series=f"{wishes.series}/{series}")
    markdown = woven(wishes, day)
    mistakes: list[WrittenWrongly] = []
    front, said = front_matter_of(markdown, "a woven story", mistakes)
    if mistakes:
        raise mistakes[0]
    name = f"woven-{day.isoformat()}" + (f"-{series}" if series else "")
    return Woven(name, markdown, markdown_told(said, front, name))
