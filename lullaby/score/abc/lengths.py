"""Lengths as they are written behind notes, and tuplets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from lullaby.score.abc.margin import Place
from lullaby.score.abc.marks import Mark
from lullaby.score.checks import Unfit
from lullaby.score.melody import bar_of, beat_of

_LONGEST = 16
"""Whole notes in a note."""
_FINEST = 64
_OF_THREE = {2: 3, 3: 2, 4: 3, 6: 2, 8: 3}
"""So many notes in the time of how many; other tuplets are in the time of 2, of 3 in 6/8 and its like."""


def length_of(times: str, over: str, unit: Fraction) -> Fraction:
    """The length of "3", "/2", "3/2", "//" in whole notes, where nothing is one unit."""
    part = int(over[1:]) if over[1:].isdigit() else 2 ** len(over)
    count = int(times or 1)
    if not count or not part:
        raise Unfit("lasts no time.", "A is one unit, A2 two, A/2 or A/ half of one, A3/2 one and a half.")
    if part > _FINEST:
        raise Unfit(f"is too short: the finest is /{_FINEST}.")
    length = Fraction(count, part) * unit
    if length > _LONGEST:
        raise Unfit(f"is too long: at most {_LONGEST} whole notes.")
    return length


@dataclass(frozen=True, slots=True)
class Tuplet:
    """So many notes, each shorter or longer by a share."""

    share: Fraction
    left: int
    place: Place

    @property
    def after_one(self) -> Tuplet | None:
        return replace(self, left=self.left - 1) if self.left > 1 else None


def tuplet_of(mark: Mark, metre: tuple[int, int]) -> Tuplet:
    """(3 is three notes in the time of two; (p:q:r is r notes, each q/p of its length."""
    count = int(mark["p"])
    is_compound = beat_of(metre).numerator == 3 and bar_of(metre) > beat_of(metre)
    time = int(mark["q"] or _OF_THREE.get(count, 3 if is_compound else 2))
    notes = int(mark["r"] or count)
    if count < 2 or not time or not notes:
        hint = "(3abc is three notes in the time of two; from (2 to (9."
        raise Unfit(f"{mark['tuplet']} is no tuplet.", hint)
    return Tuplet(Fraction(time, count), notes, mark.place)
