"""The findings of `lullaby why` that come from [music], in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lullaby.music.programme import State
from lullaby.night.why import music_at
from lullaby.score.plain_text import plain
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.night import Night

_FOR_SLEEPER = {
    State.LULL: "single long notes, for the sleeper",
    State.DRONE: "the drone alone, for the sleeper",
    State.SILENCE: "silent, for the sleeper's sake",
}


def of_music(night: Night, frame: int) -> list[str]:
    """One line, where the score has [music]: what is played, in which bar, and how fast."""
    music, found = night.score.music, music_at(night, frame)
    if music is None or found is None:
        return []
    if frame < music.at:
        return [f"The music begins at {clock(music.at)}."]
    bar, state = found.bar, found.state
    if bar is None:
        return [f"The music is {_FOR_SLEEPER[state]}."] if state in _FOR_SLEEPER else ["The music is over."]
    sung = f"bar {bar.of_section + 1} of {plain(bar.section)}" if bar.section else "a rest between melodies"
    return [
        f"The music is at bar {bar.number + 1}, {sung}, in {bar.metre} at {bar.tempo:.0f} beats a minute."
    ]
