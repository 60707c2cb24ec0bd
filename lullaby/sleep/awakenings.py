"""The chance that a noise wakes a sleeper (sleep.md)."""

from __future__ import annotations

from lullaby.kernels.epochs import ln
from lullaby.sleep.stages import Stage

QUIET = 33.0
"""dBA at the ear that wake nobody."""

_READY = {Stage.AWAKE: 0.0, Stage.N1: 2.0, Stage.N2: 1.0, Stage.N3: 0.35, Stage.REM: 1.0}
"""How readily each stage is ended by a noise, beside N2; who is awake cannot be woken."""

_LEAST, _MOST = 1e-9, 1 - 1e-6
"""Chances are held between these: a logit must stay a number."""


def wakes(stage: Stage, dba: float, *, sudden: bool = False, speech: bool = False) -> float:
    """The chance that half a minute with this noise wakes somebody who would have slept on."""
    if not dba > QUIET:
        return 0.0
    percent = max(0.0, 0.001894 * dba * dba + 0.04008 * dba - 3.3243)
    percent *= (2 if sudden else 1) * (3 if speech else 1)
    return min(1.0, _READY[stage] * percent / 100)


def bonus(already: float, added: float) -> float:
    """The rise in the logit of waking that adds so much to the chance there already was."""
    before = min(max(already, _LEAST), _MOST)
    after = min(before + added, _MOST)
    return float(ln(after / (1 - after)) - ln(before / (1 - before))) if after > before else 0.0
