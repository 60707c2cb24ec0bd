"""A score put down in writing: a draft, or a mix typed at a prompt, as a file like those made by hand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, TypeAlias

from lullaby.score import quoting
from lullaby.score.model import (
    Change,
    Music,
    ReverbSettings,
    Scene,
    Score,
    Telling,
    Until,
    Wake,
    WeatherSettings,
)
from lullaby.score.music import written
from lullaby.score.settings import SILENT, Value
from lullaby.score.voicefile import VoiceFile

SceneValue: TypeAlias = Change | Literal["silent"]
"""A scene's change to one voice: new settings, or silence."""

USUAL_WEATHER = WeatherSettings()

_NOTE_AT = 34
"""The column of comments beside values, as in the shipped scores."""
_RULES = "Times run from lights-out. Levels are dB. A scene names only what it changes."
_ON_THE_WAY = "Other than it was where this came from:"


@dataclass(frozen=True)
class DraftVoice:
    """A voice by name, and what it is told that its own file does not say."""

    voice: str
    values: Change = field(default_factory=dict)


@dataclass(frozen=True)
class DraftScene:
    """A scene to be written; `over` None is left to its default."""

    name: str
    at: int
    over: int | None = None
    changes: Mapping[str, SceneValue] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True)
class Draft:
    """A score to be written to a file. Times are frames; None is left out, so that the usual holds."""

    title: str
    voices: Mapping[str, DraftVoice]
    scenes: tuple[DraftScene, ...]
    description: tuple[str, ...] = ()
    """Lines of the comment that opens the file."""
    remarks: tuple[str, ...] = ()
    """Lines that say what became of what could not be taken over."""
    length: int | None = None
    seed: int | None = None
    level: float | None = None
    fade_in: int | None = None
    fade_out: int | None = None
    high_cut: float | None = None
    sleeper: str = ""
    all_night: str | None = None
    wake: Wake | None = None
    room: Mapping[str, float] = field(default_factory=dict)
    weather: WeatherSettings = USUAL_WEATHER
    follow: Mapping[str, Mapping[str, SceneValue]] = field(default_factory=dict)
    tellings: tuple[Telling, ...] = ()
    music: Music | None = None


def draft_of(score: Score) -> Draft:
    """The score as a draft; whatever a voice's own file says already is left out."""
    usual = ReverbSettings()
    return Draft(
        title=score.title,
        voices={
            part.name: DraftVoice(part.voice.name, _own(part.values, part.voice)) for part in score.voices
        },
        scenes=tuple(_draft_scene(scene) for scene in score.scenes),
        description=(score.description,) if score.description else (),
        length=score.length,
        seed=score.seed,
        level=score.level,
        fade_in=score.fade_in,
        fade_out=score.fade_out,
        high_cut=None if score.high_cut == Score.high_cut else score.high_cut,
        sleeper=score.sleeper,
        all_night=score.all_night,
        wake=score.wake,
        room={
            f.name: getattr(score.room, f.name)
            for f in fields(ReverbSettings)
            if getattr(score.room, f.name) != getattr(usual, f.name)
        },
        weather=score.weather,
        follow={
            name: {state: _scene_value(change) for state, change in states.items()}
            for name, states in score.follow.items()
        },
        tellings=score.tellings,
        music=score.music,
    )


def _own(values: Change, voice: VoiceFile) -> Change:
    usual = {"level": 0.0, **voice.values}
    return {name: value for name, value in values.items() if value != usual.get(name)}


def _draft_scene(scene: Scene) -> DraftScene:
    changed = {name: _scene_value(change) for name, change in scene.changes.items()}
    return DraftScene(scene.name, scene.at, scene.over or None, changed)


def _scene_value(change: Change) -> SceneValue:
    return "silent" if dict(change) == {"level": SILENT} else change


def toml_of(draft: Draft) -> str:
    """The draft as TOML, aligned and commented as the shipped scores are."""
    blocks = [[*_opening(draft), *_top(draft)]]
    blocks.append(["[voices]", *_aligned({name: _voice(v) for name, v in draft.voices.items()})])
    if draft.room:
        blocks.append(["[room]", *_aligned({n: quoting.value(v) for n, v in draft.room.items()})])
    if draft.music is not None:
        blocks.append(["[music]", *_aligned(written(draft.music))])
    if draft.weather != USUAL_WEATHER:
        blocks.append(["[weather]", *_aligned(_weather(draft.weather))])
    if draft.wake:
        times = {"at": quoting.time(draft.wake.at), "over": quoting.time(draft.wake.over)}
        blocks.append(["[wake]", *_aligned(times)])
    taken: set[str] = set()
    blocks.extend(_scene(scene, taken) for scene in draft.scenes)
    if draft.follow:
        changed = {
            name: quoting.table({state: _change(change) for state, change in states.items()})
            for name, states in draft.follow.items()
        }
        blocks.append(["[follow]", *_aligned(changed)])
    blocks.extend(_telling(telling) for telling in draft.tellings)
    return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks) + "\n"


