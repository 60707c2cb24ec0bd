"""Being told to end: SIGTERM and SIGHUP end a command the way Ctrl-C does, and the exit code says which."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

_MEANS = {
    name: number
    for name in ("SIGTERM", "SIGHUP")
    if (number := getattr(signal, name, None)) is not None  # Windows has no SIGHUP
}


class Ended(KeyboardInterrupt):
    """The error of a process that was asked to end: the machine shuts down, the terminal closes, or a
    kill."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)

    @property
    def exit_code(self) -> int:
        """The exit code that shells expect of a process that a signal has ended."""
        return 128 + self.number


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """While this lasts these signals raise `Ended`, unless they are ignored, as under nohup."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, _end)
        for number in _MEANS.values()
        if signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    raise Ended(number)
