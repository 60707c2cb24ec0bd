"""What other threads ask the player's own thread to do, and what that looks at again and again."""

from __future__ import annotations

import queue
from collections.abc import Callable

TICK = 0.1
"""Seconds between two looks at device, timers and clock."""


class Asked:
    """Requests in their order, done by the one thread that calls `wait_and_do`."""

    def __init__(self) -> None:
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._looks: list[Callable[[], None]] = []

    def ask(self, what: Callable[[], None]) -> None:
        self._requests.put(what)

    def every_tick(self, look: Callable[[], None]) -> None:
        self._looks.append(look)

    def wait_and_do(self) -> None:
        """Does what is asked for within the next tick."""
        try:
            self._requests.get(timeout=TICK)()
            for _ in range(self._requests.qsize()):  # who asks without end does not hold up the rest
                self._requests.get_nowait()()
        except queue.Empty:
            pass

    def look(self) -> None:
        for look in self._looks:
            look()
