"""Facts about rituals: what is done in what order, for how long, and what is otherwise when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby.errors import LullabyError, WrittenWrongly
from lullaby.score.moods import MOODS
from lullaby.score.movements import Deed, Movement
from lullaby.score.ritual_rules import Rule
from lullaby.score.rituals import Ritual, note_ritual, read_ritual, ritual_files
from lullaby.time import clock
from lullaby.voices.kinds import KINDS

Facts = dict[str, Any]


@dataclass(frozen=True)
class Rituals:
    """Every ritual that can be read, and what is wrong with the files of the others."""

    found: tuple[Ritual, ...]
    wrong: tuple[LullabyError, ...]


def all_rituals() -> Rituals:
    found: list[Ritual] = []
    wrong: list[LullabyError] = []
    for path in ritual_files().values():
        try:
            found.append(read_ritual(path, KINDS))
        except LullabyError as error:
            wrong.append(error)
    return Rituals(tuple(found), tuple(wrong))


def facts_of_ritual(ritual: Ritual) -> Facts:
    return {
        "name": ritual.name,
        "title": ritual.title,
        "longest": clock(sum(movement.longest for movement in ritual.movements)),
        "level": ritual.level,
        "voice": ritual.voice,
        "bed": list(ritual.bed),
        "hemisphere": ritual.hemisphere,
        "movements": [facts_of_movement(movement) for movement in ritual.movements],
        "when": [facts_of_rule(rule) for rule in ritual.rules],
        "file": str(ritual.path),
        "description": ritual.description,
    }


def facts_of_movement(movement: Movement) -> Facts:
    facts: Facts = {"name": movement.name, "do": movement.do.value}
    if movement.length is not None:
        facts["for"] = clock(movement.length)
    if movement.until is not None:
        facts |= {"until": movement.until.value, "at_most": clock(movement.at_most)}
    if movement.stories:
        facts["story"] = list(movement.stories)
    if movement.do is Deed.SCORE:
        facts["score"] = movement.score
    if movement.tunes:
        facts["tunes"] = list(movement.tunes)
    return facts


def facts_of_rule(rule: Rule) -> Facts:
    conditions = {"weekday": rule.weekdays, "season": rule.seasons, "mood": rule.moods}
    return {name: list(words) for name, words in conditions.items() if words} | {"says": rule.says}


def facts_of_moods() -> list[Facts]:
    """The table of moods."""
    return [{"mood": mood.name, "also": list(mood.also), "does": mood.says} for mood in MOODS.values()]


def facts_of_rituals(rituals: Sequence[Ritual]) -> Facts:
    """All of these, and the moods that any of them knows."""
    return {"rituals": [facts_of_ritual(ritual) for ritual in rituals], "moods": facts_of_moods()}


def facts_of_checked_ritual(path: Path, mistakes: list[WrittenWrongly]) -> Facts:
    ritual = note_ritual(path, KINDS, mistakes)
    if mistakes or ritual is None:
        return {}
    facts = facts_of_ritual(ritual)
    return {key: facts[key] for key in ("title", "longest", "movements", "when")}
