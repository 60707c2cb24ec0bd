"""A night: a score bound to a seed and a date; plan, pages, mixer, loudness."""

from lullaby.night.engine import ENGINE, engine_name
from lullaby.night.night import Night
from lullaby.night.plan import Plan

__all__ = ["ENGINE", "Night", "Plan", "engine_name"]
