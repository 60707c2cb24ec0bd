"""An evening: what somebody asks for, for whom and when, becomes a night, with what is to be said of it.

    evening = prepared(Request("harbour-rain", date=today, listener="kim"))
    evening.night      the night, under kim's limits
    evening.notes      what was left out, whose limits hold, whom it follows

Every door (the command line, `lullaby.load`, a player, a page) asks here. A listener's avoid-list, a child's
timer, caps of loudness and the sleeper meet in this package and nowhere else, so that no door can forget one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lullaby.evening.prepare import Evening, prepared
    from lullaby.evening.request import Mix, Request

__all__ = ["Evening", "Mix", "Request", "prepared"]


def __getattr__(name: str) -> Any:
    """Imported when it is asked for: facts of simulated sleep or of a new file need no night: no numba."""
    if name in ("Evening", "prepared"):
        from lullaby.evening import prepare

        return getattr(prepare, name)
    if name in ("Mix", "Request"):
        from lullaby.evening import request

        return getattr(request, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
