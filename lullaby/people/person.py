"""A listener: who sleeps, what they like, and what they never want to hear."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from lullaby.people.calibration import Calibration, calibration
from lullaby.people.limits import Limits, kept_to, limits_at
from lullaby.people.sleep_timer import SleepTimer
from lullaby.people.story_wishes import USUAL, StoryWishes
from lullaby.people.traits import ADULT, Sex
from lullaby.score import Score
from lullaby.score.avoiding import NOTHING, Avoid, TextOf, without
from lullaby.score.model import Telling
from lullaby.score.stories import note_story

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years in which somebody may be born whom this program meets."""


@dataclass(frozen=True)
class Person:
    """A listener, as their file says."""

    name: str
    birth_year: int | None = None
    """The year of birth; None is an adult of no particular age."""
    insomnia: float = 0.0  # 0 sleeps well … 0.8 badly
    chronotype: float = 0.0  # hours by which this body's clock runs later than most
    sex: Sex = Sex.UNSPECIFIED
    bedtime: float = 23.0  # hours of the clock, as a rule
    latency: float = 1.0  # times the model's minutes to fall asleep: learned
    teller: str | None = None
    names: tuple[str, ...] = ()
    """The names that stories may use: the listener's own, and of those dear to them."""
    stories: StoryWishes = USUAL
    """What the stories are to be about that are woven for them."""
    avoid: Avoid = NOTHING
    say: Mapping[str, str] = field(default_factory=dict)
    """How words sound, in whatever is told to them; before what a story says of these words."""
    cap_dba: float | None = None
    longest_min: int | None = None
    play_out_min: int | None = None
    """Minutes after which a night ends where sleep never comes to stay; None: the usual hour."""
    timer: SleepTimer | None = None
    devices: Mapping[str, Calibration] = field(default_factory=dict)

    def age(self, on: datetime.date) -> int | None:
        """Years they have certainly completed: of a birth only the year is kept, so that on its birthday
        nobody is taken for older than they are. None where even the year is not known."""
        return None if self.birth_year is None else max(0, on.year - self.birth_year - 1)

    def own_timer(self, on: datetime.date) -> SleepTimer | None:
        """The sleep timer of an adult; a child's nights end by the limits of their age."""
        age = self.age(on)
        return self.timer if age is None or age >= ADULT else None

    def limits(self, on: datetime.date) -> Limits:
        return limits_at(self.age(on), self.cap_dba, self.longest_min, self.play_out_min)

    @property
    def has_own_limits(self) -> bool:
        """Does their file ask for limits that their age alone would not set?"""
        return not (self.cap_dba is None and self.longest_min is None and self.play_out_min is None)

    def calibration(self, device: str | None = None) -> Calibration:
        return calibration(self.devices, device)


def avoided(
    person: Person, score: Score, on: datetime.date | None = None, text_of: TextOf | None = None
) -> Score:
    """The score as this listener may hear it: without what is on the avoid-list and, on a date, as the limits
    of their age allow. An AskedWrongly where nothing would be left. `text_of` reads what a telling says; its
    story, unless given."""
    if person.avoid:
        score = without(score, person.avoid, text_of or _story_text)
    return score if on is None else kept_to(person.limits(on), score)


def _story_text(telling: Telling) -> str:
    """All words of a story. One that cannot be read is not told either, which is said where it would be."""
    if telling.recording is not None:  # nobody knows what is said in it: it counts by its name
        return ""
    if telling.text:
        return telling.text
    story = note_story(telling.path, [])
    return "" if story is None else " ".join((story.title, *story.paragraphs))
