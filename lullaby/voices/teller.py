"""Tellers: voices that tell stories. What they may be told; their speech is made elsewhere."""

from __future__ import annotations

from lullaby.score.settings import Form, Kind, Setting


def _named(name: str, default: str, says: str) -> Setting:
    return Setting(name, name, default, "", 0, 0, says, Form.NAME, moves=False)


def _number(name: str, default: float, unit: str, low: float, high: float, says: str) -> Setting:
    return Setting(name, name, default, unit, low, high, says, moves=False)


TELLER = Kind(
    "teller",
    "a voice that tells stories; it has no sound of its own",
    (
        Setting("level", "level", 0.0, "dB", -90, 12, "louder"),
        Setting("pan", "pan", 0.0, "", -1, 1, "from the left speaker (-1) to the right (1)"),
        Setting("send", "room.send", -20.0, "dB", -90, 6, "more of the room"),
        _number("pace", 110.0, "words a minute", 60, 180, "faster, pauses included"),
        _named("engine", "hibari", "what speaks: hibari, espeak, or another that is installed"),
        _named("voice", "", "which of the engine's voices; or a model's file in the listener's own voices"),
        _named("lang", "en", "the language it is at home in"),
        _number("pitch", 1.0, "", 0.5, 1.6, "higher, times the engine's own"),
        _number("range", 1.0, "", 0.3, 1.5, "livelier: 0.3 hardly moves"),
        _number("throat", 1.0, "", 0.75, 1.25, "a shorter throat, a smaller body"),
        _number("breath", 0.0, "dB", -6, 12, "more breath in it"),
        _number("tilt", 0.0, "dB per octave", -6, 3, "brighter, from 1 kHz on"),
        _number("high_cut", 7_000.0, "Hz", 3_000, 12_000, "more high end"),
        _number("deess", 0.5, "", 0, 1, "softer sibilants"),
        _number("compress", 0.3, "", 0, 1, "more even in level"),
    ),
    speaks=True,
)
