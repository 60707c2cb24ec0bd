"""A player at work in a thread of this process, and what it says."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from conftest import PATIENCE
from numpy.typing import NDArray

from lullaby.night import Night
from lullaby.player import Player, Way
from lullaby.player.outlet import Outlet
from lullaby.player.ring import Ring
from lullaby.time import RATE, Span


class Playing:
    """A player at work, and what it said."""

    def __init__(
        self,
        night: Night,
        span: Span | None,
        into: Path,
        speed: float = 1.0,
        way: Way | None = None,
        **how: Any,
    ) -> None:
        self.into, self.notes, self.entries = into, list[str](), list[dict[str, Any]]()
        self.outlet = Outlet(Ring(), way or Way("null", frames=256, speed=speed, into=str(into)))
        self.player = Player(
            night, span, outlet=self.outlet, note=self.notes.append, log=self.entries.append, **how
        )
        self.whole: bool | None = None
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.whole = self.player.run()
        except BaseException as error:
            self.error = error

    def __enter__(self) -> Playing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.player.ask(self.player.stop)
        self.wait()

    def wait(self) -> None:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def until(self, what: Callable[[], bool]) -> None:
        """Waits for an event, and not for a time."""
        given_up = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < given_up, (self.entries, self.error)
            assert self._thread.is_alive(), (self.entries, self.error)
            time.sleep(0.005)

    def heard(self, seconds: float) -> None:
        """Waits until so much more has been heard."""
        until = self.player.ring.read + round(seconds * RATE)
        self.until(lambda: self.player.ring.read >= until)

    def said(self, name: str) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if name in entry]

    def last(self, frames: int) -> NDArray[np.float32]:
        """What was heard last."""
        with self.into.open("rb") as file:
            file.seek(max(0, self.into.stat().st_size // 8 - frames) * 8)
            return np.frombuffer(file.read(frames * 8), np.float32)

    @property
    def sound(self) -> NDArray[np.float32]:
        data = self.into.read_bytes()
        return np.frombuffer(data[: len(data) // 8 * 8], np.float32).reshape(-1, 2)
