"""What a ritual became tonight: its movements with their times, and the rules that made them so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlannedMovement:
    """A movement at its place in the night, in frames."""

    name: str
    do: str
    at: int
    stop: int
    until: str = ""
    """What ends it before its longest, in a word; "" where it has a length."""
    because: tuple[str, ...] = ()
    """The rules that made it other than it is written, in a sentence each."""


@dataclass(frozen=True)
class PlannedRitual:
    name: str
    mood: str = ""
    season: str = ""
    hemisphere: str = "north"
    circle: str = ""
    """The circle that holds it."""
    rules: tuple[str, ...] = ()
    """Everything that tonight's rules changed, in a sentence each."""
    movements: tuple[PlannedMovement, ...] = ()
    amiss: tuple[str, ...] = ()
    """What its circle names and cannot be had, in a sentence each: it goes on without."""

    def at(self, frame: int) -> PlannedMovement | None:
        """The movement that is under way at this frame."""
        return next((one for one in self.movements if one.at <= frame < one.stop), None)
