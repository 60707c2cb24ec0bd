"""The dawn: played after the night, on the same device and as loud as was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.cli.playing.daybreak import Daybreak
from lullaby.cli.playing.devices import outlet_on
from lullaby.cli.playing.keeping import Keeping
from lullaby.cli.playing.session import Session
from lullaby.time import RATE, Span

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.player import Way

ON_TIME = 20
"""Seconds late at which it still begins at its beginning."""
RISE = 30.0
"""Seconds in which it comes up where it begins later than that, at the clock's place."""


def play_dawn(dawn: Evening, daybreak: Daybreak, way: Way, session: Session) -> None:
    """Plays it from its beginning, or where the machine slept over that, from where it is by now; from its
    full brightness at the latest."""
    from lullaby.player import Player
    from lullaby.player.player import RISE as USUAL_RISE
    from lullaby.player.words import Words

    over, started = daybreak.waking.over, daybreak.started
    late = 0.0 if started is None else (session.clocks.wall() - started).total_seconds()
    start = min(round(late * RATE), over) if late > ON_TIME else 0
    session.write({"dawn": dawn.night.score.title, "from": start, "over": over})
    with outlet_on(way) as (outlet, maker):
        outlet.opened = True  # it played in the evening: where it is gone by now, it is waited for
        player = Player(
            dawn.night,
            Span(start, dawn.night.length),
            outlet=outlet,
            maker=maker,
            volume_db=session.volume_db,
            rise=RISE if start else USUAL_RISE / RATE,
            note=session.bedside.note,
            log=session.write,
            clock=session.clocks.seconds,
        )
        keeping = Keeping(dawn)
        words = Words(player, keep=keeping.keep, awake=_known, woke=_known, waking=True)
        with session.driven.by(player, words, keeping.free_name):
            player.run()


def _known() -> None:
    """Whoever says in the morning that they are awake is."""
