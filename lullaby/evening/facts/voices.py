"""Facts about a voice: its file, and every setting it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lullaby.errors import LullabyError
from lullaby.score import Setting, Value, VoiceFile, read_voice, voice_paths
from lullaby.score.setting_values import can_move, settings
from lullaby.voices.kinds import KINDS


@dataclass(frozen=True)
class Voices:
    """Every voice that can be read, and what is wrong with the files of the others."""

    found: tuple[VoiceFile, ...]
    wrong: tuple[LullabyError, ...]


def all_voices() -> Voices:
    found: list[VoiceFile] = []
    wrong: list[LullabyError] = []
    for path in voice_paths().values():
        try:
            found.append(read_voice(path, KINDS))
        except LullabyError as error:  # one broken file hides none of the others
            wrong.append(error)
    return Voices(tuple(found), tuple(wrong))


def settings_of(voice: VoiceFile) -> list[Setting]:
    return list(settings(voice.kind).values())


def facts_of_voice(voice: VoiceFile) -> dict[str, Any]:
    values: Mapping[str, Value] = {"level": 0.0, **voice.values}
    return {
        "name": voice.name,
        "kind": voice.kind.name,
        "default": voice.default,
        "file": str(voice.path),
        "description": voice.description,
        "licence": voice.licence,
        "settings": [
            {
                "name": row.name,
                "at": row.key,
                "value": _plain(values[row.name]),
                "unit": row.unit,
                "low": _plain(row.low),
                "high": _plain(row.high),
                "form": row.form.value,
                "choices": list(row.choices),
                "moves": can_move(row),
                "says": row.says,
            }
            for row in settings_of(voice)
        ],
    }


def _plain(value: Value) -> Any:
    """A value JSON can hold; the level nothing is the word that files use."""
    if isinstance(value, float) and value == float("-inf"):
        return "silent"
    return [_plain(v) for v in value] if isinstance(value, tuple) else value
