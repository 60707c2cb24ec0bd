"""The cap on how loud a night may be for a listener on a device, where somebody has measured it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from operator import itemgetter

from lullaby.people.calibration import Calibration
from lullaby.people.limits import Limits, limits_at
from lullaby.people.traits import ADULT

ALL_NIGHT_DBA = 40.0
"""The most dBA at the pillow, where a night plays until morning."""
PEAKS = 4.0
"""dB that 50 ms of a bed stand above its minute."""


@dataclass(frozen=True)
class Caps:
    """Levels of the sound itself, in dBFS(A), and in words where each comes from."""

    hard: float = math.inf
    """The level that no 50 ms pass."""
    aim: float = math.inf
    """The minute that opens the night is no louder."""
    hard_is: str = field(default="", compare=False)
    aim_is: str = field(default="", compare=False)


UNCAPPED = Caps()


def caps_for(limits: Limits, known: Calibration, all_night: bool) -> Caps:
    """A listener's limits as levels of sound on this device; no caps where nobody has measured it."""
    loudest = [(limits.cap_dba, _never_louder(limits))]
    openings = loudest[:]
    if limits.aim_dba is not None:
        openings.append(
            (limits.aim_dba, f"a night for {_whom(limits)} opens at {_dba(limits.aim_dba, limits)}")
        )
    if all_night:
        loudest.append(
            (ALL_NIGHT_DBA + PEAKS, f"what plays all night has {_dba(ALL_NIGHT_DBA + PEAKS, limits)}")
        )
        openings.append((ALL_NIGHT_DBA, f"what plays all night opens at {_dba(ALL_NIGHT_DBA, limits)}"))
    (most, hard_is), (opening, aim_is) = (min(rules, key=itemgetter(0)) for rules in (loudest, openings))
    hard, aim = known.dbfs(most), known.dbfs(opening)
    return UNCAPPED if hard is None or aim is None else Caps(hard, aim, hard_is, aim_is)


def _never_louder(limits: Limits) -> str:
    """The cap in words: the listener's own where it is lower than what their age asks for."""
    usual = {of_age.profile: of_age.cap_dba for of_age in map(limits_at, (0, ADULT - 1, ADULT))}
    whose = (
        "its listener's own limit is" if limits.cap_dba < usual[limits.profile] else f"{_whom(limits)} hears"
    )
    return f"{whose} {_dba(limits.cap_dba, limits)}"


def _dba(level: float, limits: Limits) -> str:
    return f"no more than {level:g} dBA at the {limits.place}"


def _whom(limits: Limits) -> str:
    return f"{'a' if limits.profile == 'child' else 'an'} {limits.profile}"
