"""Whether reading takes as much longer as a text is longer, by this process's own time."""

from __future__ import annotations

import time
from collections.abc import Callable


def grows_with_length(read: Callable[[str], object], once: str, four: str, spare: float = 0.0) -> bool:
    """Does a text four times as long take less than nine times as much work, and these seconds? By the square
    it would be sixteen times. Of three readings the fastest counts; what was fast enough is read no more."""
    most = 9 * min(seconds_of(read, once) for _ in range(3)) + spare
    return any(seconds_of(read, four) < most for _ in range(3))


def seconds_of(read: Callable[[str], object], text: str) -> float:
    begun = time.process_time()
    read(text)
    return time.process_time() - begun
