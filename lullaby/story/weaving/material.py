"""Everything that woven stories are made from: places, companions, plots, and pools of what may be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from lullaby.story.weaving.lines import Block, Clause, File, Tags, clause_of, file_of, slots_of, tags_of

_FOLDER = Path(__file__).parent
_FOLDERS = ("places", "companions", "plots", "pools")
SPOTS = ("high", "water", "craft", "shop", "green", "old")
"""What every place has one of."""
PHRASES_OF_PLACES = ("paths", "smells", "lights")
"""What a place has several of; their slots take turns."""


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Somewhere in a place, with whoever is to be found there."""

    kind: str
    name: str
    at: str
    to: str
    trade: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """A small wish, who helps with it, how it turns, and what is brought home from it."""

    name: str
    titles: tuple[Clause, ...]
    keepsakes: tuple[str, ...]
    spots: tuple[str, ...]
    tags: Tags
    points: tuple[Clause, ...]
    file: File


@cache
def files(folder: str) -> dict[str, File]:
    paths = sorted((_FOLDER / folder).glob("*.txt"))
    first = 500 * (_FOLDERS.index(folder) + 1)
    return {
        path.stem: file_of(path.stem, path.read_text("utf-8"), first + at) for at, path in enumerate(paths)
    }


@cache
def plots() -> dict[str, Plot]:
    return {name: _plot(file) for name, file in files("plots").items()}


def _plot(file: File) -> Plot:
    known = file.known
    return Plot(
        file.name,
        tuple(map(clause_of, listed(known["title"]))),
        listed(known["keepsake"]),
        tuple(known["spots"].split()),
        tags_of(known.get("when", "")),
        tuple(map(clause_of, listed(known["points"]))),
        file,
    )


@cache
def spots(place: str) -> dict[str, Spot]:
    file = files("places")[place]
    found = {}
    for kind in SPOTS:
        section = file.sections[kind]
        name, at, to, trade = (part.strip() for part in section.heading.split(";"))
        found[kind] = Spot(kind, name, at, to, trade, section.blocks)
    return found


_AT_HOME = ("mornings", "out", "evening", "beds", "rest")
"""Pools in which whoever is called the host lives with the listener."""


@cache
def pool(name: str, section: str = "told") -> tuple[Block, ...]:
    blocks = files("pools")[name].blocks(section)
    return tuple(map(_of_two, blocks)) if name in _AT_HOME else blocks


def _of_two(block: Block) -> Block:
    """The block, for listeners with somebody dear to them where it tells of somebody at home."""
    slots = {
        slot
        for line in block.lines
        for wording in line.wordings
        for _, clause in wording.clauses
        for slot in slots_of(clause)
    }
    if "host" not in slots:
        return block
    return replace(block, tags=Tags((*block.tags.one_of, frozenset(("dear",))), block.tags.none_of))


@cache
def choices(name: str) -> tuple[str, ...]:
    """The values that a fact may have."""
    return listed(files("pools")["facts"].known[name])


def listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))
