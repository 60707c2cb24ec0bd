"""Keys pressed in a terminal, one at a time and without Enter, while something plays."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
from collections.abc import Iterator
from typing import Any

_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?|.", re.S)
"""A letter, or what arrows, function keys and Alt send."""
_NAMES = {
    **{
        f"\x1b{mark}{letter}": name
        for mark in "[O"
        for letter, name in zip("ABCD", ("up", "down", "right", "left"), strict=True)
    },
    **{"\x1b": "escape", "\r": "enter", "\n": "enter", "\x7f": "backspace", "\b": "backspace"},
}


class Keys:
    """The terminal at standard input. `pressed` is asked often; a shell that takes the terminal for itself
    meanwhile (Ctrl-Z, `bg`) gets it as it was."""

    def __init__(self) -> None:
        self._file: int | None = None
        self._before: list[Any] | None = None
        with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
            import termios  # Windows has none

            if sys.stdin.isatty():
                self._file, self._termios = sys.stdin.fileno(), termios

    @property
    def there(self) -> bool:
        """Is there a terminal?"""
        return self._file is not None

    def pressed(self) -> list[str]:
        """What was pressed since it was last asked: a letter, or the name of a key that has none (`_NAMES`).
        Other keys are left out, though there are letters in what they send."""
        if self._file is None or not self.ours:
            return []
        try:
            self._listen(self._file)
            if not select.select([self._file], [], [], 0)[0]:
                return []
            found = os.read(self._file, 64)
        except (OSError, ValueError, self._termios.error):
            found = b""
        if not found:  # the terminal is gone
            self._file = None
        pressed = _KEY.findall(found.decode("utf-8", "ignore"))
        return [_NAMES.get(key, key) for key in pressed if key in _NAMES or key.isprintable()]

    @property
    def ours(self) -> bool:
        """Is this process in the foreground? Reading in the background would stop it."""
        try:
            return self._file is not None and os.tcgetpgrp(self._file) == os.getpgrp()
        except OSError:
            return False

    def _listen(self, file: int) -> None:
        """Every key at once, and not shown. Said again after a shell had the terminal."""
        now = self._termios.tcgetattr(file)
        if not now[3] & self._termios.ICANON:
            return
        self._before = [*now[:6], list(now[6])]
        now[3] &= ~(self._termios.ICANON | self._termios.ECHO)
        now[6][self._termios.VMIN], now[6][self._termios.VTIME] = 1, 0
        self._termios.tcsetattr(file, self._termios.TCSANOW, now)

    def give_back(self) -> None:
        """The terminal as it was."""
        if self._file is not None and self._before is not None and self.ours:
            with contextlib.suppress(OSError, self._termios.error):
                self._termios.tcsetattr(self._file, self._termios.TCSADRAIN, self._before)


@contextlib.contextmanager
def keys() -> Iterator[Keys]:
    """While this lasts keys can be asked for."""
    found = Keys()
    try:
        yield found
    finally:
        found.give_back()
