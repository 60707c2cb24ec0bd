"""Suggestions: at most three other scores for tonight, each with its reason.

A reason is something that this listener said or chose: their file, their mornings, an arrangement for these
evenings. How often anything was played counts for nothing, and nobody else's nights do.

None is livelier than what plays now. Livelier is what a person could check in the two files: a louder
opening (LUFS), more voices in it, a kind of voice that rolls, howls, cracks or beats where there was none of
that kind, more beats of music a minute, a dawn.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lullaby.errors import AskedWrongly
from lullaby.evening.enough_gentle import ROUGH_KINDS
from lullaby.journal.mornings import Morning
from lullaby.people.person import Person, avoided
from lullaby.score import Score

MOST = 3
LONG_AWAKE, OFTEN_AWAKE = 30, 3
"""Minutes until asleep from which on somebody lay awake; and how often awake is often."""
SLEEPS_BADLY = 0.4
"""Of `insomnia` in their file."""
WELL, POORLY = ("well", "very well"), ("poorly", "very poorly")
FRESH = datetime.timedelta(days=1)
"""How old a bad morning may be that something is suggested for: after that it is over."""


@dataclass(frozen=True)
class Bustle:
    """What makes a night lively, in numbers that stand in its score."""

    level: float
    """LUFS of the opening."""
    voices: int
    """Heard in the opening."""
    rough: frozenset[str]
    """Kinds of voice in all of it that roll, howl, crack or beat."""
    beats: float
    """Of music, a minute: its tempo, as densely as it is played."""
    dawn: bool

    def is_no_livelier_than(self, other: Bustle) -> bool:
        """In none of them."""
        return (
            self.level <= other.level
            and self.voices <= other.voices
            and self.rough <= other.rough
            and self.beats <= other.beats
            and self.dawn <= other.dawn
        )


def bustle_of(score: Score) -> Bustle:
    opening = [scene for scene in score.scenes if scene.at == 0]
    heard = {name for scene in opening for name in scene.changes}
    music = score.music
    return Bustle(
        level=score.level,
        voices=len(heard.difference(*(scene.silent for scene in opening))),
        rough=frozenset(part.kind.name for part in score.voices if part.kind.name in ROUGH_KINDS),
        beats=0.0 if music is None else music.tempo * music.density,
        dawn=score.wake is not None,
    )


@dataclass(frozen=True)
class Said:
    """What a listener has said and chosen, as far as it bears on tonight."""

    today: datetime.date
    """The evening that it is."""
    person: Person | None = None
    mornings: tuple[Morning, ...] = ()
    """Answered, by evening."""
    chosen: Mapping[datetime.date, str] = field(default_factory=dict)
    """The score that was chosen on an evening, by name."""
    gentle: bool = False
    """Were gentle evenings arranged, and is this one of them?"""


@dataclass(frozen=True)
class Suggestion:
    name: str
    title: str
    reason: str
    why: str
    """The same in a word, for who says it in another language: gentle, nightmare, well, awake, often, poorly,
    place, badly."""
    about: str = ""
    """What the reason speaks of: a day of the week, minutes, a place."""


def suggestions(now: Score, scores: Iterable[Score], said: Said) -> tuple[Suggestion, ...]:
    """For somebody who hears, or is about to hear, `now`. Each score is there once, with its first reason."""
    calm = bustle_of(now)
    may = sorted(
        (score for score in scores if score.name != now.name and _may_be(score, calm, said)),
        key=lambda score: (score.level, bustle_of(score).voices, score.name),
    )
    found: dict[str, Suggestion] = {}
    for score, why, reason, about in _reasons(may, now, said):
        found.setdefault(score.name, Suggestion(score.name, score.title, reason, why, about))
    return tuple(found.values())[:MOST]


def _may_be(score: Score, calm: Bustle, said: Said) -> bool:
    """Is it no livelier, no dawn, and nothing in it that they avoid?"""
    bustle = bustle_of(score)
    if bustle.dawn or not bustle.is_no_livelier_than(calm) or (said.gentle and bustle.rough):
        return False
    if said.person is None:
        return True
    try:
        return avoided(said.person, score) == score
    except AskedWrongly:
        return False


def _reasons(may: list[Score], now: Score, said: Said) -> Iterator[tuple[Score, str, str, str]]:
    """Scores, calmest first, with what was said or chosen that speaks for them; what was said last comes
    first."""
    last = max(said.mornings, key=lambda morning: morning.evening, default=None)
    fresh = last if last is not None and said.today - last.evening <= FRESH else None
    smooth = [score for score in may if not bustle_of(score).rough]
    if said.gentle:
        yield from _each(
            smooth[:1], "gentle", "These evenings are gentle: nothing in it rolls, howls or cracks."
        )
    if fresh is not None and fresh.nightmare:
        even = [score for score in smooth if not score.tellings]
        says = "You had a nightmare: nothing in it rolls, howls or cracks, and no story is told."
        yield from _each(even[:1], "nightmare", says)
    yield from _slept_well(may, said)
    calmer = [score for score in may if _is_calmer(score, now)]
    if fresh is not None:
        yield from _lay_awake(calmer, fresh)
    person = said.person
    if person is not None and person.stories.place is not None:
        place = person.stories.place
        there = [score for score in may if place in f"{score.name} {score.title} {score.description}".lower()]
        yield from _each(there[:1], "place", f"You like to hear of the {place}, and it is there.", place)
    if person is not None and person.insomnia >= SLEEPS_BADLY:
        plain = [score for score in calmer if not score.tellings and score.music is None]
        says = "You said that you do not sleep well: there is nothing in it to listen for."
        yield from _each(plain[:1], "badly", says)


def _slept_well(may: list[Score], said: Said) -> Iterator[tuple[Score, str, str, str]]:
    """What they had chosen on the last evening after which they said that they slept well."""
    by_name = {score.name: score for score in may}
    for morning in sorted(said.mornings, key=lambda one: one.evening, reverse=True):
        name = said.chosen.get(morning.evening)
        if morning.rested in WELL and not morning.nightmare and name in by_name:
            day = f"{morning.evening:%A}"
            says = f"You chose it on {day}, and said that you slept {morning.rested}."
            yield by_name[name], "well", says, day
            return


def _lay_awake(calmer: list[Score], morning: Morning) -> Iterator[tuple[Score, str, str, str]]:
    minutes = morning.latency_min
    if minutes is not None and minutes >= LONG_AWAKE:
        says = f"You lay awake for {minutes} minutes: it is calmer than this."
        yield from _each(calmer[:1], "awake", says, str(minutes))
    elif morning.awakenings is not None and morning.awakenings >= OFTEN_AWAKE:
        says = f"You woke up {morning.awakenings} times: it is calmer than this."
        yield from _each(calmer[:1], "often", says, str(morning.awakenings))
    elif morning.rested in POORLY:
        yield from _each(calmer[:1], "poorly", f"You slept {morning.rested}: it is calmer than this.")


def _is_calmer(score: Score, now: Score) -> bool:
    """Calmer in something, and livelier in nothing."""
    one, other = bustle_of(score), bustle_of(now)
    return one.is_no_livelier_than(other) and one != other


def _each(
    scores: list[Score], why: str, reason: str, about: str = ""
) -> Iterator[tuple[Score, str, str, str]]:
    for score in scores:
        yield score, why, reason, about
