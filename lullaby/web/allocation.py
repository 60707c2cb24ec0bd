"""How the memory of a server is shared out: by the C library of most Linuxes, which may be told."""

from __future__ import annotations

import contextlib
import ctypes

M_ARENA_MAX = -8
ARENAS = 1


def keep_together() -> None:
    """Threads share what is freed. Else each keeps some megabytes of its own of all that it ever worked on,
    and a server has thirty. To be called before there are any."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library has no such question
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
