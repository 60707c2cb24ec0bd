"""A process of the player's own: it is told words, a line each, and answers in lines of JSON.

Whatever it is for, a crash of the library that it drives is not the player's.
"""

from __future__ import annotations

import contextlib
import json
import queue
from collections.abc import Mapping, Sequence
from typing import IO, Any

from lullaby.child import Child, Process
from lullaby.player.forked import Forked, may_fork


class ChildProcess(Child):
    """`python -m MODULE ASKED`."""

    def __init__(
        self,
        module: str,
        asked: Mapping[str, Any],
        fds: Sequence[int] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        super().__init__(module, [json.dumps(asked)], self._hear, fds, env)

    def said(self) -> dict[str, Any] | None:
        """The next thing it has said; None where there is nothing new."""
        with contextlib.suppress(queue.Empty):
            return self._said.get_nowait()
        return None

    def waits(self, seconds: float) -> dict[str, Any] | None:
        """The same, waited for so long at the most, or until the process has ended."""
        with contextlib.suppress(queue.Empty):
            return self._said.get(timeout=seconds)
        return None

    def tell(self, word: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended, or is ended just now
            self.write(word.encode() + b"\n")

    def _hear(self, pipe: IO[bytes]) -> None:
        try:
            for line in pipe:
                said = json.loads(line)
                if isinstance(said, dict):
                    self._said.put(said)
        finally:
            self._said.put(None)


class CopiedProcess(ChildProcess):
    """The same as a copy of this process, which has loaded what the module needs, where one can be made."""

    def _started(
        self, module: str, words: Sequence[str], fds: Sequence[int], env: Mapping[str, str] | None
    ) -> Process:
        if may_fork():
            return Forked(module, words, fds)
        return super()._started(module, words, fds, env)


def tell(facts: Mapping[str, Any]) -> None:
    """Says this to whoever started this process."""
    print(json.dumps(facts), flush=True)
