"""What a circle's file names and cannot be had: the ritual goes on without it, and says so."""

from __future__ import annotations

import shlex
from dataclasses import replace

from lullaby.errors import LullabyError
from lullaby.ritual.parts import Parts
from lullaby.ritual.tonight import Present, Tonight, Turn


def fitting(tonight: Tonight, parts: Parts) -> tuple[Tonight, tuple[str, ...]]:
    """A circle's evening with the ritual's own teller and instruments in place of those that cannot be had,
    and a sentence on each. At bedtime nobody mends a file; without a circle it is refused as elsewhere."""
    if not tonight.circle:
        return tonight, ()
    said: list[str] = []

    def turn(one: Turn | None, what: str) -> Turn | None:
        return None if one is None else replace(one, who=_fitting(one.who, what, tonight.circle, parts, said))

    tells, plays, present = turn(tonight.tells, "teller"), turn(tonight.plays, "instrument"), tonight.present
    if tells is None and len(present) == 1:  # who is alone is greeted by their own teller
        present = (_fitting(present[0], "teller", tonight.circle, parts, said),)
    return replace(tonight, tells=tells, plays=plays, present=present), tuple(said)


def _fitting(who: Present, what: str, circle: str, parts: Parts, said: list[str]) -> Present:
    voice = who.teller if what == "teller" else who.instrument
    if not voice:
        return who
    try:
        parts.can_tell(voice) if what == "teller" else parts.can_play(voice)
    except LullabyError as error:
        name, command = shlex.quote(who.name), "guest" if who.is_guest else "change"
        said.append(
            f"{who.name} of the circle {circle}: {str(error).partition(chr(10))[0].rstrip('.')}. "
            f"The ritual's own {what} is heard. "
            f"lullaby circle {command} {name} --{what} VOICE --circle {shlex.quote(circle)} says another."
        )
        return replace(who, teller="") if what == "teller" else replace(who, instrument="")
    return who
