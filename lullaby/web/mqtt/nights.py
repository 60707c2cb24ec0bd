"""The nights and listeners of this home that are offered: those that an address can name."""

from __future__ import annotations

from collections.abc import Iterator

from lullaby.errors import AskedWrongly, LullabyError
from lullaby.evening.facts.scores import all_scores
from lullaby.people.listeners import names
from lullaby.score.plain_text import plain
from lullaby.score.rituals import ritual_files
from lullaby.score.source import read_source
from lullaby.web.mqtt.account import our_number
from lullaby.web.mqtt.offered import Offered, shown
from lullaby.web.wanted import Wanted

MOST = 200
"""Entries of a list in Home Assistant."""


def offered_here() -> Offered:
    nights = shown(list(_nights())[:MOST])
    return Offered(our_number(), nights, tuple(name for name in names() if _can_be("plain", name))[:MOST])


def _nights() -> Iterator[tuple[str, str]]:
    for score in all_scores().found:
        if score.wake is None and _can_be(score.name):
            yield score.name, plain(score.title)
    for name, path in ritual_files().items():
        try:
            title = read_source(path).values.get("title")
        except LullabyError:
            continue
        if _can_be(name):
            yield name, plain(title) if isinstance(title, str) else name


def _can_be(word: str, listener: str | None = None) -> bool:
    """Can an address name this?"""
    try:
        return Wanted.read(word if listener is None else f"{word}~for={listener}").words == (word,)
    except AskedWrongly:
        return False
