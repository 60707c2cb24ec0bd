"""Moodist, the web page: its saved presets, one of them, its chosen sounds, or the link it shares.

Presets are kept as {"state": {"presets": [{"label", "sounds": {id: 0..1}}]}, "version": 0}; the chosen sounds
as {id: {"isSelected", "volume"}}. A link is https://moodist.mvze.net/?share={id: 0..1}.
"""

from __future__ import annotations

from collections.abc import Mapping

from lullaby.score.foreign.json_text import Json
from lullaby.score.foreign.mix_draft import Mix

PROGRAM = "Moodist"
LAW = 1.0
"""The power law of its volumes: the player plays a volume as it is."""


def is_moodist(value: object) -> bool:
    """Does it look like something Moodist wrote?"""
    if isinstance(value, list):
        return any(isinstance(entry, dict) and "sounds" in entry for entry in value[:50])
    if not isinstance(value, dict) or not value:
        return False
    if isinstance(value.get("state"), dict):
        return is_moodist(value["state"])
    if isinstance(value.get("presets"), list) or isinstance(value.get("sounds"), dict):
        return True
    return all(isinstance(volume, int | float) for volume in value.values())


def mixes(json: Json, value: object, name: str) -> list[Mix]:
    """Every preset in it."""
    if isinstance(value, dict) and isinstance(value.get("state"), dict):
        value = value["state"]
    if isinstance(value, dict) and isinstance(value.get("presets"), list):
        value = value["presets"]
    if isinstance(value, dict) and "sounds" not in value:
        return [_mix(json, name, value)]
    presets = value if isinstance(value, list) else [value]
    found = []
    for number, preset in enumerate(presets, 1):
        if not isinstance(preset, dict) or not isinstance(preset.get("sounds"), dict):
            raise json.wrong("", f"preset {number} has no sounds as Moodist writes them.")
        usual = name if len(presets) == 1 else f"{name} {number}"
        found.append(_mix(json, json.title(preset.get("label"), usual), preset["sounds"]))
    return found


def shared(json: Json, fields: Mapping[str, str], name: str) -> list[Mix]:
    """The mix in a link's query."""
    value = json.read(fields["share"])
    if not isinstance(value, dict):
        raise json.wrong("", "what the link shares is not a table of sounds.")
    return [_mix(json, name, value)]


def _mix(json: Json, title: str, sounds: Mapping[str, object]) -> Mix:
    shares: dict[str, float] = {}
    for sound, volume in sounds.items():
        if isinstance(volume, dict):
            if volume.get("isSelected") is not True:
                continue
            volume = volume.get("volume")
        shares[sound] = json.share(sound, volume)
    return Mix(title, shares)
