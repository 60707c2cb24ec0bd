"""The music of a ritual: who plays it tonight, on what, and which tunes."""

from __future__ import annotations

from pathlib import Path

from lullaby.chance import Key
from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.ritual.parts import Parts
from lullaby.ritual.tonight import Tonight
from lullaby.score.melody import Tune
from lullaby.score.model import Music, Until
from lullaby.score.movements import Ends, Movement
from lullaby.score.plain_text import quoted
from lullaby.score.rituals import Ritual
from lullaby.score.tunes import note_tune, tune_files

USUAL = {"melody": "harp-by-the-window", "drone": "bowed-drone"}
"""Who plays where nobody is named."""
LEVELS = {"melody": 0.0, "accompaniment": -6.0, "drone": -9.0, "lull": -4.0}
"""dB of each role against the melody."""


def music_in(
    parts: Parts, tonight: Tonight, movement: Movement, ritual: Ritual, key: Key
) -> tuple[Music, dict[str, float]]:
    """What is played, and the level of each voice that plays it. Whoever's turn it is has the melody, on
    their instrument, and plays their tune; else the movement's, else the usual."""
    turn = tonight.plays
    players = USUAL | dict(movement.players) if not movement.players else dict(movement.players)
    seats: dict[str, float] = {}
    if turn is not None and turn.who.instrument:
        players = {role: voice for role, voice in players.items() if voice != turn.who.instrument}
        players["melody"] = turn.who.instrument
        seats["melody"] = turn.who.seat
    named = {role: parts.instrument(voice, seats.get(role, 0.0)) for role, voice in sorted(players.items())}
    levels: dict[str, float] = {}
    for role, name in named.items():
        levels[name] = max(levels.get(name, -90.0), LEVELS[role])
    music = Music(
        melody=named.get("melody", ""),
        accompaniment=named.get("accompaniment", ""),
        drone=named.get("drone", ""),
        lull=named.get("lull", ""),
        tunes=_tunes(tonight, movement, ritual),
        until=Until.ASLEEP if movement.until is Ends.ASLEEP else Until.END,
    )
    return music, levels


def _tunes(tonight: Tonight, movement: Movement, ritual: Ritual) -> tuple[Tune, ...]:
    """The tune that was brought, else those that who plays likes, else the movement's; else composed."""
    turn = tonight.plays
    if turn is not None and turn.brings is not None and turn.brings.suffix.lower() == ".abc":
        return _read([turn.brings])
    there = tune_files(ritual.path.absolute().parent)
    liked = [] if turn is None else [there[name] for name in turn.who.tunes if name in there]
    for name in movement.tunes:
        if name not in there:
            raise AskedWrongly(f"there is no tune {quoted(name)}.")
    return _read(liked or [there[name] for name in movement.tunes])


def _read(paths: list[Path]) -> tuple[Tune, ...]:
    mistakes: list[WrittenWrongly] = []
    found = [note_tune(path, mistakes) for path in paths]
    if mistakes:
        raise mistakes[0]
    return tuple(tune for tune in found if tune is not None)
