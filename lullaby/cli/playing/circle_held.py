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
    from lullaby.ritual.tonight import Tonight


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
    tonight = _heard_of(tonight, evening, heard_to, told_serial=bool(stopped))
    try:
        held(tonight.circle, tonight.date, tonight=tonight, stopped=mark)
    except LullabyError as error:
        bedside.note(f"That the circle held this evening is not written down: {error}")


def _heard_of(tonight: Tonight, evening: Evening, heard_to: int, *, told_serial: bool) -> Tonight:
    """The evening without what was not heard of it: a dream, or what was brought, has its turn yet."""
    from lullaby.ritual.gentle_dreams import is_for_daytime

    score = evening.night.score
    begun = {one.do for one in score.ritual.movements if one.at < heard_to} if score.ritual else set()
    told = {one.path for one in score.tellings if one.at < heard_to}
    told |= {one.recording.path for one in score.tellings if one.recording and one.at < heard_to}
    played = {tune.path for tune in score.music.tunes} if score.music and "music" in begun else set()
    tells, plays = tonight.tells, tonight.plays
    if tells is not None and tells.goes_on is not None and not told_serial:  # there it stands still
        tells = replace(tells, goes_on=None, brings=None)
    elif tells is not None and tells.goes_on is None and tells.brings not in told:
        tells = replace(tells, brings=None)
    if plays is not None and plays.brings not in played:
        plays = replace(plays, brings=None)
    dreams = tonight.dreams if "dreams" in begun else ()
    kept = tuple(dream for dream in dreams if not is_for_daytime(dream.text))
    return replace(tonight, tells=tells, plays=plays, dreams=kept)
