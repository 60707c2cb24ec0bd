"""Tonight's movements: those of a ritual as its rules, and the table of moods, have them on this date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lullaby.ritual.tonight import Tonight
from lullaby.score.moods import MOODS, Mood, mood_of
from lullaby.score.movements import LONGEST, SHORTEST, Deed, Movement, with_usual_end
from lullaby.score.plain_text import figure
from lullaby.score.ritual_rules import Rule, season_of
from lullaby.score.rituals import Ritual
from lullaby.time import RATE, clock


@dataclass(frozen=True)
class Varied:
    """A movement as it is tonight, and why."""

    movement: Movement
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variation:
    movements: tuple[Varied, ...]
    level: float
    """dB against how the ritual is written."""
    bed: tuple[str, ...] | None
    """What lies beneath it, in place of the ritual's own bed."""
    rules: tuple[str, ...]
    mood: str
    season: str


class _Tonight:
    """The movements while rules are applied to them, one after the other."""

    def __init__(self, movements: Sequence[Movement]) -> None:
        self.movements = [Varied(movement) for movement in movements]
        self.level = 0.0
        self.bed: tuple[str, ...] | None = None
        self.rules: list[str] = []

    def drop(self, wanted: Callable[[Movement], bool], rule: str) -> None:
        for one in [one for one in self.movements if wanted(one.movement)]:
            self.movements.remove(one)
            self.rules.append(f"{rule}: without {one.movement.name}")

    def change(
        self, wanted: Callable[[Movement], bool], changed: Callable[[Movement], Movement], says: str
    ) -> None:
        for place, one in enumerate(self.movements):
            if wanted(one.movement) and (after := changed(one.movement)) != one.movement:
                said = says.replace("{name}", one.movement.name)
                self.rules.append(said.replace("{lasts}", clock(after.longest)))
                self.movements[place] = Varied(after, (*one.because, self.rules[-1]))

    def add(self, movement: Movement, place: int, rule: str) -> None:
        self.rules.append(f"{rule}: {movement.name} is added, {clock(movement.longest)} at most")
        self.movements.insert(place, Varied(movement, (self.rules[-1],)))

    def place_of(self, name: str) -> int | None:
        names = [one.movement.name for one in self.movements]
        return names.index(name) if name in names else None

    def last_quiet(self) -> int:
        """The place before the quiet that ends it; behind everything where there is none."""
        deeds = [one.movement.do for one in self.movements]
        return len(deeds) - 1 if deeds and deeds[-1] is Deed.QUIET else len(deeds)


def varied(ritual: Ritual, tonight: Tonight) -> Variation:
    """The ritual as it is tonight. A mood that nobody knows is refused, with a list."""
    mood = mood_of(tonight.mood) if tonight.mood else ""
    season = season_of(tonight.date, ritual.hemisphere)
    found = _Tonight(ritual.movements)
    for rule in ritual.rules:
        if rule.holds(tonight.date, season, mood):
            _by_rule(found, rule)
    if mood and not any(mood in rule.moods for rule in ritual.rules):
        _by_table(found, MOODS[mood])
    return Variation(tuple(found.movements), found.level, found.bed, tuple(found.rules), mood, season)


def _by_table(found: _Tonight, mood: Mood) -> None:
    rule = f'mood "{mood.name}" (the table of moods)'
    for deed in mood.drop:
        found.drop(lambda one, deed=deed: one.do is deed, rule)  # type: ignore[misc]
    for deed, times in mood.longer:
        found.change(
            lambda one, deed=deed: one.do is deed,  # type: ignore[misc]
            lambda one, times=times: _lasting(one, times),  # type: ignore[misc]
            f"{rule}: {{name}} is {figure(times)} times as long, {{lasts}}",
        )
    there = {one.movement.do for one in found.movements}
    for deed in mood.adds:
        if deed not in there:
            found.add(with_usual_end(Movement(deed, deed.value)), _where(found, deed), rule)
    if mood.level:
        found.level += mood.level
        found.rules.append(f"{rule}: {figure(mood.level)} dB")


_ORDER = (
    Deed.GATHER, Deed.PUT_DOWN, Deed.BREATHE, Deed.MUSIC, Deed.SCORE, Deed.STORY, Deed.DREAMS, Deed.WORDS,
    Deed.QUIET,
)  # fmt: skip
"""How an evening goes, as a rule: what is added by itself comes before the first that is later in it."""


def _where(found: _Tonight, deed: Deed) -> int:
    later = _ORDER[_ORDER.index(deed) + 1 :]
    deeds = [one.movement.do for one in found.movements]
    return next((place for place, there in enumerate(deeds) if there in later), len(deeds))


def _by_rule(found: _Tonight, rule: Rule) -> None:
    says = rule.says
    if rule.drop:
        found.drop(lambda one: one.name in rule.drop, says)
    if rule.longer != 1:
        found.change(
            lambda one: one.do is not Deed.QUIET,
            lambda one: _lasting(one, rule.longer),
            f"{says}: {{name}} is {figure(rule.longer)} times as long, {{lasts}}",
        )
    for change in rule.changes:
        values = dict(change.values)
        found.change(
            lambda one, name=change.movement: one.name == name,  # type: ignore[misc]
            lambda one, values=values: _changed(one, values),  # type: ignore[misc]
            f"{says}: {{name}} with {', '.join(change.says) or 'other words'}".replace(
                "{name}", change.movement
            ),
        )
    for added in rule.adds:
        after, before = found.place_of(added.after), found.place_of(added.before)
        place = before if before is not None else found.last_quiet() if after is None else after + 1
        found.add(added.movement, place, says)
    if rule.level:
        found.level += rule.level
        found.rules.append(f"{says}: {figure(rule.level)} dB")
    if rule.bed is not None:
        found.bed = rule.bed
        found.rules.append(f"{says}: the bed is {' '.join(rule.bed) or 'silent'}")


def _lasting(movement: Movement, times: float) -> Movement:
    def longer(frames: int) -> int:
        return min(LONGEST, max(SHORTEST, round(frames * times / RATE) * RATE))

    if movement.length is not None:
        return replace(movement, length=longer(movement.length))
    return replace(movement, at_most=longer(movement.at_most))


def _changed(movement: Movement, values: dict[str, object]) -> Movement:
    if "until" in values:
        movement = replace(movement, length=None)
    elif "length" in values:
        movement = replace(movement, until=None)
    return with_usual_end(replace(movement, **values))  # type: ignore[arg-type]
