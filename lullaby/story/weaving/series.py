"""What stays the same in a series of stories night after night, and what one night has of its own.

All of it is drawn by key: the facts from the series, a night from its number since the series began. So a
story may speak of an earlier night and be right, and nothing is remembered.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import TypeVar

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.people.story_wishes import COMPANIONS, PLACES
from lullaby.story.weaving.allowed import Allowed, allowed_by
from lullaby.story.weaving.lines import TAGS, Line
from lullaby.story.weaving.material import SPOTS, Plot, choices, files, listed, plots, spots
from lullaby.story.weaving.wishes import Wishes, spoken_name

T = TypeVar("T")

WEATHERS = {
    "spring": ("clear", "clear", "rain", "wind", "mist", "grey"),
    "summer": ("clear", "clear", "clear", "rain", "wind", "mist"),
    "autumn": ("clear", "rain", "rain", "wind", "wind", "mist", "grey"),
    "winter": ("snow", "snow", "clear", "rain", "wind", "mist", "grey"),
}
_SEASONS = ("winter", "winter", "spring", "spring", "spring", "summer", "summer", "summer") + (
    ("autumn",) * 3 + ("winter",)
)


@dataclass(frozen=True)
class Somebody:
    """A person of the series."""

    name: str
    pronoun: str
    trait: int = 0
    """Which section of the pool of traits tells how they are."""


@dataclass(frozen=True)
class Facts:
    """What never changes in a series."""

    key: Key
    listener: Somebody
    dear: tuple[str, ...]
    place: str
    town: str
    house: str
    door: str
    steps: str
    quilt: str
    lamp: str
    boat: str
    companion: str
    """Its kind: "goose"."""
    called: Somebody
    look: str
    neighbour: Somebody
    neighbour_trade: str
    keepers: tuple[Somebody, ...]
    """Who is to be found at the spots of the place, in their order."""

    @property
    def host(self) -> str:
        """Who is at home and has supper ready."""
        return self.dear[0] if self.dear else self.neighbour.name


@dataclass(frozen=True)
class Told:
    """One wish of one night, and where it leads."""

    plot: Plot
    spot: str
    keepsake: str


@dataclass(frozen=True)
class Night:
    number: int
    season: str
    weather: str
    told: tuple[Told, ...]
    tags: frozenset[str]


def drawn(key: Key, options: Sequence[T], allowed: Allowed) -> T:
    """One of them, by key, or the next that may be heard: a longer avoid-list moves as little as can be."""
    first = int(key.draw() * len(options))
    for step in range(len(options)):
        option = options[(first + step) % len(options)]
        if allowed.text(str(option)):
            return option
    raise AskedWrongly("No story can be woven: the avoid-list leaves nothing of " + str(options[0]) + ".")


def allowed_for(wishes: Wishes) -> Allowed:
    return allowed_by(wishes.avoid.all_words)


def facts_of(wishes: Wishes) -> Facts:
    """The facts of this series; of its wishes, those that stay the same."""
    return _facts(
        wishes.names,
        wishes.series,
        wishes.seed,
        wishes.pronoun,
        wishes.place,
        wishes.companion,
        wishes.avoid.all_words,
    )


@lru_cache(maxsize=256)
def _facts(
    names: tuple[str, ...],
    series: str,
    seed: int,
    pronoun: str,
    place: str | None,
    companion: str | None,
    avoided: tuple[str, ...],
) -> Facts:
    allowed = allowed_by(avoided)
    own = [name for name in map(spoken_name, names) if name and allowed.text(name)]
    key = Key.root(seed, "woven", series or (own[0] if own else ""))
    kinds = [kind for kind in (place and [place]) or PLACES if _place_allowed(kind, allowed)] or [
        kind for kind in PLACES if _place_allowed(kind, allowed)
    ]
    if not kinds:
        raise AskedWrongly("No story can be woven: the avoid-list leaves no place for one.")
    where = drawn(key / "place", kinds, allowed)
    known = files("places")[where].known
    taken = {part.casefold() for name in own for part in name.split()}
    people = _people(key / "people", taken, allowed, pronoun, len(SPOTS) + 2)
    listener = own[0] if own else people[-1].name.split()[-1]
    beasts = [
        kind for kind in (companion and [companion]) or COMPANIONS if _beast_allowed(kind, allowed)
    ] or [kind for kind in COMPANIONS if _beast_allowed(kind, allowed)]
    if not beasts:
        raise AskedWrongly("No story can be woven: the avoid-list leaves nobody to come along.")
    beast = drawn(key / "companion", beasts, allowed)
    animal = files("companions")[beast].known
    callings = [n for n in listed(animal["names"]) if n.casefold() not in taken]
    return Facts(
        key=key,
        listener=Somebody(listener, pronoun),
        dear=tuple(own[1:]),
        place=where,
        town=drawn(key / "town", listed(known["towns"]), allowed),
        house=drawn(key / "house", listed(known["houses"]), allowed),
        door=drawn(key / "door", choices("doors"), allowed),
        steps=drawn(key / "steps", choices("steps"), allowed),
        quilt=drawn(key / "quilt", choices("quilts"), allowed),
        lamp=drawn(key / "lamp", choices("lamps"), allowed),
        boat=drawn(key / "boat", choices("boats"), allowed),
        companion=beast,
        called=Somebody(
            drawn(key / "called", callings, allowed),
            animal.get("pronoun") or ("she", "he")[int(key.draw(3) * 2)],
        ),
        look=drawn(key / "look", listed(animal["looks"]), allowed),
        neighbour=people[-2],
        neighbour_trade=drawn(key / "neighbour", choices("neighbours"), allowed),
        keepers=tuple(people[: len(SPOTS)]),
    )


def _people(key: Key, taken: set[str], allowed: Allowed, pronoun: str, many: int) -> list[Somebody]:
    """People with names that nobody else has. Of a listener who is "she", the helpers are "he", so that
    whoever hears a sentence knows whom it is about."""
    of = {"she": ("he",), "he": ("she",), "they": ("she", "he")}[pronoun]
    traits = len(files("pools")["traits"].sections)
    found: list[Somebody] = []
    first = int(key.draw(1) * traits)
    for at in range(many):
        one = of[at % len(of)]
        names = [
            name
            for name in choices("women" if one == "she" else "men")
            if not taken & {part.casefold() for part in name.split()}
        ]
        name = drawn(key / at, names, allowed)
        taken = taken | {
            part.casefold() for part in name.split() if part not in ("Mrs", "Miss", "Mister", "Old")
        }
        found.append(Somebody(name, one, (first + at * 5) % traits))
    return found


def _place_allowed(kind: str, allowed: Allowed) -> bool:
    known = files("places")[kind].known
    return (
        all(any(map(allowed.text, listed(known[key]))) for key in ("towns", "houses", "paths"))
        and all(allowed.text(known[key]) for key in ("is", "water", "bird", "tree", "carrier"))
        and sum(_spot_allowed(kind, spot, allowed) for spot in SPOTS) >= 3
    )


def _spot_allowed(place: str, kind: str, allowed: Allowed) -> bool:
    spot = spots(place)[kind]
    return all(map(allowed.text, (spot.name, spot.at, spot.to, spot.trade)))


def _beast_allowed(kind: str, allowed: Allowed) -> bool:
    known = files("companions")[kind].known
    return allowed.text(known["a"]) and all(
        any(map(allowed.text, listed(known[key]))) for key in ("names", "looks", *PHRASES)
    )


PHRASES = ("waits", "comes", "regards", "rests")
"""What a companion does, in the words of its own kind."""


def season_of(wishes: Wishes, date: datetime.date) -> str:
    return wishes.season or _SEASONS[date.month - 1]


def night_of(wishes: Wishes, date: datetime.date, many: int = 3) -> Night:
    """What happens on this night: its weather, and so many wishes, of which a short story tells the first."""
    facts, season = facts_of(wishes), season_of(wishes, date)
    number = (date - wishes.begins).days
    allowed = allowed_for(wishes)
    here = frozenset((season, wishes.age_group, facts.place, facts.companion))
    there = _admissible(here, facts.place, wishes.avoid.all_words)
    if not any(_weathers(plot, season) for plot in there):
        raise AskedWrongly("No story can be woven: the avoid-list leaves none of its plots.")
    key = facts.key / "night" / number
    plot = there[turned(facts.key / "plots", number, len(there))[0]]
    for step in range(len(there)):
        if _weathers(plot, season):
            break  # else another of a good while ago, so that the turn of the year repeats nothing
        plot = there[turned(facts.key / "plots", number + len(there) // 2 + 7 * step, len(there))[0]]
    told = [_told(plot, facts, key, allowed, ())]
    could = sorted(_weathers(plot, season))
    weather = could[int((key / "weather").draw() * len(could))]
    for step in range(1, len(there)):
        if len(told) == many:
            break
        plot = there[turned(facts.key / "plots", number + 11 + 7 * step, len(there))[0]]
        if weather in _weathers(plot, season) and all(plot is not one.plot for one in told):
            spots_left = [s for s in plot.spots if all(s != one.spot for one in told)]
            if any(_spot_allowed(facts.place, s, allowed) for s in spots_left):
                told.append(_told(plot, facts, key, allowed, tuple(one.spot for one in told)))
    tags = {*here, weather, "dear" if facts.dear else "alone"}
    if weather in ("rain", "snow", "mist"):
        tags.add("wet")
    if weather in ("clear", "wind", "grey"):
        tags.add("dry")
    return Night(number, season, weather, tuple(told), frozenset(tags))


def _told(plot: Plot, facts: Facts, key: Key, allowed: Allowed, taken: tuple[str, ...]) -> Told:
    draw = key / "told" / plot.name
    open_ = [s for s in plot.spots if s not in taken and _spot_allowed(facts.place, s, allowed)]
    return Told(plot, open_[int(draw.draw() * len(open_))], drawn(draw / "keepsake", plot.keepsakes, allowed))


def _weathers(plot: Plot, season: str) -> list[str]:
    """Weathers in which this plot is told in this season, if in any; one that is usual stands in it more
    than once."""
    if any(season not in group for group in plot.tags.one_of if group <= TAGS["season"]):
        return []
    wanted = next((group for group in plot.tags.one_of if group <= TAGS["weather"]), TAGS["weather"])
    return [weather for weather in WEATHERS[season] if weather in wanted]


def turned(key: Key, number: int, many: int) -> tuple[int, int]:
    """Where in a deck of so many cards the night of this number stands, and how far it is to the next night's
    card: each comes up once before any does again, in an order of the series' own."""
    first, step = _order(key.bits, many)
    return (first + number * step) % many, step


