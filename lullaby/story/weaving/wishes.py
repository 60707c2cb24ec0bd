"""For whom a story is woven, how long it is to be, and what they would like in it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lullaby.errors import AskedWrongly, choices
from lullaby.people.person import Person
from lullaby.people.story_wishes import COMPANIONS, PLACES, PRONOUNS, favourite
from lullaby.people.traits import Sex
from lullaby.score.avoiding import NOTHING, Avoid
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import quoted
from lullaby.story.weaving.lines import TAGS

SHORTEST, LONGEST = 2.0, 30.0
"""Minutes."""
WORDS_A_MINUTE = 105
"""Spoken in a minute of a bedtime telling, its pauses among them."""
FIRST_NIGHT = datetime.date(2024, 1, 1)
"""When a series began whose listener names no day."""
_PRONOUN = {Sex.FEMALE: "she", Sex.MALE: "he", Sex.UNSPECIFIED: "they"}


@dataclass(frozen=True)
class Wishes:
    """Everything that a woven story follows from, but for the night."""

    names: tuple[str, ...] = ()
    """The listener's, then those of who is dear to them."""
    minutes: float = 8.0
    age: int | None = None
    """Years; None is an adult."""
    pronoun: str = "they"
    place: str | None = None
    companion: str | None = None
    favourites: tuple[str, ...] = ()
    season: str | None = None
    """None: by the date."""
    avoid: Avoid = NOTHING
    series: str = ""
    """Two series of one listener differ in everything that is drawn once. "": named like the listener."""
    seed: int = 0
    begins: datetime.date = FIRST_NIGHT
    """The first night of the series."""

    def __post_init__(self) -> None:
        if not SHORTEST <= self.minutes <= LONGEST:
            raise AskedWrongly(
                f"A story is woven for {SHORTEST:g} to {LONGEST:g} minutes, not {self.minutes:g}."
            )
        for what, value, there in (
            ("place", self.place, PLACES),
            ("companion", self.companion, COMPANIONS),
            ("pronoun", self.pronoun, PRONOUNS),
            ("season", self.season, sorted(TAGS["season"])),
        ):
            if value is not None and value not in there:
                hint = choices(value, there, "There are")
                raise AskedWrongly(f"No story is woven with the {what} {quoted(value)}.\n    {hint}")
        for thing in self.favourites:
            try:
                favourite(thing)
            except Unfit as unfit:
                raise AskedWrongly(f"{quoted(thing)} {unfit.what}\n    {unfit.hint}") from None

    @property
    def words(self) -> int:
        return round(self.minutes * WORDS_A_MINUTE)

    @property
    def age_group(self) -> str:
        if self.age is None or self.age > 12:
            return "grown"
        return "small" if self.age <= 6 else "young"


def wishes_of(person: Person, on: datetime.date, minutes: float = 8.0) -> Wishes:
    """What this listener's file says about stories for them."""
    likes = person.stories
    return Wishes(
        names=person.names or (person.name.replace("-", " ").title(),),
        minutes=minutes,
        age=person.age(on),
        pronoun=likes.pronoun or _PRONOUN[person.sex],
        place=likes.place,
        companion=likes.companion,
        favourites=likes.favourites,
        avoid=person.avoid,
        series=person.name,
        begins=likes.begins or FIRST_NIGHT,
    )


def spoken_name(name: str) -> str:
    """The name as a voice can speak it: letters, with what stands between them in names."""
    kept = "".join(c if c.isalpha() or c in " '’-" else " " for c in name)
    return " ".join(part for part in kept.split() if any(c.isalpha() for c in part))
