"""Sounds of other programs by name, and the voice of ours that is the same thing.

To add one, add a row: the foreign name in small letters with hyphens, our voice, what it is told besides,
and, where it is a neighbour and not the thing itself, what it is played as.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lullaby.score.model import Change


@dataclass(frozen=True)
class Counterpart:
    """Our voice for a foreign sound."""

    voice: str
    values: Change = field(default_factory=dict)
    played_as: str = ""
    """What a listener should know where this is only a neighbour of the sound."""


_RAIN = Counterpart("open-rain")
_ROOF = Counterpart("rain-on-slate", played_as="rain on a slate roof")
_SHORE = Counterpart("shore")
_HUSH = Counterpart("room-hush", played_as="the hush of a room")
_BROWN = Counterpart("brown-noise")


def _beat(hz: float) -> Counterpart:
    """Moodist's binaural files say their band alone; a beat from its middle stands for it."""
    return Counterpart("between-the-ears", {"tone": 200.0, "beat": hz}, f"a beat of {hz:g} Hz on 200 Hz")


COUNTERPARTS: dict[str, Counterpart] = {
    "rain": _RAIN,
    "light-rain": _RAIN,
    "moderate-rain": _RAIN,
    "heavy-rain": _RAIN,
    "rain-on-leaves": _RAIN,
    "rain-on-roof": _ROOF,
    "rain-on-window": _ROOF,
    "rain-on-car-roof": _ROOF,
    "rain-on-umbrella": _ROOF,
    "rain-on-tent": _ROOF,
    "waves": _SHORE,
    "sea": _SHORE,
    "ocean": _SHORE,
    "beach": _SHORE,
    "seashore": _SHORE,
    "seaside": _SHORE,
    "waterfall": Counterpart("far-falls"),
    "white-noise": Counterpart("white-noise"),
    "pink-noise": Counterpart("pink-noise"),
    "brown-noise": _BROWN,
    "brownian-noise": _BROWN,
    "ceiling-fan": _HUSH,
    "fan": _HUSH,
    "singing-bowl": Counterpart("evening-bowl"),
    "bell-buoy": Counterpart("buoy-bell"),
    "buoy": Counterpart("buoy-bell"),
    "drone": Counterpart("harbour-drone"),
    "pad": Counterpart("warm-pad"),
    "breathing": Counterpart("slow-breath"),
    "slow-breath": Counterpart("slow-breath"),
    "binaural-delta": _beat(2.0),
    "binaural-theta": _beat(6.0),
    "binaural-alpha": _beat(10.0),
    "binaural-beta": _beat(20.0),
    "binaural-gamma": _beat(30.0),
}


def slug(name: str) -> str:
    """The name as the table has it: "Rain on Window", "rain_on_window" → "rain-on-window"."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def counterpart(name: str) -> tuple[str, Counterpart] | None:
    """The name in the table and our voice for it; None where there is none yet."""
    found = slug(name)
    return (found, COUNTERPARTS[found]) if found in COUNTERPARTS else None
