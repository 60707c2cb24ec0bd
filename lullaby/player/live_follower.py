"""A night that follows its sleeper while it is heard: by keys, by evidence from a file, by the room's level.

    keys ─────┐
    a file ───┼── Follower ── runs ──┐
              │                      ├── a Growth ── player.change
    microphone ── Masking ── moves ──┘

Before the first evidence nothing changes: the night is the one that would be rendered. After it, and every
half minute from then on, the night grows by what the sound is to follow, if that is something new. A source
that falls silent is never heard: the Follower goes on with the quieter of what it last knew and what was
foreseen.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from lullaby.chance import Key
from lullaby.night.night import Growth, Night
from lullaby.player.masking import Masking
from lullaby.player.unfolding import Change
from lullaby.sleep.course import EPOCH, Known
from lullaby.sleep.follower import Follower
from lullaby.sleep.sleeper import Sleeper
from lullaby.time import LONGEST, RATE

if TYPE_CHECKING:
    from lullaby.player.replay import Row

LOOKS = 0.25
"""Seconds between two looks at the sources."""
SOON = 3 * RATE
"""Frames within which a change is put into the night."""


class Evidence(Protocol):
    """A source of evidence."""

    @property
    def name(self) -> str: ...

    @property
    def lasting_s(self) -> float:
        """The correlation time of its errors, in seconds."""

    def until(self, frame: int) -> list[Row]:
        """What is new, up to this frame."""


class Room(Protocol):
    """A source of the room's level."""

    def levels(self) -> list[float]:
        """Levels in dBFS since this was asked last; nothing where it has died."""

    def close(self) -> None: ...


def follower_for(night: Night, sleeper: Sleeper | None = None) -> Follower:
    """The follower of a night that is to be heard now. Where nothing is known, it goes by the night's own
    course."""
    day = night.date.isoformat() if night.date else "any night"
    key = Key.root(night.seed, "night", day) / "follower"
    return Follower(sleeper or Sleeper(), key, alone=night.course)


class LiveFollower:
    """Follows the sleeper of a night that is heard now."""

    def __init__(
        self,
        follower: Follower,
        heard: Callable[[], int],
        change: Callable[[Change], None],
        *,
        sources: Sequence[Evidence] = (),
        room: Room | None = None,
        note: Callable[[str], None] = lambda line: None,
        grows: Callable[[], bool] = lambda: True,
    ) -> None:
        """`heard` is the frame of the night that is heard now, `change` the player's; both may be asked from
        any thread. Where the night does not grow, for it is over, what comes is still believed."""
        self._follower, self._heard, self._change = follower, heard, change
        self._sources, self._room, self._note = sources, room, note
        self._grows = grows
        self.sleeps_lightly = False
        """Does evidence say by now that sleep is light, or gone?"""
        self.masking = Masking()
        self._pressed: queue.SimpleQueue[tuple[Callable[[int], None], int]] = queue.SimpleQueue()
        self._wake = threading.Event()
        self._ended = False
        self._pending = False
        """The night is being asked to grow: the follower is the producer's meanwhile."""
        self._evident = False
        self._epoch = -1
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    # keys, from any thread

    def still_awake(self) -> None:
        """A key: not asleep yet."""
        self._press(self._follower.still_awake)

    def woke(self) -> None:
        """A key: awake again."""
        self._press(self._follower.woke)

    def _press(self, key: Callable[[int], None]) -> None:
        self._pressed.put((key, self._heard()))
        self._wake.set()

    def awake_until(self) -> int | None:
        """The frame up to which a key said "still awake" before sleep came. Asked after `close`."""
        return self._follower.awake_until()

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Nothing changes any more."""
        self._ended = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._room is not None:
            self._room.close()
        self._pending = False
        self._hear_keys()

    def _run(self) -> None:
        try:
            while not self._ended:
                self.look(self._heard())
                self._wake.wait(LOOKS)
                self._wake.clear()
        except Exception as error:  # whatever it is, the night goes on
            self._note(f"Nobody is followed any more ({error}); the night goes on as it is.")

    def look(self, frame: int) -> None:
        """Takes what is new by now, and has the night grow where it matters."""
        if self._room is not None:
            for level in self._room.levels():
                self.masking.hear(frame, level)
        if self._pending:
            return
        new = self._hear_keys()
        for source in self._sources:
            for when, likelihoods in source.until(frame):
                self._follower.tell(when, likelihoods, source=source.name, lasting_s=source.lasting_s)
                new = True
        self._evident |= new
        if not self._evident:
            self._follower.belief(min(frame, LONGEST - 1))  # so that a key need not wait for hours of it
        turned, self._epoch = frame // EPOCH != self._epoch, frame // EPOCH
        self.sleeps_lightly = self._evident and self._follower.sleeps_lightly(min(frame, LONGEST - 1))
        if not self._grows():
            return
        if (self._evident and (new or turned)) or self.masking.due(frame):
            if self._evident:  # worked out now, so that the producer finds it done
                self._follower.known(min(frame + SOON, LONGEST - 1))
            self._pending = True
            self._change(self._growth)

    def _hear_keys(self) -> bool:
        heard = False
        while not self._pressed.empty():
            key, frame = self._pressed.get()
            key(frame)
            heard = True
        return heard

    def _growth(self, night: Night, frame: int) -> Growth | None:
        """What is new for this night from this frame on: asked by the producer."""
        try:
            runs = self._new_runs(night, frame) if self._evident else ()
            moves = self.masking.moves(night, frame)
            return Growth(frame, runs, moves) if runs or moves else None
        finally:
            self._pending = False

    def _new_runs(self, night: Night, frame: int) -> tuple[Known, ...]:
        now = self._follower.known(frame)
        if now.seen is None:  # nothing is evident up to here: the listener went back to before it
            return ()
        known = night.course.known if night.course else ()
        last = next((one for one in reversed(known) if one.run.start < frame), None)
        if last is not None and last.seen is not None:
            same = (last.run.stage, last.evidence) == (now.run.stage, now.evidence)
            if same and now.seen - last.seen < EPOCH:
                return ()
        return (now,)
