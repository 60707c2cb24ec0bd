"""lullaby: bedtime soundscapes that follow the sleeper and end by themselves.

    night = lullaby.load("harbour", date=date(2026, 3, 1))
    sound = night.render(lullaby.span("00:10:00", "00:12:00"))      # float32[frames, 2] at 48 kHz

Importing it is light: numba and the rest come with the first night.
"""

from __future__ import annotations

import datetime
import os
from typing import TYPE_CHECKING, Any

from lullaby.errors import AskedWrongly, CouldNot, LullabyError, WrittenWrongly
from lullaby.time import Span, span

if TYPE_CHECKING:
    from lullaby.night import Night

__version__ = "0.1.0"

__all__ = [
    "AskedWrongly",
    "CouldNot",
    "LullabyError",
    "Night",
    "Span",
    "WrittenWrongly",
    "__version__",
    "load",
    "span",
]


def load(
    score: str | os.PathLike[str], *, seed: int | None = None, date: datetime.date | None = None
) -> Night:
    """A night from a score: a name among the shipped and the listener's own, or a path.

    Without a seed it is the score's own; without a date it is the same on every date. This front door
    alone knows both the night and what can keep it as a file: it hands the one to the other.
    """
    from lullaby import export, night

    return night.load(score, seed=seed, date=date, keeper=export.export)


def __getattr__(name: str) -> Any:
    if name == "Night":
        from lullaby.night import Night

        return Night
    raise AttributeError(f"module 'lullaby' has no attribute {name!r}")
