"""A process of the player's own: it is told words, a line each, and answers in lines of JSON.

Whatever it is for, a crash of the library that it drives is not the player's, and it ends with its standard
input: no process is left behind where the player is killed.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any

LAST_PATIENCE = 2.0
"""Seconds that a process that was killed may take to go."""


class ChildProcess:
    """`python -m MODULE ASKED`, from when it is made until `end`."""

    def __init__(
        self,
        module: str,
        asked: Mapping[str, Any],
        fds: Sequence[int] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`fds`: what it inherits."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env=env,
            start_new_session=True,  # Ctrl-C is for the player, which lets the sound fade
        )
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._reading = threading.Thread(target=self._read, name=module, daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Has it said all it will ever say? What was not asked for yet is still there."""
        return not self._reading.is_alive()

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
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has ended, or is ended just now
            self._process.stdin.write(word.encode() + b"\n")
            self._process.stdin.flush()

    def end(self, patience: float) -> None:
        """Its input is over; where it is still there after so many seconds, it is killed. One that cannot
        even be killed (its sound card hangs) is left to the system."""
        assert self._process.stdin is not None
        if patience <= 0:
            self._process.kill()  # first: whoever writes to one that stands still holds its input
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        if self._process.poll() is None:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LAST_PATIENCE)
        self._reading.join(LAST_PATIENCE)

    def kill(self) -> None:
        self._process.kill()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout, contextlib.suppress(OSError, ValueError):
            for line in self._process.stdout:
                said = json.loads(line)
                if isinstance(said, dict):
                    self._said.put(said)
        self._said.put(None)


def tell(facts: Mapping[str, Any]) -> None:
    """Says this to whoever started this process."""
    print(json.dumps(facts), flush=True)
