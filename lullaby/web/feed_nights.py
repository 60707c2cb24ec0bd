"""The nights of a house's podcast: tonight and the last evenings, each made as it is fetched."""

from __future__ import annotations

import datetime
from dataclasses import replace
from urllib.parse import quote

from lullaby.errors import LullabyError
from lullaby.evening.enough import Enough
from lullaby.export.rss import Channel
from lullaby.web.feed import Served, evenings, feed
from lullaby.web.house import House
from lullaby.web.wanted import Wanted

BEFORE = 2
"""Evenings before tonight: an app that was asleep for two days misses none, and each costs a second or so."""


def feed_of(house: House, address: str) -> bytes:
    """The feed of this house, as it is asked for at `address`, which ends with a slash. An evening on which
    nothing is to be heard, or whose night cannot be made, is not listed."""
    zone = house.clock.now().tzinfo or datetime.UTC
    key = f"?key={house.paired.key_for('/feed.xml')}"
    nights: list[Served] = []
    wrong: LullabyError | None = None
    for evening in evenings(house.evening, BEFORE):
        try:
            nights.append(_night(house, address, evening))
        except Enough:
            continue
        except LullabyError as error:
            wrong = error
    if wrong is not None and not nights:
        raise wrong
    picture = _place(house, address, house.tonight(None), ".jpg")
    return feed(nights, Channel(address, "Tonight"), zone, key, picture)


def _night(house: House, address: str, evening: datetime.date) -> Served:
    wanted = replace(house.tonight(None), date=evening)
    file = house.nights.served(wanted).file(".mp3")
    return Served(file, str(wanted), evening, _place(house, address, wanted, ".mp3"))


def _place(house: House, address: str, wanted: Wanted, ending: str) -> str:
    """The address of a night's file, with the key that opens it and nothing else."""
    path = f"/night/{wanted}{ending}"
    return f"{address}night/{quote(f'{wanted}{ending}', safe='~=+:')}?key={house.paired.key_for(path)}"
