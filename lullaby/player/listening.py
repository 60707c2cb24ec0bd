"""Listening to a night from its start to its end, or until Ctrl-C lets it fade."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from lullaby.errors import CouldNot
from lullaby.player.device import playing
from lullaby.player.ring import Ring, Sound

Progress = Callable[[int, int], None]


def listen(sounds: Iterable[Sound], frames: int, progress: Progress | None = None) -> bool:
    """Plays sound as it is made: float32[frames, 2], piece after piece. False if it was let go early.

    A thread makes and pours; the device's callback copies; this thread waits, since Ctrl-C comes to it.
    """
    ring, listening = Ring(), _Listening()
    pouring = threading.Thread(target=listening.pour, args=(sounds, ring), name="pouring", daemon=True)
    pouring.start()
    try:
        listening.wait_for_the_first(ring)
        with playing(ring.fill, listening.ended.set):
            whole = _wait(ring, listening, frames, progress)
    finally:
        ring.let_go()  # whatever happened, nobody pours any more
        pouring.join()
    if listening.failed:
        raise listening.failed
    return whole


class _Listening:
    """The state that the two threads share."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.ready = threading.Event()
        self.failed: BaseException | None = None

    def pour(self, sounds: Iterable[Sound], ring: Ring) -> None:
        try:
            for sound in sounds:
                for start in range(0, len(sound), 4_800):
                    if not ring.pour_in(sound[start : start + 4_800]):
                        return
                    if ring.is_half_full:
                        self.ready.set()
        except BaseException as error:  # it belongs to whoever listens
            self.failed = error
        finally:
            ring.end()
            self.ready.set()

    def wait_for_the_first(self, ring: Ring) -> None:
        """Waits until there is enough to begin without a gap, or all there is."""
        while not self.ready.wait(0.2):
            pass
        if self.failed:
            raise self.failed


def _wait(ring: Ring, listening: _Listening, frames: int, progress: Progress | None) -> bool:
    whole = True
    while True:
        try:
            while not listening.ended.wait(0.2):
                if progress and whole:
                    progress(ring.played, frames)
            if whole and ring.played < frames and not listening.failed:
                raise CouldNot("the sound device went away; the rest was not heard.")
            return whole
        except KeyboardInterrupt:
            if not whole:  # asked twice: a device that no longer calls would never let us go
                return False
            whole = False
            ring.let_go()
