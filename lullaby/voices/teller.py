"""Tellers: voices that tell stories. What they may be told; their speech is made elsewhere.

The settings of a manner of speaking have the names of `lullaby.narrator.speech.Manner`, which is given them.
"""

from __future__ import annotations

from lullaby.score.settings import Form, Kind, Setting


def _spoken(name: str, default: float, unit: str, low: float, high: float, says: str) -> Setting:
    """A setting of how it speaks, which no scene moves."""
    return Setting(name, f"speech.{name}", default, unit, low, high, says, moves=False)


def _named(name: str, default: str, says: str) -> Setting:
    return Setting(name, name, default, "", 0, 0, says, Form.NAME, moves=False)


TELLER = Kind(
    "teller",
    "a voice that tells stories; it has no sound of its own",
    (
        Setting("level", "level", 0.0, "dB", -90, 12, "louder"),
        Setting("pan", "pan", 0.0, "", -1, 1, "from the left speaker (-1) to the right (1)"),
        Setting("send", "room.send", -20.0, "dB", -90, 6, "more of the room"),
        Setting("pace", "pace", 110.0, "words a minute", 60, 180, "faster", moves=False),
        _named("engine", "hibari", "what speaks"),
        _named("voice", "", "that engine's own voice"),
        _named("lang", "en", "the language it speaks"),
        _spoken("pitch", 1.0, "times", 0.4, 1.6, "higher"),
        _spoken("range", 1.0, "times", 0.2, 1.6, "livelier, less even"),
        _spoken("throat", 1.0, "times", 0.7, 1.3, "a smaller body"),
        _spoken("breath", 0.0, "dB", -12, 12, "more breath"),
        _spoken("tilt", 0.0, "dB/oct", -9, 6, "brighter"),
        _spoken("high_cut", 7_000.0, "Hz", 2_000, 12_000, "brighter"),
        _spoken("deess", 0.5, "", 0, 1, "softer s and sh"),
        _spoken("compress", 0.3, "", 0, 1, "more even"),
    ),
    speaks=True,
)
