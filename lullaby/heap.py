"""The heap of a process that makes sound or speech, between two pieces of it."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """What is free the system has back. glibc would keep all that a second of sound or a sentence ever took:
    10 to 20 MB for each process. Another C library does as it does."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
