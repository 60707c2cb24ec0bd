"""All that one server knows: its nights, who may hear them, the rooms, the clock."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lullaby.journal.book import evening_of
from lullaby.time import Clock
from lullaby.web.nights import Nights
from lullaby.web.rooms.room import Room
from lullaby.web.stretches import Stretches
from lullaby.web.wanted import Wanted
from lullaby.web.who.paired import Paired
from lullaby.web.who.pairing import Pairing

Rooms = Callable[[], Mapping[str, Room]]


@dataclass
class House:
    """What a server is made of."""

    nights: Nights
    stretches: Stretches
    paired: Paired
    pairing: Pairing
    clock: Clock
    rooms: Rooms
    words: tuple[str, ...]
    """The night that is tonight's, as it is typed."""
    listener: str | None = None
    """Who listens where nobody else is named."""
    pairs_for: str | None = field(default=None)
    """Whose phone the code that is shown now is for."""
    at_home: tuple[str, ...] = ()
    """Where phones at home find it, as URLs; none where it is for this machine alone."""

    @property
    def evening(self) -> datetime.date:
        """The evening that it is: until the small hours still yesterday's."""
        return evening_of(self.clock.now())

    def tonight(self, listener: str | None) -> Wanted:
        """Tonight's night, for this listener."""
        return Wanted(self.words, date=self.evening, listener=listener or self.listener)
