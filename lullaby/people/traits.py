"""Adulthood and sex: what both limits and the model of sleep depend on."""

from __future__ import annotations

from enum import Enum

ADULT = 18
"""Years. The nights the model was fitted on are adults' alone."""


class Sex(Enum):
    FEMALE = "female"
    MALE = "male"
    UNSPECIFIED = "unspecified"

    @property
    def male(self) -> float:
        return {Sex.FEMALE: 0.0, Sex.MALE: 1.0, Sex.UNSPECIFIED: 0.5}[self]
