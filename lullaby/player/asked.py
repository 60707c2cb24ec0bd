"""What other threads ask the player's own thread to do, and what that looks at again and again."""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Callable

TICK = 0.1
"""Seconds between two looks at device, timers and clock."""


class Asked:
    """Requests in their order, done by the one thread that calls `wait_and_do`."""

    def __init__(self, went_wrong: Callable[[Exception], None]) -> None:
        """`went_wrong` is told of a mistake in what is asked or looked at: it ends no night."""
        self._went_wrong = went_wrong
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._looks: list[Callable[[], None]] = []

    def ask(self, what: Callable[[], None]) -> None:
        self._requests.put(what)

    def every_tick(self, look: Callable[[], None]) -> None:
        self._looks.append(look)

    def wait_and_do(self) -> None:
        """Does what is asked for within the next tick."""
        with contextlib.suppress(queue.Empty):
            self._do(self._requests.get(timeout=TICK))
            for _ in range(self._requests.qsize()):  # who asks without end does not hold up the rest
                self._do(self._requests.get_nowait())

    def look(self) -> None:
        for look in self._looks:
            self._do(look)

    def _do(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Exception as error:
            self._went_wrong(error)
