"""Noice, the Android app: exported presets of every version, one preset, or the link it shares.

An export is {"version": "v1", "presets": [{"name", "soundStates": {id: 0..1}}]}; before that,
{"version": "presets.v2", "data": "[…]"} with a list as a text, whose presets have
"playerStates": [{"soundId", "volume": 0..25}], "soundKey" in presets.v1, and {"a", "b": [{"a", "b": 0..1}]}
in the oldest. A link is https://trynoice.com/preset?v=1&n=NAME&s={…}, or ps=[…] for playerStates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lullaby.score.foreign.json_text import Json
from lullaby.score.foreign.mix_draft import Mix
from lullaby.score.plain_text import quoted

PROGRAM = "Noice"
LAW = 2.0
"""The power law of its volumes: the player plays a volume by its square."""
_LOUDEST = 25
"""The top of volumes before soundStates."""


def is_noice(value: object) -> bool:
    """Does it look like something Noice wrote?"""
    if isinstance(value, list):
        return any(_is_preset(entry) for entry in value[:50])
    if not isinstance(value, dict):
        return False
    if _is_preset(value):
        return True
    version = value.get("version")
    data, presets = value.get("data"), value.get("presets")
    return isinstance(version, str) and (isinstance(data, str) or isinstance(presets, list))


def _is_preset(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return "soundStates" in value or "playerStates" in value or {"a", "b"} <= value.keys()


def mixes(json: Json, value: object, name: str) -> list[Mix]:
    """Every preset in it."""
    if isinstance(value, dict) and not _is_preset(value):
        value = json.read(value["data"]) if isinstance(value.get("data"), str) else value.get("presets")
    presets = value if isinstance(value, list) else [value]
    found = []
    for number, preset in enumerate(presets, 1):
        if not _is_preset(preset):
            raise json.wrong("", f"preset {number} has no sounds as Noice writes them.")
        found.append(_mix(json, preset, name if len(presets) == 1 else f"{name} {number}"))
    return found


def shared(json: Json, fields: Mapping[str, str], name: str) -> list[Mix]:
    """The preset in a link's query."""
    states = "soundStates" if "s" in fields else "playerStates"
    inner = fields.get("s", fields.get("ps", ""))
    return [_mix(json, {"name": fields.get("n", ""), states: json.read(inner)}, name)]


def _mix(json: Json, preset: Mapping[str, Any], name: str) -> Mix:
    title = json.title(preset.get("name", preset.get("a")), name)
    states = preset.get("soundStates")
    if isinstance(states, dict):
        return Mix(title, {sound: json.share(sound, volume) for sound, volume in states.items()})
    players = preset.get("playerStates", preset.get("b"))
    if not isinstance(players, list):
        raise json.wrong(title, f"the preset {quoted(title)} has no list of sounds.")
    sounds: dict[str, float] = {}
    for player in players:
        sound, share = _player(json, player, title)
        sounds[sound] = max(share, sounds.get(sound, 0.0))
    return Mix(title, sounds)


def _player(json: Json, player: object, title: str) -> tuple[str, float]:
    if isinstance(player, dict):
        for key in ("soundId", "soundKey"):
            if isinstance(sound := player.get(key), str):
                return sound, json.share(sound, player.get("volume"), _LOUDEST)
        if isinstance(sound := player.get("a"), str):
            return sound, json.share(sound, player.get("b"))
    raise json.wrong(title, f"a sound of {quoted(title)} has no name.")
