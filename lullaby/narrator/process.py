"""A process of the narrator's own, that answers each message with one."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from lullaby.errors import CouldNot
from lullaby.narrator.messages import Message, received, send

_GOES = 2.0
"""Seconds that a process may take to go when it is told to."""


class Process:
    """`python -m MODULE WORDS…`, from when it is made until `end`."""

    def __init__(self, module: str, words: Sequence[str] = ()) -> None:
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for who asks
            )
        except OSError as error:
            raise CouldNot(f"the narrator could not be started ({error.strerror}).") from None
        self._said: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._reading = threading.Thread(target=self._read, name=module, daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None or not self._reading.is_alive()

    def ask(self, head: dict[str, Any], patience: float) -> Message | None:
        """The answer; None where the process ended instead. queue.Empty: it takes longer than that."""
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, head)
        except OSError:
            return None
        return self._said.get(timeout=patience)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError), self._process.stdout as pipe:
            while (message := received(pipe)) is not None:
                self._said.put(message)
        self._said.put(None)

    def _kill(self) -> None:
        """With every process that it has started: it began a session of its own."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg") and self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()

    def end(self, at_once: bool = False) -> None:
        assert self._process.stdin is not None
        if at_once:
            self._kill()
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_GOES)
        except subprocess.TimeoutExpired:
            self._kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GOES)
        self._reading.join(_GOES)
