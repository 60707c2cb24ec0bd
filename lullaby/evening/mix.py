"""Voices named at a prompt, with levels and settings, as a score that stands in no file: `rain fire:-6`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from lullaby.errors import AskedWrongly, choices
from lullaby.evening.mixed_weather import WEATHER, of_the_weather, told_weather, typed_value
from lullaby.score import (
    Form,
    Part,
    ReverbSettings,
    Scene,
    Score,
    Setting,
    Value,
    VoiceFile,
    find_voice,
    read_voice,
)
from lullaby.score.checks import Unfit
from lullaby.score.model import WeatherSettings
from lullaby.score.plain_text import plain, quoted, together
from lullaby.score.setting_values import setting_value, settings
from lullaby.time import RATE
from lullaby.voices.kinds import KINDS

FADE_IN, FADE_OUT = RATE // 2, RATE


@dataclass
class Named:
    """A voice as it was typed, and what it is told."""

    typed: str
    voice: VoiceFile
    values: dict[str, Value] = field(default_factory=dict)

    def setting(self, key: str) -> Setting | None:
        """The setting of this name, or at this place in a voice file: "drops" and "drops.rate" alike."""
        rows = settings(self.voice.kind)
        return rows.get(key) or self.voice.kind.placed(key)


def mix(typed: Sequence[str], told_them: Sequence[str], frames: int) -> Score:
    """The voices alone in the usual room, each at unity unless it was given a level."""
    no_recordings(typed)
    named = [_named(word) for word in typed]
    weather = WeatherSettings()
    for word in told_them:
        if of_the_weather(word) and not any(WEATHER in (one.typed, one.voice.name) for one in named):
            weather = told_weather(weather, word, frames)
        else:
            _tell(named, word)
    parts: list[Part] = []
    changes: dict[str, dict[str, Value]] = {}
    for one in named:
        name = _own_name(one.voice.name, changes)
        values = {"level": 0.0, **one.voice.values, **one.values}
        parts.append(Part(name, one.voice, values))
        changes[name] = {"level": one.values.get("level", 0.0)}
    score = Score(
        name="hear",
        path=Path("hear"),
        title=together([one.typed for one in named]),
        description="",
        length=frames,
        fade_in=min(FADE_IN, frames // 4),
        fade_out=min(FADE_OUT, frames // 4),
        high_cut=20_000.0,
        room=ReverbSettings(),
        weather=weather,
        voices=tuple(parts),
        scenes=(Scene("hear", 0, 0, changes),),
    )
    return _with_sources(score)


def _with_sources(score: Score) -> Score:
    """The score with everything that it says as its text, so that no two that differ are taken for one."""
    voices = [[part.name, sorted(part.values.items())] for part in score.voices]
    changes = [
        sorted((name, sorted(c.items())) for name, c in scene.changes.items()) for scene in score.scenes
    ]
    said: list[object] = [score.length, score.fade_in, score.fade_out, score.high_cut, voices, changes]
    if score.weather != WeatherSettings():
        said.append(asdict(score.weather))
    text = json.dumps(said)
    return replace(score, sources=(text, *(part.voice.source for part in score.voices)))


def as_night(score: Score) -> Score:
    """The voices of a mix as a whole night: it opens as quietly as any, fades, and ends."""
    night = replace(
        score,
        name="mix",
        path=Path("mix"),
        title=score.title[:1].upper() + score.title[1:],
        fade_in=min(Score.fade_in, score.length // 2),
        fade_out=min(Score.fade_out, score.length // 2),
        high_cut=Score.high_cut,
        scenes=tuple(replace(scene, name="all-night") for scene in score.scenes),
    )
    return _with_sources(night)


RECORDINGS = {".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac", ".aiff", ".aif", ".wma", ".mp4"}


def no_recordings(words: Sequence[str]) -> None:
    """A recording is not a voice yet: whoever names one is told how it becomes one."""
    for word in words:
        if Path(word).suffix.lower() in RECORDINGS:
            name = plain(Path(word).name)
            raise AskedWrongly(
                f"{name} is a recording, and wants a voice file beside it that says so."
                f'\n    For example {plain(Path(word).stem)}.toml: kind = "clip" and file = "{name}".'
            )


def _named(word: str) -> Named:
    name, colon, level = word.rpartition(":")
    if not colon or "/" in level or level.endswith(".toml"):
        name, level = word, ""
    path = name.endswith(".toml") or "/" in name
    voice = read_voice(name, KINDS) if path else find_voice(name, KINDS)
    if voice.kind.speaks:
        raise AskedWrongly(f"{plain(voice.name)} tells stories; alone it has no sound.")
    named = Named(Path(name).stem if path else name, voice)
    if colon and level != "":
        _set(named, settings(voice.kind)["level"], level, plain(word))
    elif word.endswith(":"):
        raise AskedWrongly(f"{plain(word)}: the level is missing, as in {plain(name)}:-6.")
    return named


def _own_name(name: str, taken: dict[str, dict[str, Value]]) -> str:
    """A name that no other voice of the mix has: where a voice is named twice, the second is numbered."""
    names = [name, *(f"{name} {number}" for number in range(2, len(taken) + 2))]
    return next(n for n in names if n not in taken)


def _tell(named: Sequence[Named], word: str) -> None:
    """One `key=value` or `voice.key=value`, told to every voice it is for."""
    key, equals, value = word.partition("=")
    key = key.strip()
    if not equals or not key:
        raise AskedWrongly(f"--set {plain(word)}: write it --set drops=20 or --set rain.drops=20.")
    meant = list(named)
    voice, dot, rest = key.partition(".")
    if dot and (by_name := [one for one in named if voice in (one.typed, one.voice.name)]):
        meant, key = by_name, rest
    rows = [(one, setting) for one in meant if (setting := one.setting(key))]
    if not rows:
        who = " and ".join(dict.fromkeys(one.typed for one in meant))
        names = dict.fromkeys(name for one in meant for name in settings(one.voice.kind))
        raise AskedWrongly(plain(f"{who} has no {quoted(key)}.") + f"\n    {choices(key, names)}")
    for one, setting in rows:
        if setting.form is Form.FILE:
            raise AskedWrongly(f"--set {plain(word)}: it is set in the voice file, beside the sound itself.")
        _set(one, setting, value.strip(), f"--set {plain(word)}")


def _set(one: Named, setting: Setting, written: str, where: str) -> None:
    """Sets a typed value, read as in a voice file."""
    try:
        one.values[setting.name] = setting_value(typed_value(written), setting)
    except Unfit as unfit:
        gap = "" if unfit.what.startswith(":") else " "
        hint = f"\n    {plain(unfit.hint)}" if unfit.hint else ""
        raise AskedWrongly(plain(f"{where}: {setting.name}{gap}{unfit.what}") + hint) from None
