"""The producer: a thread that makes a night's sound and keeps the ring filled.

It makes what is near first. Kernels let other threads run, and the ring holds a second, so whatever the rest
of the process does is not heard. Where making goes wrong it is tried again, while what is at hand plays on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from lullaby.night.night import Night
from lullaby.night.pages import GrowingPage
from lullaby.player.ring import Ring
from lullaby.player.unfolding import Change, LeftOut, Pages, Unfolding
from lullaby.time import RATE

FILLED = RATE
"""Frames that the ring is filled to: a change is heard no sooner than these."""
WAITS = 0.1
"""Seconds between two looks at a ring that is full."""
AGAIN = 1.0
"""Seconds until making is tried again where it went wrong."""


class Producer:
    """Makes the sound of a night, from a frame on, into a ring."""

    def __init__(
        self,
        night: Night,
        frame: int,
        until: int,
        ring: Ring,
        failed: Callable[[BaseException], None],
        left_out: Callable[[BaseException], None],
        waits: float = WAITS,
        pages: Pages = GrowingPage,
    ):
        """`failed` is told why sound could not be made, `left_out` why a change could not: the night goes on
        without it. `pages` makes them."""
        self._unfolding = Unfolding(night, frame, pages=pages)
        self._ring, self._until = ring, until
        self._waits = waits
        self._failed, self._left_out = failed, left_out
        self._lock = threading.Lock()
        self._changes: deque[Change] = deque()
        self._asked = threading.Event()
        self._ended = False
        self._rests_until = 0.0
        """When making is tried again, where it went wrong."""
        self._seek: int | None = None
        self._anchors: deque[tuple[int, int]] = deque([(ring.written, frame)])
        """From which frame of the ring on which frame of the night is heard."""
        self._thread = threading.Thread(target=self._run, name="producer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ends(self) -> None:
        """Nothing is made any more."""
        self._ended = True
        self._asked.set()

    def close(self) -> None:
        self.ends()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def night(self) -> Night:
        """The night as it has become so far."""
        return self._unfolding.night

    def change(self, change: Change) -> None:
        """The night is to grow; changes are made in the order they are asked for."""
        self._changes.append(change)
        self._asked.set()

    def seek(self, frame: int) -> None:
        """Goes on from another frame; what is in the ring is skipped, in a fade."""
        with self._lock:
            self._seek = frame
            self._ring.go_on()
        self._asked.set()

    @property
    def is_seeking(self) -> bool:
        """Is what is heard still from before a skip?"""
        with self._lock:
            return self._seek is not None or len(self._anchored(self._ring.read)) > 1

    def heard(self, read: int) -> int:
        """The frame of the night that this frame of the ring is."""
        with self._lock:
            first, frame = self._anchored(read)[0]
        return frame + max(0, read - first)

    def heading(self, read: int) -> int:
        """The same, or the frame that is being skipped to."""
        with self._lock:
            if self._seek is not None:
                return self._seek
            anchors = self._anchored(read)
            if len(anchors) > 1:
                return anchors[-1][1]
        return self.heard(read)

    def _anchored(self, read: int) -> deque[tuple[int, int]]:
        """The anchors from the one that holds at this frame of the ring on."""
        while len(self._anchors) > 1 and self._anchors[1][0] <= read:
            self._anchors.popleft()
        return self._anchors

    def _run(self) -> None:
        while not self._ended:
            try:
                self._turn()
            except Exception as error:  # a night does not fall silent for one fault
                if self._ended:
                    return
                self._failed(error)
                self._unfolding.begin_again()
                self._rests_until = time.monotonic() + AGAIN
                self._asked.wait(self._waits)

    def _turn(self) -> None:
        if self._seek is not None:
            with self._lock:
                frame, self._seek = self._seek, None
                self._unfolding.seek(frame)
                self._anchors.append((self._ring.jump(), frame))
        if self._changes and self._unfolding.change(self._changes[0]):
            self._changes.popleft()
        wrote = self.fill()
        if self._unfolding.busy and time.monotonic() >= self._rests_until:
            try:
                self._unfolding.step()
            except LeftOut as error:
                self._left_out(error.__cause__ or error)
        elif not wrote:
            if self._unfolding.taken >= min(self._until, self._unfolding.night.length) and not self._changes:
                self._end()
            self._asked.wait(self._waits)
            self._asked.clear()

    def _end(self) -> None:
        with self._lock:
            if self._seek is None:
                self._ring.end()

    def fill(self) -> bool:
        """Fills the ring from what is at hand. In the producer's own thread."""
        wrote = False
        while (room := min(self._ring.room, FILLED - (self._ring.written - self._ring.read))) > 0:
            left = self._until - self._unfolding.taken
            sound = self._unfolding.take(min(room, left)) if left > 0 else None
            if sound is None:
                break
            self._ring.write(sound)
            wrote = True
        return wrote
