"""Another night as one movement of a ritual: its voices under names of their own, its times moved to where
the movement is, its loudness brought to the ritual's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lullaby.errors import AskedWrongly
from lullaby.ritual.parts import Parts
from lullaby.score import Score, Telling, read_score
from lullaby.score.finding import by_name
from lullaby.score.model import Change, Music, ReverbSettings, WeatherSettings
from lullaby.score.movements import Movement
from lullaby.score.plain_text import quoted
from lullaby.score.rituals import Ritual
from lullaby.score.settings import SILENT
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

USUAL_LEVEL = Score.level
MOST = 24.0
"""dB by which a night is brought to the ritual's loudness, at the most."""
LEAVES = 10 * RATE


@dataclass
class Embedded:
    names: tuple[str, ...]
    opens: dict[str, Change]
    later: list[tuple[int, int, dict[str, Change]]] = field(default_factory=list)
    tellings: list[Telling] = field(default_factory=list)
    music: Music | None = None
    follow: dict[str, dict[str, Change]] = field(default_factory=dict)
    weather: WeatherSettings | None = None
    room: ReverbSettings | None = None


def embedded(parts: Parts, movement: Movement, ritual: Ritual, at: int, opening: float) -> Embedded:
    """The night that this movement names, from `at` on; `opening` is how loud the ritual opens."""
    score = _named(movement.score, ritual)
    stop = at + movement.longest
    names = parts.of_score(movement.name, score)
    first = _first_levels(score)
    loud = parts.loudness({names[name]: level for name, level in first.items()})
    by = opening - loud if loud > SILENT else 0.0
    by = round(max(-MOST, min(MOST, by + score.level - USUAL_LEVEL + movement.level)), 1)

    def moved(changes: Mapping[str, Change]) -> dict[str, Change]:
        return {names[name]: _louder(change, by) for name, change in changes.items()}

    opens: dict[str, Change] = {}
    later: list[tuple[int, int, dict[str, Change]]] = []
    named: set[str] = set()
    for scene in score.scenes:
        if at + scene.at >= stop:
            break
        changes = {name: dict(change) for name, change in scene.changes.items()}
        for name in changes.keys() - named:
            part = score.part(name)
            if part is not None:
                changes[name].setdefault("level", part.values["level"])
        named |= changes.keys()
        if scene.at == 0:
            opens = moved(changes)
        else:
            later.append((at + scene.at, scene.over, moved(changes)))
    speaks = {part.name for part in score.voices if part.kind.speaks}
    return Embedded(
        tuple(name for was, name in names.items() if was not in speaks),
        opens,
        later,
        [one for t in score.tellings if (one := _moved_telling(t, names, at, stop)) is not None],
        None if score.music is None else _moved_music(score.music, names, at, stop),
        {names[name]: dict(states) for name, states in score.follow.items()},
        None if score.weather == WeatherSettings() else _moved_weather(score.weather, at),
        None if score.room == ReverbSettings() else score.room,
    )


def _named(name: str, ritual: Ritual) -> Score:
    folder = ritual.path.absolute().parent
    there = by_name("scores", folder)
    for path in folder.parent.glob("*.toml"):
        there.setdefault(path.stem, path)
    if name not in there:
        raise AskedWrongly(f"there is no score {quoted(name)}.\n    lullaby scores lists those there are.")
    return read_score(there[name], KINDS)


def _first_levels(score: Score) -> dict[str, float]:
    """The levels of those that open it."""
    opens = next((scene for scene in score.scenes if scene.changes), None)
    found: dict[str, float] = {}
    for name, change in ({} if opens is None else opens.changes).items():
        part = score.part(name)
        if part is not None and not part.kind.speaks:
            level = change.get("level", part.values["level"])
            found[name] = float(level) if isinstance(level, int | float) else 0.0
    return found


def _louder(change: Change, by: float) -> Change:
    level = change.get("level")
    if not isinstance(level, int | float) or level == SILENT:
        return change
    return {**change, "level": round(max(-90.0, min(24.0, level + by)), 1)}


def _moved_telling(telling: Telling, names: dict[str, str], at: int, stop: int) -> Telling | None:
    start = at + telling.at
    if start + LEAVES >= stop:
        return None
    until = at + telling.until if isinstance(telling.until, int) else telling.until
    return replace(telling, at=start, voice=names[telling.voice], until=until, latest=stop - LEAVES)


def _moved_music(music: Music, names: dict[str, str], at: int, stop: int) -> Music:
    until = min(stop, at + music.until) if isinstance(music.until, int) else stop
    players = {role: names[name] for role, name in music.players.items()}
    return replace(music.played_by(players), at=at + music.at, until=until)


def _moved_weather(weather: WeatherSettings, at: int) -> WeatherSettings:
    return replace(weather, storm=tuple((frame + at, force) for frame, force in weather.storm))
