"""A process that runs a module of lullaby's for another: asked over its standard input, it answers over its
standard output, and ends with its input, so that no process is left behind where its owner is killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Protocol

LAST_PATIENCE = 2.0
"""Seconds that a process that was killed may take to go."""


class Process(Protocol):
    """A process as its owner sees it."""

    @property
    def pid(self) -> int: ...

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...


class Child:
    """`python -m MODULE WORDS…`, from when it is made until `end`."""

    def __init__(
        self,
        module: str,
        words: Sequence[str],
        hears: Callable[[IO[bytes]], None],
        fds: Sequence[int] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`hears` reads what it says, in a thread of its own, until there is no more. `fds`: what it
        inherits. An OSError says why it cannot be started."""
        self._hears = hears
        self._process = self._started(module, words, fds, env)
        self._reading = threading.Thread(target=self._read, name=module, daemon=True)
        self._reading.start()

    def _started(
        self, module: str, words: Sequence[str], fds: Sequence[int], env: Mapping[str, str] | None
    ) -> Process:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env=env,
            start_new_session=True,  # Ctrl-C is for its owner
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Has it said all it will ever say? What was not asked for yet is still there."""
        return not self._reading.is_alive()

    def write(self, what: bytes) -> None:
        """An OSError or a ValueError: it has ended, or is ended just now."""
        assert self._process.stdin is not None
        self._process.stdin.write(what)
        self._process.stdin.flush()

    def kill(self) -> None:
        """With every process that it has started: it began a session of its own."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg") and self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self._process.kill()

    def end(self, patience: float) -> None:
        """Its input is over; where it is still there after so many seconds, it is killed. One that cannot
        even be killed (its sound card hangs) is left to the system."""
        assert self._process.stdin is not None
        if patience <= 0:
            self.kill()  # first: whoever writes to one that stands still holds its input
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        if self._process.poll() is None:
            self.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LAST_PATIENCE)
        self._reading.join(LAST_PATIENCE)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe, contextlib.suppress(OSError, ValueError):
            self._hears(pipe)
