"""The effect of a listener's caps on a measured device, on scores and on loudness, before a night is made."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lullaby.errors import LullabyError
from lullaby.night.night import Night
from lullaby.people.calibration import Calibration
from lullaby.people.caps import caps_for
from lullaby.people.limits import Limits, kept_to
from lullaby.score import read_score, score_files
from lullaby.voices.kinds import KINDS


def softened(limits: Limits, known: Calibration) -> dict[str, float]:
    """The scores there are, shipped and the listener's own, that open softer on this device than they are
    written: each with the dB it loses at the most.

    Nothing is listened to: a score's level is in LUFS, which are never fewer than its dBFS(A), so that it may
    lose less. A score that cannot be read is not one of them.
    """
    found: dict[str, float] = {}
    for name, path in score_files().items():
        try:
            score = kept_to(limits, read_score(path, KINDS))
        except LullabyError:
            continue
        lower = score.level - caps_for(limits, known, score.all_night is not None).aim
        if lower > 0:
            found[name] = lower
    return found


@dataclass(frozen=True)
class Missed:
    """A loudness that cannot be reached, and the one that can."""

    wanted: float
    """LUFS."""
    most: float
    """LUFS, if every 50 ms of the night were as loud as its cap lets them be."""
    because: str
    """The cap, in words."""

    @property
    def says(self) -> str:
        return f"{self.wanted:g} LUFS is out of reach, {self.most:.1f} at the most: {self.because}."


def missed(night: Night, lufs: float) -> Missed | None:
    """The LU by which this loudness is out of reach under the night's caps; None where they allow it.

    A cap is A-weighted and loudness is K-weighted: how far the two lie apart is taken from the opening.
    """
    if math.isinf(night.caps.hard):
        return None
    most = night.caps.hard + night.measured - night.measured_a
    return Missed(lufs, most, night.caps.hard_is) if lufs > most else None
