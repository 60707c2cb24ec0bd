"""The story of a ritual: what was brought, what goes on, what somebody likes, or whose turn it is by date."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lullaby.chance import Key
from lullaby.errors import AskedWrongly
from lullaby.evening.narration.woven import woven_story
from lullaby.evening.recorded.told import recording_at
from lullaby.ritual.parts import Parts
from lullaby.ritual.tonight import Episode, Present, Tonight, Turn
from lullaby.score import Telling
from lullaby.score.movements import WOVEN, Movement
from lullaby.score.plain_text import plain, quoted
from lullaby.score.rituals import Ritual
from lullaby.score.stories import story_files
from lullaby.score.tellings import is_for_bedtime
from lullaby.story.reading import ENDINGS
from lullaby.time import RATE

NOBODY = Present("")


def story_in(
    parts: Parts, tonight: Tonight, movement: Movement, ritual: Ritual, key: Key
) -> tuple[Telling, tuple[str, ...]]:
    """What is told, and by whom: the telling, and why it is that."""
    turn = tonight.tells
    alone = tonight.present[0] if len(tonight.present) == 1 else NOBODY
    who = alone if turn is None else turn.who
    voice = parts.teller(who.teller or movement.voice or ritual.voice, who.seat if who.teller else 0.0)
    named = plain(who.name)
    if turn is not None and turn.goes_on is not None:
        told = _episode(turn, turn.goes_on, movement, voice, tonight)
        return told, (f"it is {named}'s turn: {plain(turn.goes_on.serial)} goes on",)
    is_daily = turn is not None and turn.brings is not None and not is_for_bedtime(turn.brings)
    if turn is not None and turn.brings is not None and not is_daily:
        return _brought(turn.brings, voice), (f"it is {named}'s turn, who brought it",)
    there = {
        **story_files(ritual.path.absolute().parent.parent),
        **story_files(ritual.path.absolute().parent),
    }
    for near in ritual.path.absolute().parent.glob("*.md"):
        there.setdefault(near.stem, near)
    liked = [name for name in who.likes if name in there and is_for_bedtime(there[name])]
    name = _in_turn(liked or movement.stories or (WOVEN,), tonight)
    why = ", and what they brought is for the day" if is_daily else ", who likes it" if liked else ""
    because = () if turn is None else (f"it is {named}'s turn{why}",)
    if name == WOVEN:
        return _woven(tonight.date, movement, voice), because
    if name not in there:
        raise AskedWrongly(f"there is no story {quoted(name)}.")
    return Telling(0, name, there[name], voice), because


def _in_turn(names: Sequence[str], tonight: Tonight) -> str:
    return names[tonight.date.toordinal() % len(names)]


def _brought(path: Path, voice: str) -> Telling:
    if path.suffix.lower() in ENDINGS:
        return Telling(0, path.stem, path, voice)
    file = recording_at(path)
    return Telling(0, path.name, file.path, voice, recording=file)


_WEAVES = (2.0, 30.0)


def _woven(day: datetime.date, movement: Movement, voice: str, series: str = "") -> Telling:
    """A story made for this date; of a series the one that it has on it."""
    minutes = min(_WEAVES[1], max(_WEAVES[0], 0.8 * movement.longest / RATE / 60))
    made = woven_story(None, day, min(minutes, 8.0), series or None, seed=0)
    telling = Telling(0, made.name, Path(made.name), voice)
    return replace(telling, text=made.markdown, ours=True)


def _episode(turn: Turn, episode: Episode, movement: Movement, voice: str, tonight: Tonight) -> Telling:
    """What a circle's serial has tonight: a story that goes on, or the next of a woven series."""
    if episode.woven_for is not None or turn.brings is None:
        series = f"{tonight.circle}/{episode.serial}"
        told = _woven(episode.woven_for or tonight.date, movement, voice, series)
    else:
        told = _brought(turn.brings, voice)
        if episode.first:
            told = replace(told, goes_on=(episode.first, episode.text))
    return replace(told, serial=episode.serial)
