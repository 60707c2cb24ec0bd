"""How far the work is, and how long it will take."""

from __future__ import annotations

import time
from types import TracebackType

from lullaby.cli.terminal.line import Line

TUNING = "Tuning instruments that are new here (once, a few seconds) …"

_WARM = 0.3
"""Seconds of work before a guess at the rest is worth showing."""

_SELDOM = 1.0
"""Seconds between two plain lines; work that takes no longer has none."""


class Progress:
    """Told (done, of all) as often as one likes. Plain lines come every tenth at most."""

    def __init__(self, what: str, line: Line) -> None:
        self._what, self._line = what, line
        self._tenths = 0
        self._said = 0.0
        self._first: tuple[float, int] | None = None

    def __call__(self, done: int, whole: int) -> None:
        if not done or not whole:
            self._line.draw(f"{self._what} …")
            return
        if self._first is None:
            # what came before this, a first listening and perhaps tuning, says nothing about the rest
            self._said = time.monotonic()
            self._first = (self._said, done)
        text = f"{self._what}: {100 * done // whole} %{self._left(done, whole)}"
        self._line.draw(text, now=done >= whole)
        if not self._line.redraws:
            self._say(10 * done // whole, text)

    def _say(self, tenths: int, text: str) -> None:
        """A plain line, where another tenth is done and the last line is not fresh."""
        now = time.monotonic()
        if tenths > self._tenths and now >= self._said + _SELDOM:
            self._line.note(text)
            self._tenths, self._said = tenths, now

    def _left(self, done: int, whole: int) -> str:
        started, first = self._first or (0.0, 0)
        taken = time.monotonic() - started
        if done >= whole or done == first or taken < _WARM:
            return ""
        seconds = round(taken * (whole - done) / (done - first))
        minutes = f"{seconds // 60} min {seconds % 60:02d} s" if seconds >= 60 else f"{seconds} s"
        return f", {minutes} left"


class Tuning:
    """Says so when instruments are compiled, which is once on a machine; silent where all are ready."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._names: set[str] = set()

    @property
    def has_compiled(self) -> bool:
        return bool(self._names)

    def __enter__(self) -> Tuning:
        from lullaby.kernels import jit

        self._jit = jit
        jit.tuning.append(self._begins)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._jit.tuning.remove(self._begins)

    def _begins(self, name: str) -> None:
        if name in self._names:  # the same for another kind of number
            return
        if not self._names:
            self._line.note(TUNING)
        self._names.add(name)
        # which of them this night needs is only known when it has needed them
        of_all = len(self._jit.kernels)
        text = f"    {len(self._names)} of at most {of_all}"
        self._line.draw(text, now=True)
        if not self._line.redraws and len(self._names) % max(1, of_all // 4) == 0:
            self._line.note(text)
