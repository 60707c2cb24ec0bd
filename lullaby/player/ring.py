"""The ring between the player and the process that plays: memory that both can see, and its numbers by name.

See `kernels/shared_numbers` for what each number means and who writes it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.shared_numbers import NEVER, REFILL, RING, SIZE, SLOTS, Slot
from lullaby.player import shared_memory
from lullaby.player.shared_memory import Shared
from lullaby.time import RATE

Frames = NDArray[np.float32]


class Ring:
    """The ring, seen by the player. `handle` is what another process opens it by."""

    def __init__(self) -> None:
        self._shared = Shared(SIZE * 8)
        self.handle = self._shared.handle
        self._numbers = np.frombuffer(self._shared.memory, np.int64)
        self._values = self._numbers.view(np.float64)
        self._frames = self._numbers.view(np.float32)[2 * SLOTS :].reshape(RING, 2)
        # nobody else sees it yet
        self._numbers[Slot.END], self._numbers[Slot.FIRST], self._numbers[Slot.WAITING] = NEVER, -1, 1
        self._numbers[Slot.UP], self._numbers[Slot.DOWN] = RATE, RATE // 4
        for slot in (Slot.VOLUME, Slot.LOUDNESS, Slot.FADED, Slot.CEILING):
            self._values[slot] = 1.0

    @property
    def fds(self) -> tuple[int, ...]:
        """What a child must inherit."""
        return self._shared.fds

    @property
    def memory(self) -> NDArray[np.int64]:
        return self._numbers

    def _set(self, slot: Slot, number: int) -> None:
        from lullaby.kernels.playback import publish  # numba; the processes are started before it is loaded

        publish(self._numbers, int(slot), number)

    def _get(self, slot: Slot) -> int:
        return int(self._numbers[slot])

    # what is written

    @property
    def written(self) -> int:
        return self._get(Slot.WRITTEN)

    @property
    def room(self) -> int:
        """Frames that can be written without touching what was not read."""
        return RING - (self.written - self.read)

    def write(self, sound: Frames) -> None:
        """Writes as many frames as there is room for; a ValueError where there is less."""
        written = self.written
        if len(sound) > self.room:
            raise ValueError(f"{len(sound)} frames do not fit into {self.room}")
        first = written % RING
        head = min(len(sound), RING - first)
        self._frames[first : first + head] = sound[:head]
        self._frames[: len(sound) - head] = sound[head:]
        self._set(Slot.WRITTEN, written + len(sound))

    def end(self) -> None:
        """What is written is all there is."""
        self._set(Slot.END, self.written)

    def go_on(self) -> None:
        """More comes after all."""
        self._set(Slot.END, NEVER)

    # what the listener asks for

    def play(self, rise: int) -> None:
        """Plays, rising from silence in so many frames."""
        self._set(Slot.UP, max(1, rise))
        self._set(Slot.PLAYS, 1)

    def pause(self, fall: int) -> None:
        self._set(Slot.DOWN, max(1, fall))
        self._set(Slot.PLAYS, 0)

    def jump(self) -> int:
        """Skips what is written and not heard: the number of the frame that is written next."""
        written = self.written
        self._set(Slot.JUMP, written)
        return written

    def fade_out(self, frames: int, curve: int) -> None:
        self._set(Slot.CURVE, curve)
        self._set(Slot.ENDING, max(1, frames))

    def take_back(self) -> None:
        """The fade is undone: it rises in half a second."""
        self._set(Slot.ENDING, 0)
        self._set(Slot.OVER, 0)

    def set_volume(self, gain: float) -> None:
        self._values[Slot.VOLUME] = gain

    def set_ceiling(self, peak: float) -> None:
        self._values[Slot.CEILING] = peak

    # what the callback tells

    @property
    def read(self) -> int:
        return self._get(Slot.READ)

    @property
    def calls(self) -> int:
        return self._get(Slot.CALLS)

    @property
    def heard(self) -> int:
        return self._get(Slot.HEARD)

    @property
    def starved(self) -> int:
        return self._get(Slot.STARVED)

    @property
    def over(self) -> bool:
        return self._get(Slot.OVER) == 1

    @property
    def first(self) -> int:
        return self._get(Slot.FIRST)

    @property
    def longest_ns(self) -> int:
        return self._get(Slot.LONGEST)

    @property
    def filled(self) -> bool:
        """Is there enough to begin with?"""
        return self.written - self.read >= REFILL or self._get(Slot.END) != NEVER

    @property
    def faded(self) -> float:
        """How far the ending is from silence, 1 to 0."""
        return float(self._values[Slot.FADED])

    @property
    def silent(self) -> bool:
        """Is nothing played just now, for whatever reason?"""
        return self.over or float(self._values[Slot.FLOW]) == 0.0

    def starts_from_nothing(self) -> None:
        """Nobody plays, and whoever plays next begins at silence."""
        self._values[Slot.FLOW] = 0.0
        self._numbers[Slot.WAITING] = 1


def opened(handle: str) -> NDArray[np.int64]:
    """The ring's memory, in the process that plays."""
    return np.frombuffer(shared_memory.opened(handle, SIZE * 8), np.int64)
