"""Gentle evenings, and a story that faces a fear: what they change in a request."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from lullaby.errors import LullabyError
from lullaby.people.enough.book import looked, there_is
from lullaby.people.enough.evenings import Facing, facing_on, gentle_until
from lullaby.people.person import Person
from lullaby.score import Score
from lullaby.score.model import Telling

ROUGH_KINDS = ("thunder", "howl", "train", "fire", "heartbeat", "beats")
"""Kinds of voice that are left out on a gentle evening: what rolls, howls, cracks or beats."""
TENSE_WORDS = (
    "afraid", "alarm", "angry", "blood", "chased", "crash", "cried", "dead", "death", "died", "enemy", "fear",
    "fought", "ghost", "gun", "horror", "hunted", "knife", "killed", "lost", "monster", "murder", "nightmare",
    "panic", "scared", "scream", "shouted", "terror", "trapped", "war",
)  # fmt: skip
"""Words with which a story is not told on a gentle evening."""


@dataclass(frozen=True)
class TonightsWishes:
    """What was arranged for this evening."""

    gentle_until: datetime.date | None = None
    facing: Facing | None = None

    @property
    def gentle(self) -> bool:
        return self.gentle_until is not None


def wishes_on(listener: str | None, evening: datetime.date) -> TonightsWishes:
    if not there_is(listener):
        return TonightsWishes()
    with looked(listener) as db:
        if db is None:
            return TonightsWishes()
        return TonightsWishes(gentle_until(db, evening), facing_on(db, evening))


def gentler(person: Person, score: Score, is_for_bedtime: Callable[[Telling], bool]) -> Person:
    """The listener as they are on a gentle evening: they avoid more."""
    by_day = [t.story for telling in score.tellings for t in telling.in_turn if not is_for_bedtime(t)]
    avoid = person.avoid
    return replace(
        person,
        avoid=replace(
            avoid,
            kinds=tuple(dict.fromkeys((*avoid.kinds, *ROUGH_KINDS))),
            words=tuple(dict.fromkeys((*avoid.words, *TENSE_WORDS, *by_day))),
        ),
    )


def spoken_of(path: str) -> list[str]:
    """Exactly the sentences that are spoken where this text is told, in order, title and headings among
    them."""
    from lullaby.evening.narration.beats import beats_of
    from lullaby.story.reading import read_text

    return [beat.sentence.text for beat in beats_of(read_text(path))]


def forget_spoken_of(path: str) -> int:
    """Takes what was spoken of this text from the shelf; the number of sentences."""
    from lullaby.narrator.shelf import forget

    try:
        sentences = spoken_of(path)
    except LullabyError:
        return 0
    return forget([" ".join(sentences)])
