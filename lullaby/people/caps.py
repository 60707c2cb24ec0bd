"""How loud a night may be for a listener on a device, where somebody has measured it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lullaby.people.calibration import Calibration
from lullaby.people.limits import Limits

ALL_NIGHT_DBA = 40.0
"""At the pillow, where a night plays until morning."""
PEAKS = 4.0
"""dB that 50 ms of a bed stand above its minute."""


@dataclass(frozen=True)
class Caps:
    """Levels of the sound itself, in dBFS(A)."""

    hard: float = math.inf
    """No 50 ms are louder."""
    aim: float = math.inf
    """The minute that opens the night is no louder."""


UNCAPPED = Caps()


def caps_for(limits: Limits, known: Calibration, all_night: bool) -> Caps:
    """What these limits are on this device; none where nobody has measured it."""
    aims = [limits.cap_dba]
    if limits.aim_dba is not None:
        aims.append(limits.aim_dba)
    if all_night:
        aims.append(ALL_NIGHT_DBA)
    most = min(limits.cap_dba, ALL_NIGHT_DBA + PEAKS) if all_night else limits.cap_dba
    hard, aim = known.dbfs(most), known.dbfs(min(aims))
    return UNCAPPED if hard is None or aim is None else Caps(hard, aim)
