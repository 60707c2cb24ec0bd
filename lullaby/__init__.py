"""lullaby: bedtime soundscapes that follow the sleeper and end by themselves.

    night = lullaby.load("harbour", date=date(2026, 3, 1))
    sound = night.render(lullaby.span("00:10:00", "00:12:00"))      # float32[frames, 2] at 48 kHz

Importing it is light: numba and the rest come with the first night.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lullaby.errors import AskedWrongly, CouldNot, LullabyError, WrittenWrongly
from lullaby.time import Span, span

if TYPE_CHECKING:
    from lullaby.night import Night, load

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


def __getattr__(name: str) -> Any:
    if name in ("Night", "load"):
        from lullaby import night

        return getattr(night, name)
    raise AttributeError(f"module 'lullaby' has no attribute {name!r}")
