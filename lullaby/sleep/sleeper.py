"""Who sleeps, and what kind of day it was: everything the model is told before lights-out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lullaby.errors import AskedWrongly
from lullaby.people.traits import ADULT, Sex
from lullaby.sleep.stages import EPOCH_S

OLDEST = 90
"""Years. Who is older is taken for this old: no night of theirs was seen."""

_BOUNDS = {
    "age": (0, 120, "The age", "years"),
    "bedtime": (0, 24, "Bedtime", "hours of the clock"),
    "hours_awake": (0, 72, "The time awake before bed", "hours"),
    "debt_h": (0, 48, "Sleep debt", "hours"),
    "hyper": (0, 0.8, "Insomnia", "(0 sleeps well, 0.8 badly)"),
    "chronotype": (-6, 6, "The chronotype", "hours later than most"),
    "in_bed_min": (1, 1440, "The time in bed", "minutes"),
    "latency": (0.05, 20, "The learned latency", "times the model's"),
}


@dataclass(frozen=True, slots=True)
class Sleeper:
    """An adult at lights-out."""

    age: float = 35.0
    sex: Sex = Sex.UNSPECIFIED
    bedtime: float = 23.0
    """Hours of the clock at lights-out."""
    hours_awake: float = 16.0
    debt_h: float = 0.0
    """Hours of sleep missing from the nights before."""
    hyper: float = 0.0
    """Insomnia: 0 sleeps well, 0.8 sleeps badly."""
    chronotype: float = 0.0
    """Hours by which this body's clock runs later than most: 2 for an owl, -2 for a lark."""
    in_bed_min: float = 460.0
    latency: float = 1.0
    """Times as long as the model's to fall asleep: what this listener's own nights taught."""

    def __post_init__(self) -> None:
        for name, (low, high, called, unit) in _BOUNDS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise AskedWrongly(f"{called} goes from {low:g} to {high:g} {unit}, not to {value:g}.")
        if self.age < ADULT:
            raise AskedWrongly(
                f"The model of sleep knows adults only, from {ADULT} years on. "
                "For somebody younger a night ends by its timer, under a child's limits."
            )

    @property
    def epochs(self) -> int:
        """Half minutes in bed; one that is begun counts."""
        return math.ceil(self.in_bed_min * 60 / EPOCH_S)
