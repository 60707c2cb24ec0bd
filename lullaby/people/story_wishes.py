"""What a listener would like the stories to be about that are woven for them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import partial

from lullaby.score import checks, quoting
from lullaby.score.toml_table import TomlTable

PLACES = (
    "canal",
    "forest",
    "gardens",
    "harbour",
    "island",
    "lake",
    "market",
    "mill",
    "moor",
    "mountain",
    "oldtown",
    "orchard",
    "railway",
    "saltmarsh",
)
"""Where a story may happen."""
COMPANIONS = (
    "cat",
    "dog",
    "donkey",
    "duck",
    "goat",
    "goose",
    "hedgehog",
    "hen",
    "jackdaw",
    "mouse",
    "pony",
    "tortoise",
)
"""Who may come along."""
PRONOUNS = ("she", "he", "they")
_MOST = 20
_LONGEST = 40


@dataclass(frozen=True)
class StoryWishes:
    """The `[stories]` of a listener's file. What is None is drawn once, and stays."""

    place: str | None = None
    companion: str | None = None
    pronoun: str | None = None
    """Of the listener, in stories."""
    favourites: tuple[str, ...] = ()
    """Things, in words that fit into "a book about …": trains, the moon."""
    begins: datetime.date | None = None
    """The first night of the series: no story refers back past it."""


USUAL = StoryWishes()


def read_story_wishes(table: TomlTable) -> StoryWishes:
    table.only(("place", "companion", "pronoun", "favourites", "begins"))
    nothing: str | None = None
    never: datetime.date | None = None
    none: tuple[str, ...] = ()
    return StoryWishes(
        place=table.take("place", nothing, partial(checks.choice, choices=PLACES)),
        companion=table.take("companion", nothing, partial(checks.choice, choices=COMPANIONS)),
        pronoun=table.take("pronoun", nothing, partial(checks.choice, choices=PRONOUNS)),
        favourites=table.take("favourites", none, _favourites),
        begins=table.take("begins", never, _day),
    )


def written_story_wishes(wishes: StoryWishes) -> dict[str, str | None]:
    named = {key: getattr(wishes, key) for key in ("place", "companion", "pronoun")}
    things = ", ".join(map(quoting.text, wishes.favourites))
    return {
        **{key: quoting.text(value) if value else None for key, value in named.items()},
        "favourites": f"[{things}]" if things else None,
        "begins": wishes.begins.isoformat() if wishes.begins else None,
    }


def favourite(value: object) -> str:
    """A thing in words that can be spoken within a sentence."""
    found = " ".join(checks.text(value, _LONGEST).split())
    if not any(c.isalpha() for c in found) or any(not (c.isalpha() or c in " '’-") for c in found):
        raise checks.Unfit(
            "cannot be spoken within a sentence.", 'It is letters alone, as in "a book about trains": trains.'
        )
    return found


def _favourites(value: object) -> tuple[str, ...]:
    found = checks.entries(value, favourite)
    if len(found) > _MOST:
        raise checks.Unfit(f"is too long: at most {_MOST} entries.")
    return found


def _day(value: object) -> datetime.date:
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise checks.Unfit("is not a day.", "A day is written 2026-11-27.")
    return value
