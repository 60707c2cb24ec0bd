"""A night on a box: it is given the address, watched, and sent on where it has stalled."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from lullaby.errors import CouldNot
from lullaby.export.known_file import KnownFile
from lullaby.time import RATE, Clock
from lullaby.web.boxes.box import Box, Piece
from lullaby.web.boxes.watching import STILL, Fetched, Watch
from lullaby.web.wanted import Wanted

LOOK = 1.0
"""Seconds between two looks at a box."""
ASK = 5
"""Looks between two questions, whether somebody has stopped it, once it plays."""
_ANSWER = 2.0
"""Seconds that this question may take: a box that stands still must not hold up that it is seen."""
PAUSES = (2.0, 5.0, 10.0, 20.0, 40.0)
"""Seconds before it is tried again, each longer than the one before. After the last it is given up."""
LAST = 5.0
"""Seconds of a night for which it is not begun again."""
_STEPS, _STEP = 20, 0.15
"""A fade by the box's own volume, where it has one: three seconds."""

Wait = Callable[[float], Awaitable[object]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Sent:
    """A night that goes to a box."""

    wanted: Wanted
    title: str
    file: Callable[[Wanted], KnownFile]
    """The file of this night, or of the rest of it. That may take a while: it is asked for on a thread."""
    picture: str = ""
    """The address of its picture."""


class _Ends(enum.Enum):
    """Why a box is no longer watched."""

    OVER = enum.auto()
    STALLED = enum.auto()
    STOPPED = enum.auto()


async def cast(
    box: Box,
    night: Sent,
    address_of: Callable[[Wanted], str],
    fetched: Fetched,
    clock: Clock,
    *,
    wait: Wait = asyncio.sleep,
    say: Say = lambda said: None,
) -> None:
    """Plays the night on the box until it is over, or somebody stops the box. Who cancels this stops it, too,
    in a fade. A box that will not play, or at last does not any more, is a CouldNot."""

    def place() -> float:
        return first + (clock.now() - began).total_seconds()

    wanted, tries, has_played = night.wanted, 0, False
    file = await asyncio.to_thread(night.file, wanted)
    first, began, end = file.rendering.span.start / RATE, clock.now(), file.rendering.span.stop / RATE
    try:
        while True:
            turn = _Turn(box, night, wanted, file, address_of(wanted), fetched)
            try:
                ends = await turn.played(place, wait)
                why = f"{box.name} says that it plays, and fetches nothing."
            except CouldNot as error:
                if not has_played:
                    raise
                ends, why = _Ends.STALLED, str(error)
            if ends is _Ends.STOPPED:
                say(f"{box.name} was stopped there.")
            if ends is not _Ends.STALLED:
                return
            has_played |= turn.has_fetched()
            tries = 0 if turn.has_fetched() else tries + 1
            if tries > len(PAUSES):
                raise CouldNot(f"{why}\n    It was tried {tries} times, and is given up.")
            if tries:
                await wait(PAUSES[tries - 1])
            if (at := place()) > end - LAST:
                return
            say(f"{box.name} stood still: it is sent on.")
            wanted = replace(night.wanted, start=round(at, 3))
            file = await asyncio.to_thread(night.file, wanted)
    except asyncio.CancelledError:
        await asyncio.shield(hushed(box, wait))
        raise


class _Turn:
    """One address, given to the box once."""

    def __init__(
        self, box: Box, night: Sent, wanted: Wanted, file: KnownFile, address: str, fetched: Fetched
    ) -> None:
        self._box, self._fetched, self._name = box, fetched, str(wanted)
        span = file.rendering.span
        self._start, seconds = span.start / RATE, len(span) / RATE
        self._head = file.place(span.start)
        self._rate = (file.length - self._head) / seconds
        self._piece = Piece(
            address,
            night.title,
            file.length,
            seconds,
            night.picture,
            file.rendering.format.media_type or "audio/ogg",
        )
        self._watch = Watch(self._start)
        self._has_played = False

    def has_fetched(self) -> bool:
        return self._watch.has_fetched()

    async def played(self, place: Callable[[], float], wait: Wait) -> _Ends:
        """Tells the box, and looks at it until something ends. `place` is where the night is by the clock."""
        self._fetched.expect(self._name)
        try:
            await self._box.play(self._piece)
            looks, end = 0, self._start + self._piece.seconds
            while True:
                await wait(LOOK)
                now, until = place(), self._fetched.until(self._name)
                stalled = self._watch.stalled(now, self._start + max(0, until - self._head) / self._rate)
                if now >= (end if until >= self._piece.bytes else end + STILL):
                    return _Ends.OVER
                looks += 1
                if (not self._has_played or looks % ASK == 0) and await self._was_stopped(now):
                    return _Ends.STOPPED
                if stalled and until < self._piece.bytes:
                    return _Ends.STALLED
        finally:
            self._fetched.forget(self._name)

    async def _was_stopped(self, now: float) -> bool:
        """By somebody, after it played. A box that has nothing left stops by itself; and one that does not
        answer may play."""
        if not self._watch.has_left(now):
            return False
        try:
            stopped = await asyncio.wait_for(self._box.was_stopped(), _ANSWER)
        except (CouldNot, TimeoutError):
            return False
        self._has_played |= not stopped
        return stopped and self._has_played


async def hushed(box: Box, wait: Wait = asyncio.sleep) -> None:
    """Stops the box: softly where it has a volume, which is set back in the silence after."""
    level = None
    try:
        level = await box.volume()
        for step in range(_STEPS - 1, -1, -1) if level else ():
            await box.set_volume((level or 0.0) * (step / _STEPS) ** 2)
            await wait(_STEP)
    except CouldNot:
        pass  # then without a fade
    await box.stop()
    if level:
        await box.set_volume(level)
