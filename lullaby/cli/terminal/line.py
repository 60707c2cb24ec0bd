"""One line of a terminal that is drawn again and again; elsewhere, plain lines."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import TextIO

_OFTEN = 0.1
"""Seconds between two drawings: quicker only flickers."""


class Line:
    """The last line of a stream. `note` writes above it for good, `draw` only until the next drawing."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._drawn = False
        self._when = 0.0
        self.notes_to: Callable[[str], None] | None = None
        """Takes all that is to be noted, while something else draws on the terminal."""
        self.redraws = (
            stream is not None  # None where a process was begun with its errors closed
            and stream.isatty()
            and "NO_COLOR" not in os.environ
            and os.environ.get("TERM", "") not in ("", "dumb")
            and sys.platform != "win32"
        )

    def note(self, text: str) -> None:
        if self.notes_to is not None:
            self.notes_to(text)
            return
        self.clear()
        self._write(text + "\n")

    def draw(self, text: str, *, now: bool = False) -> None:
        """Show this in place of what was drawn before; skipped when the last drawing is fresh."""
        if (
            not self.redraws
            or self.notes_to is not None
            or (not now and time.monotonic() < self._when + _OFTEN)
        ):
            return
        width = shutil.get_terminal_size().columns - 1
        self._write("\r\x1b[K" + text[:width])
        self._drawn, self._when = True, time.monotonic()

    def clear(self) -> None:
        if self._drawn:
            self._write("\r\x1b[K")
            self._drawn = False

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # nobody reads it any more; the work goes on
            pass
