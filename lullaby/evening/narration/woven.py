"""A story woven tonight for somebody: by what their file says of them, or for nobody in particular."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from lullaby.errors import WrittenWrongly
from lullaby.evening.narration.pacing import Pacing
from lullaby.people.listeners import find_person
from lullaby.score.front_matter import front_matter_of
from lullaby.story.text import Text
from lullaby.story.weaving import Wishes, wishes_of, woven
from lullaby.story.weaving.wishes import LONGEST, SHORTEST, WORDS_A_MINUTE
from lullaby.time import PAGE, RATE

USUAL_MINUTES = 8.0


@dataclass(frozen=True)
class Woven:
    """A woven story: its name, as Markdown, and ready to be told."""

    name: str
    markdown: str
    text: Text


def words_in_minutes(minutes: float) -> int:
    """Words that are told in so many minutes: at first more of them, towards sleep fewer."""
    pacing, steps = Pacing(0), round(minutes * 6)
    return round(sum(pacing.words_per_minute(step * 10 * RATE) for step in range(steps)) * 10 * RATE / PAGE)


def woven_story(
    listener: str | None,
    day: datetime.date,
    minutes: float = USUAL_MINUTES,
    series: str | None = None,
    seed: int = 0,
) -> Woven:
    """The story of this date. Asked for again it is the same; on another date the series goes on."""
    from lullaby.story.markdown import markdown_told  # a library, and most nights tell nothing

    Wishes(minutes=minutes)  # what cannot be asked for is said in the minutes that were asked for
    written = words_in_minutes(minutes) / WORDS_A_MINUTE
    written = min(LONGEST, max(SHORTEST, written))
    if listener is None:
        wishes = Wishes(minutes=written, seed=seed)
    else:
        wishes = replace(wishes_of(find_person(listener), day, written), seed=seed)
    if series is not None:
        wishes = replace(wishes, series=f"{wishes.series}/{series}")
    markdown = woven(wishes, day)
    mistakes: list[WrittenWrongly] = []
    front, said = front_matter_of(markdown, "a woven story", mistakes)
    if mistakes:
        raise mistakes[0]
    name = f"woven-{day.isoformat()}" + (f"-{series}" if series else "")
    return Woven(name, markdown, markdown_told(said, front, name))
