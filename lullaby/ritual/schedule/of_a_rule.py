"""Whether a command begins the night of a rule, without looking into the schedule: most begin none."""

from __future__ import annotations

import os

CLAIM = "LULLABY_BEGINS"
"""The environment variable by which a command knows which night it begins."""


def is_of_a_rule() -> bool:
    return CLAIM in os.environ
