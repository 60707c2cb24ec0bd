"""Encoded stretches of the nights that are served: made on a few threads as they are asked for, the last ones
kept at hand.

    phones ── stretch(file, number) ── at hand? ── else a Run: one encoder that goes through a minute,
                                                   a stretch further each time it is asked

A run stands still while nobody asks, so a night is made no faster than it is heard; and it is forgotten when
too many others have been asked since. Nothing is ever written to a disk.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeAlias

from lullaby.errors import CouldNot
from lullaby.export import cores
from lullaby.export.known_file import KnownFile

MOST_BYTES = 16 << 20
"""Bytes that are kept at hand: a quarter of an hour of MP3."""
MOST_RUNS = 10
"""Runs that stand and wait to be asked, one for each thing that is heard: some 10 MB each."""
GOES_THROUGH = 3
"""Stretches that a run makes and nobody asked for, where it stands a little before; from further on another
begins."""


class InStretches(Protocol):
    """What is made in stretches, one after the other."""

    def from_stretch(self, number: int) -> Iterator[bytes]: ...

    def ends_segment(self, number: int) -> bool: ...


Place: TypeAlias = tuple[str, int]
"""A file by its tag, and the number of a stretch in it."""


class Stretches:
    """The stretches at hand, and the runs that make them."""

    def __init__(self, threads: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(threads or cores(), thread_name_prefix="stretch")
        self._lock = threading.Lock()
        self._kept: OrderedDict[Place, bytes] = OrderedDict()
        self._bytes = 0
        self._runs: OrderedDict[Place, Iterator[bytes]] = OrderedDict()
        """Runs that wait, by the stretch that each makes next."""
        self._coming: dict[Place, asyncio.Future[bytes]] = {}

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    async def read(self, file: KnownFile, tag: str, start: int, stop: int) -> AsyncIterator[bytes]:
        """The bytes of this file from `start` to before `stop`, a stretch at a time."""
        head = file.head
        if start < len(head):
            yield head[start:stop]
        at = max(start, len(head))
        while at < stop:
            number = file.stretch_at(at)
            begins = file.begins(number)
            made = await self.stretch(file, tag, number)
            yield made[at - begins : stop - begins]
            at = begins + len(made)

    async def stretch(self, file: InStretches, tag: str, number: int) -> bytes:
        """One stretch: whoever asks first has it made, and the others wait."""
        place = (tag, number)
        if (made := self._at_hand(place)) is not None:
            return made
        coming = self._coming.get(place)
        if coming is None:
            loop = asyncio.get_running_loop()
            coming = loop.run_in_executor(self._pool, self._make, file, tag, number)
            self._coming[place] = coming
            coming.add_done_callback(lambda _: self._coming.pop(place, None))
        return await asyncio.shield(coming)

    def get_ready(self, file: InStretches, tag: str, count: int = 2) -> None:
        """Makes the first stretches before anybody has asked for them; on the thread that calls."""
        for number in range(count):
            self._make(file, tag, number)
            if file.ends_segment(number):
                break

    def _make(self, file: InStretches, tag: str, number: int) -> bytes:
        if (made := self._at_hand((tag, number))) is not None:
            return made
        run, at = self._run_before(file, tag, number)
        while True:
            made = next(run, b"")
            if not made:  # and no StopIteration, which no future can hold
                raise CouldNot(f"there is no stretch {at} of this night.")
            self._keep((tag, at), made)
            ends = file.ends_segment(at)
            at += 1
            if at > number:
                break
        if not ends:
            self._set_aside((tag, at), run)
        return made

    def _run_before(self, file: InStretches, tag: str, number: int) -> tuple[Iterator[bytes], int]:
        """A run that comes to this stretch soon, and the stretch that it makes next."""
        with self._lock:
            for at in range(number, max(-1, number - GOES_THROUGH - 1), -1):
                if at < number and file.ends_segment(at):
                    break
                run = self._runs.pop((tag, at), None)
                if run is not None:
                    return run, at
        return file.from_stretch(number), number

    def _set_aside(self, place: Place, run: Iterator[bytes]) -> None:
        with self._lock:
            self._runs[place] = run
            self._runs.move_to_end(place)
            while len(self._runs) > MOST_RUNS:
                self._runs.popitem(last=False)

    def _at_hand(self, place: Place) -> bytes | None:
        with self._lock:
            made = self._kept.get(place)
            if made is not None:
                self._kept.move_to_end(place)
            return made

    def _keep(self, place: Place, made: bytes) -> None:
        with self._lock:
            if place not in self._kept:
                self._kept[place] = made
                self._bytes += len(made)
            while self._bytes > MOST_BYTES:
                _, old = self._kept.popitem(last=False)
                self._bytes -= len(old)
