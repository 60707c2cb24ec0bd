"""Sounds of other programs by name, and the voice of ours that is the same thing.

To add one, add a row: the foreign name in small letters with hyphens, our voice, what it is told besides,
and, where it is a neighbour and not the thing itself, what it is played as. What a program has and we have
not stands in MISSING, so that nothing is left out by an oversight.
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
    """A remark for a listener where this is only a neighbour of the sound."""


_RAIN = Counterpart("open-rain")
_ROOF = Counterpart("rain-on-slate", played_as="rain on a slate roof")
_THUNDER = Counterpart("thunder-beyond-the-hills")
_SHORE = Counterpart("shore")
_STREAM = Counterpart("brook")
_RIVER = Counterpart("hill-stream")
_WIND = Counterpart("wind-over-the-moor")
_LEAVES = Counterpart("leaves-at-the-window")
_PALMS = Counterpart("leaves-at-the-window", played_as="wind in the leaves of an ash tree")
_FIRE = Counterpart("campfire")
_CRICKETS = Counterpart("summer-crickets")
_CAT = Counterpart("sleeping-cat")
_HEART = Counterpart("heart-beside-you")
_VILLAGE = Counterpart("first-birds", played_as="birds in the morning, from a window")
_TRAIN = Counterpart("night-train")
_CABIN = Counterpart("brown-noise", played_as="brown noise")
_HARBOUR = Counterpart("harbour-swell", played_as="the sea inside a harbour wall")
_BROWN = Counterpart("brown-noise")
_PINK = Counterpart("pink-noise")


def _beat(hz: float) -> Counterpart:
    """Moodist's binaural files say their band alone; a beat from its middle stands for it."""
    return Counterpart("between-the-ears", {"tone": 200.0, "beat": hz}, f"a beat of {hz:g} Hz on 200 Hz")


COUNTERPARTS: dict[str, Counterpart] = {
    "rain": _RAIN,
    "light-rain": _RAIN,
    "moderate-rain": _RAIN,
    "heavy-rain": _RAIN,
    "rain-on-leaves": _RAIN,
    "distant-rain": Counterpart("distant-rain"),
    "rain-on-roof": _ROOF,
    "rain-on-car-roof": _ROOF,
    "rain-on-window": Counterpart("rain-on-the-window"),
    "rain-on-tent": Counterpart("tent-rain"),
    "rain-on-umbrella": Counterpart("tent-rain", played_as="rain on a tent"),
    "thunder": _THUNDER,
    "thunderstorm": _THUNDER,
    "distant-thunder": _THUNDER,
    "rolling-thunder": _THUNDER,
    "thunder-crack": Counterpart("thunder-beyond-the-hills", played_as="thunder far off, without its crack"),
    "waves": _SHORE,
    "sea": _SHORE,
    "ocean": _SHORE,
    "beach": _SHORE,
    "seashore": _SHORE,
    "seaside": _SHORE,
    "sailboat": _HARBOUR,
    "river": _RIVER,
    "river1": _RIVER,  # SBaGen's own recordings
    "river2": _RIVER,
    "stream": _STREAM,
    "water-stream": _STREAM,
    "brook": _STREAM,
    "creek": _STREAM,
    "waterfall": Counterpart("far-falls"),
    "wind": _WIND,
    "soft-wind": Counterpart("wind-up-the-valley"),
    "howling-wind": Counterpart("howl-at-the-window"),
    "wind-in-trees": _LEAVES,
    "leaves": _LEAVES,
    "wind-in-palm-trees": _PALMS,
    "wind-through-palm-trees": _PALMS,
    "snow": Counterpart("snow-hush"),
    "campfire": _FIRE,
    "bonfire": _FIRE,
    "fire": _FIRE,
    "fireplace": Counterpart("hearth"),
    "birds": Counterpart("first-birds"),
    "morning-in-a-village": _VILLAGE,
    "village-morning": _VILLAGE,
    "crickets": _CRICKETS,
    "night": Counterpart("summer-crickets", played_as="crickets in a meadow"),
    "night-village": Counterpart("september-crickets", played_as="a few crickets on a cool night"),
    "frog": Counterpart("pond-frogs"),
    "frogs": Counterpart("pond-frogs"),
    "cat-purring": _CAT,
    "purring-cat": _CAT,
    "heartbeat": _HEART,
    "human-heartbeat": _HEART,
    "breathing": Counterpart("slow-breath"),
    "slow-breath": Counterpart("slow-breath"),
    "train": _TRAIN,
    "moving-train": _TRAIN,
    "inside-a-train": _TRAIN,
    "airplane": _CABIN,
    "airplane-inflight": _CABIN,
    "air-travel": _CABIN,
    "ceiling-fan": Counterpart("ceiling-fan"),
    "fan": Counterpart("bedside-fan"),
    "white-noise": Counterpart("white-noise"),
    "pink-noise": _PINK,
    "synapseq-pink-noise": _PINK,
    "brown-noise": _BROWN,
    "brownian-noise": _BROWN,
    "singing-bowl": Counterpart("evening-bowl"),
    "bell-buoy": Counterpart("buoy-bell"),
    "buoy": Counterpart("buoy-bell"),
    "drone": Counterpart("harbour-drone"),
    "pad": Counterpart("warm-pad"),
    "binaural-delta": _beat(2.0),
    "binaural-theta": _beat(6.0),
    "binaural-alpha": _beat(10.0),
    "binaural-beta": _beat(20.0),
    "binaural-gamma": _beat(30.0),
}

_MISSING = """
airplane-seatbelt-beeps airport ambulance-siren beehive boiling-water bubbles busy-street cafe carousel
chickens church clock coffee-shop construction-site cows creaking-boat creaking-ship crowd crowded-bar
crows dog-barking droplets dryer electric-car fireworks highway horse-gallop horse-galopp howling-wolf
jungle keyboard laboratory laundry-room library morse-code office owl paper public-library
quiet-conversation quiet-conversations restaurant road rowing-boat screeching-seagulls seagulls sheep
slide-projector submarine subway-station supermarket temple traffic train-horn tuning-radio typewriter
underwater vinyl-effect walk-in-snow walk-on-gravel walk-on-leaves walking-in-snow
walking-through-the-snow washing-machine water-hose whale wind-chimes wind-chimes-of-shells
windshield-wipers wolf wolves woodpecker
"""
MISSING = frozenset(_MISSING.split())
"""Sounds of Noice and Moodist that no voice of ours comes near."""


def slug(name: str) -> str:
    """The name as the table has it: "Rain on Window", "rain_on_window" → "rain-on-window"."""
    return re.sub(r"[\s_-]+", "-", name.strip().lower())


def counterpart(name: str) -> tuple[str, Counterpart] | None:
    """The name in the table and our voice for it; None where there is none yet."""
    found = slug(name)
    return (found, COUNTERPARTS[found]) if found in COUNTERPARTS else None
