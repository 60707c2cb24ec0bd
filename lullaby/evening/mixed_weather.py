"""The weather of a mix, told at a prompt as a score has it under [weather]: `--set weather.gusts=0.8`."""

from __future__ import annotations

import tomllib
from dataclasses import replace

from lullaby.score.conditions import weather_in
from lullaby.score.model import WeatherSettings
from lullaby.score.plain_text import plain
from lullaby.score.toml_table import TomlTable

WEATHER = "weather"
"""What stands before the dot in place of a voice's name."""


def of_the_weather(word: str) -> bool:
    """Is this `key=value` told to the weather?"""
    place, equals, _ = word.partition("=")
    voice, dot, _ = place.partition(".")
    return bool(equals and dot) and voice.strip() == WEATHER


def told_weather(weather: WeatherSettings, word: str, length: int) -> WeatherSettings:
    """The weather with one `weather.key=value` changed, checked as in a score of this length."""
    place, _, written = word.partition("=")
    key = place.partition(".")[2].strip()
    table = TomlTable({key: typed_value(written.strip())}, plain(f"--set {word}"), WEATHER)
    found = weather_in(table, length)
    if table.mistakes:
        raise table.mistakes[0]
    return replace(weather, **{key: getattr(found, key)})


def typed_value(written: str) -> object:
    """A value as in a TOML file; a bare word is a text."""
    try:
        table = tomllib.loads(f"value = {written}")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return written
    return table["value"] if len(table) == 1 else written
