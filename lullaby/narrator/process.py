"""A process of the narrator's own, that answers each message with one."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import threading
from collections.abc import Sequence
from typing import IO, Any

from lullaby.child import Child
from lullaby.errors import CouldNot
from lullaby.narrator.messages import Message, packed, received

_GOES = 2.0
"""Seconds that a process may take to go when it is told to."""
_HEAPS = {"MALLOC_ARENA_MAX": "1"}
"""glibc would keep a heap for each thread, each as large as the longest sentence made it."""
_Answer = queue.SimpleQueue[Message | None]


class Process:
    """`python -m MODULE WORDS…`, from when it is made until `end`. It may be asked from several threads; each
    message has a number, by which its answer is known."""

    def __init__(self, module: str, words: Sequence[str] = ()) -> None:
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Answer] | None = {}
        self._lock = threading.Lock()
        try:
            self._child = Child(module, words, self._hear, env={**os.environ, **_HEAPS})
        except OSError as error:
            raise CouldNot(f"the narrator could not be started ({error.strerror}).") from None

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def ended(self) -> bool:
        return self._child.ended

    def ask(self, head: dict[str, Any], patience: float) -> Message | None:
        """The answer; None where the process ended instead. queue.Empty: it takes longer than that."""
        answer: _Answer = queue.SimpleQueue()
        with self._lock:
            if self._waiting is None:
                return None
            number = next(self._numbers)
            self._waiting[number] = answer
            with contextlib.suppress(OSError, ValueError):  # it has ended: that is its answer
                self._child.write(packed(head | {"number": number}))
        return answer.get(timeout=patience)

    def end(self, at_once: bool = False) -> None:
        self._child.end(0 if at_once else _GOES)

    def _hear(self, pipe: IO[bytes]) -> None:
        try:
            while (message := received(pipe)) is not None:
                with self._lock:
                    assert self._waiting is not None
                    answer = self._waiting.pop(message[0].pop("number"), None)
                if answer is not None:
                    answer.put(message)
        finally:
            with self._lock:
                waiting, self._waiting = self._waiting or {}, None
            for answer in waiting.values():
                answer.put(None)
