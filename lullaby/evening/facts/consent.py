"""Facts about what a listener fears, avoids and likes, about gentle nights and a story that faces a fear."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from lullaby.people.person import Person


def facts_of_consent(person: Person) -> dict[str, Any]:
    return {
        "fears": list(person.avoid.fears),
        "avoid": list(person.avoid.words),
        "themes": list(person.stories.favourites),
    }


def facts_of_facing(evening: datetime.date, path: str, sentences: Sequence[str]) -> dict[str, Any]:
    """`sentences`: exactly what will be spoken."""
    return {"evening": evening.isoformat(), "file": path, "sentences": list(sentences)}


def facts_of_withdrawn(gone: int) -> dict[str, Any]:
    return {"withdrawn": gone > 0}


def facts_of_gentle(until: datetime.date | None) -> dict[str, Any]:
    """Null: nights are as usual."""
    return {"gentle_until": None if until is None else until.isoformat()}
