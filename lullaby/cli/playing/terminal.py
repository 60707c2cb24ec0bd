"""The terminal that the face is drawn on: another screen than the one of the shell, without a cursor.

What is drawn and what restores the terminal come from two threads; whoever is second waits for the first, but
never for long, as a terminal that was stopped (Ctrl-S) takes nothing.
"""

from __future__ import annotations

import contextlib
import os
import threading

_ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[48;5;16m\x1b[2J"
"""The other screen, no cursor, no line wraps, and black."""
_LEAVE = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
_PATIENCE = 0.5
"""Seconds that a terminal has for what was written last."""


class Terminal:
    """The terminal at this file."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.entered = False
        """Is the face on it, rather than the shell?"""
        self.written = 0
        """Bytes that were drawn."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        try:
            found = os.get_terminal_size(self._file)
        except OSError:
            return 80, 24
        return max(1, found.columns), max(1, found.lines)

    def enter(self) -> None:
        self._switch(True, _ENTER)

    def leave(self) -> None:
        """The terminal as it was; what is drawn from now on goes nowhere."""
        self._switch(False, _LEAVE)

    def write(self, text: str) -> None:
        with self._lock:
            if self.entered:
                self._write(text)

    def _switch(self, entered: bool, text: str) -> None:
        if self.entered is entered:
            return
        got = self._lock.acquire(timeout=_PATIENCE)
        try:
            self.entered = entered
            if got:
                self._write(text)
        finally:
            if got:
                self._lock.release()

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        with contextlib.suppress(OSError):  # it is gone; the night goes on
            while data:
                count = os.write(self._file, data)
                self.written += count
                data = data[count:]
