"""The stages of sleep: awake, N1, N2, N3 and REM, in epochs of 30 seconds."""

from __future__ import annotations

from enum import IntEnum

EPOCH_S = 30
"""Seconds that sleep is scored by."""


class Stage(IntEnum):
    """A stage of sleep, in the order of their numbers everywhere: a course's array, a transition matrix, a
    file's column."""

    AWAKE = 0
    N1 = 1
    N2 = 2
    N3 = 3
    REM = 4

    @property
    def label(self) -> str:
        """The stage's name in files and for people: awake, n1, n2, n3, rem."""
        return self.name.lower()

    @property
    def asleep(self) -> bool:
        return self is not Stage.AWAKE