@lru_cache(maxsize=4096)
def _order(bits: int, many: int) -> tuple[int, int]:
    key = Key(bits)
    step = 1 + int(key.draw(1) * many)
    while gcd(step, many) != 1:
        step += 1
    return int(key.draw(2) * many), step


@lru_cache(maxsize=512)
def _admissible(here: frozenset[str], place: str, avoided: tuple[str, ...]) -> tuple[Plot, ...]:
    """Plots for this listener, in whatever season they are told."""
    allowed, some = allowed_by(avoided), here | TAGS["weather"] | TAGS["season"]
    return tuple(
        plot
        for plot in plots().values()
        if plot.tags.hold(some)
        if any(_spot_allowed(place, spot, allowed) for spot in plot.spots)
        if allowed.all or _plot_allowed(plot, here, allowed)
    )


def _plot_allowed(plot: Plot, here: frozenset[str], allowed: Allowed) -> bool:
    return (
        any(map(allowed.clause, plot.titles))
        and any(map(allowed.text, plot.keepsakes))
        and all(map(allowed.clause, plot.points))
        and all(
            _line_allowed(line, here, allowed)
            for section in plot.file.sections.values()
            if allowed.text(section.heading)
            for block in section.blocks
            for line in block.lines
            if not line.optional
        )
        and all(allowed.text(section.heading) for section in plot.file.sections.values())
    )


def _line_allowed(line: Line, here: frozenset[str], allowed: Allowed) -> bool:
    """Is there a way to say it in whatever weather?"""
    return any(
        allowed.wording(wording)
        for wording in line.wordings
        if not any(group <= TAGS["weather"] | TAGS["season"] for group in wording.tags.one_of)
        if wording.tags.hold(here)
    )