def _opening(draft: Draft) -> list[str]:
    lines = [*_comments(draft.description or (draft.title,)), "#", f"# {_RULES}"]
    if draft.remarks:
        lines += ["#", f"# {_ON_THE_WAY}"]
        lines += [line for remark in draft.remarks for line in _comments((remark,), "- ")]
    return lines


def _comments(texts: Iterable[str], mark: str = "") -> list[str]:
    """Comment lines, broken where they would be long; never an empty one, which would end a description."""
    lines: list[str] = []
    for text in texts:
        wrapped = textwrap.wrap(quoting.one_line(text, 1000), 104, break_on_hyphens=False)
        lines += [f"# {mark if i == 0 else ' ' * len(mark)}{line}" for i, line in enumerate(wrapped)]
    return lines


def _top(draft: Draft) -> list[str]:
    rows: dict[str, str] = {"title": quoting.text(quoting.one_line(draft.title) or "Untitled")}
    if draft.length is not None:
        rows["length"] = quoting.time(draft.length)
    if draft.seed is not None:
        rows["seed"] = str(draft.seed)
    if draft.level is not None:
        rows["level"] = quoting.value(draft.level)
    for name, frames in (("fade_in", draft.fade_in), ("fade_out", draft.fade_out)):
        if frames is not None:
            rows[name] = quoting.time(frames)
    if draft.high_cut is not None:
        rows["high_cut"] = quoting.value(draft.high_cut)
    if draft.sleeper:
        rows["sleeper"] = quoting.text(draft.sleeper)
    if draft.all_night and quoting.one_line(draft.all_night):
        rows["all_night"] = quoting.text(draft.all_night)
    return _aligned(rows, {"level": "LUFS of the opening", "high_cut": "Hz"})


def _weather(weather: WeatherSettings) -> dict[str, str]:
    rows = {"gusts": quoting.value(weather.gusts), "pace": quoting.value(weather.pace)}
    if weather.storm:
        storm = ", ".join(f"[{quoting.time(time)}, {quoting.value(force)}]" for time, force in weather.storm)
        rows["storm"] = f"[{storm}]"
    return rows


def _voice(voice: DraftVoice) -> str:
    if not voice.values:
        return quoting.text(voice.voice)
    return quoting.table({"voice": quoting.text(voice.voice), **_values(voice.values)})


def _values(change: Mapping[str, Value]) -> dict[str, str]:
    return {name: quoting.value(value) for name, value in change.items()}


def _change(change: SceneValue) -> str:
    return '"silent"' if isinstance(change, str) else quoting.table(_values(change))


def _scene(scene: DraftScene, taken: set[str]) -> list[str]:
    name = plain_name = quoting.one_line(scene.name, 80) or "scene"
    number = 2
    while name in taken:
        name, number = f"{plain_name} {number}", number + 1
    taken.add(name)
    rows = {"at": quoting.time(scene.at)}
    if scene.over is not None:
        rows["over"] = quoting.time(scene.over)
    rows |= {voice: _change(changed) for voice, changed in scene.changes.items()}
    head = f"[scene.{quoting.key(name)}]"
    return [_noted(head, scene.comment), *_aligned(rows)]


def _telling(telling: Telling) -> list[str]:
    until = telling.until
    rows = {
        "at": quoting.time(telling.at),
        **_told(telling),
        "voice": quoting.text(telling.voice),
        "until": quoting.text(until.value) if isinstance(until, Until) else quoting.time(until),
    }
    return ["[[tell]]", *_aligned(rows)]


def _told(telling: Telling) -> dict[str, str]:
    if telling.recording is not None:
        return {"recording": quoting.text(telling.story)}
    return {"story": _turns(telling)}


def _turns(telling: Telling) -> str:
    names = [quoting.text(turn.story) for turn in telling.in_turn]
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _aligned(rows: Mapping[str, str], notes: Mapping[str, str] | None = None) -> list[str]:
    keys = {name: quoting.key(name) for name in rows}
    wide = max(map(len, keys.values()), default=0)
    return [_noted(f"{keys[n]:<{wide}} = {value}", (notes or {}).get(n, "")) for n, value in rows.items()]


def _noted(line: str, note: str) -> str:
    comment = quoting.comment(note)
    return f"{line:<{_NOTE_AT - 1}} {comment}" if comment else line
