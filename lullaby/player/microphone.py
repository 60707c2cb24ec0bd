"""A microphone as a level meter and nothing more: the room's level once a second, from a process of its own.

Sound never enters this process. A microphone that dies or stalls says nothing any more, which is what a room
that has fallen quiet says.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable


class Microphone:
    """The level of the room, by a microphone that somebody opted for."""

    def __init__(
        self,
        device: str | int | None = None,
        *,
        seconds: float = 1.0,
        note: Callable[[str], None] = lambda line: None,
    ) -> None:
        """`seconds`: one level for each so many."""
        self._levels: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._note = note
        self._closed = False
        asked = json.dumps({"device": device, "seconds": seconds})
        self._child = subprocess.Popen(
            [sys.executable, "-m", "lullaby.player.level_meter", asked],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reading = threading.Thread(target=self._read, name="microphone", daemon=True)
        self._reading.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def levels(self) -> list[float]:
        """The levels in dBFS since this was asked last."""
        found: list[float] = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self._levels.get_nowait())
        return found

    def close(self) -> None:
        self._closed = True
        if self._child.stdin is not None:
            with contextlib.suppress(OSError):
                self._child.stdin.close()
        try:
            self._child.wait(2.0)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._reading.join()

    def _read(self) -> None:
        assert self._child.stdout is not None
        why = "it is gone"
        with self._child.stdout, contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            for line in self._child.stdout:
                said = json.loads(line)
                if "why" in said:
                    why = str(said["why"])
                    break
                self._levels.put(float(said["db"]))
        if not self._closed:
            self._note(f"The microphone is not heard any more: {why}. The night goes on without it.")
