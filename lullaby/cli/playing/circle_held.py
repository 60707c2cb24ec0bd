"""An evening of a circle that was played: it counts as held once a minute of its story has been heard, or
half of it where nothing is told. Then, and only then, the turns move on."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import LullabyError
from lullaby.time import PAGE

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.people.bookmarks import Bookmark


def held_from(evening: Evening) -> int | None:
    """The frame from which this evening counts as held; None where no circle holds it."""
    ritual = evening.night.score.ritual
    if ritual is None or not ritual.circle:
        return None
    for movement in ritual.movements:
        if movement.do == "story":
            return min(movement.at + PAGE, movement.stop)
    return evening.night.length // 2


def held_if_heard(
    asked: argparse.Namespace,
    evening: Evening,
    heard_to: int,
    stopped: Mapping[str, Bookmark | None],
    bedside: Bedside,
) -> None:
    """Writes down that the evening was held, if it was heard that far. `stopped`: where serials stopped. An
    evening that is heard again from its log is not held anew."""
    held_at = held_from(evening)
    tonight = getattr(asked, "tonight", None)
    if held_at is None or heard_to < held_at or tonight is None or evening.request.log is not None:
        return
    from lullaby.ritual.circle.held import held

    mark = next(iter(stopped.values()), None)
    if not stopped and tonight.tells is not None:  # its serial was not told: there it stands still
        tonight = replace(tonight, tells=replace(tonight.tells, goes_on=None))
    try:
        held(tonight.circle, tonight.date, tonight=tonight, stopped=mark)
    except LullabyError as error:
        bedside.note(f"That the circle held this evening is not written down: {error}")
