"""A night unfolding: its sound from one frame on, piece after piece, while its plan may still change.

    pages of the night ── pieces ── whoever plays
            ▲
       what is added from a frame on (`change`)

Whoever plays has some seconds at hand, made ahead. A change is put a little after what they have taken: what
is at hand and lies before it is given out meanwhile, and the page it falls into is made anew beside it.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.night.guard import LOOKS_AHEAD
from lullaby.night.loudness import Loudness
from lullaby.night.night import Growth, Night
from lullaby.night.pages import Frames, GrowingPage
from lullaby.night.plan import Plan
from lullaby.player.maker import MakerGone
from lullaby.time import PAGE, RATE, STEP, Span, page_span

PIECE = RATE
"""Frames of a piece: what the mixer makes at once."""
AT_HAND = 10 * RATE
"""Frames that are made ahead: a page begins with a lead-in, and a change has a page made anew."""
SOONEST = RATE // 4
"""Frames after what was taken at which a change comes at the soonest."""
KNOWN_LATE = LOOK_AHEAD + LOOKS_AHEAD
"""Frames before a change that may sound of it."""

Change = Callable[[Night, int], Growth | None]
"""Asked for what is to be added to this night from this frame on; None: nothing after all."""


class Page(Protocol):
    """A page that is made as it is asked for: a GrowingPage, here or in another process."""

    span: Span

    def sound(self, wanted: Span) -> Frames: ...

    def make(self, frame: int) -> None: ...


Pages = Callable[[Plan, Loudness, int], Page]


class LeftOut(Exception):
    """The error of a change that could not be made, whose cause says why: the night goes on without it."""


class Unfolding:
    """The sound of a night from a frame on. One thread asks for `step`, `take` and the rest."""

    def __init__(
        self,
        night: Night,
        frame: int = 0,
        seconds: Callable[[], float] = time.perf_counter,
        pages: Pages = GrowingPage,
    ) -> None:
        """`seconds`: a clock, for how long making takes; `pages` makes them."""
        self._pages, self._seconds = pages, seconds
        self.night = night
        self.taken = frame
        """The first frame that nobody has taken yet."""
        self._at_hand: deque[tuple[int, Frames]] = deque()
        self._made = frame
        self._page: Page | None = None
        self._work: Iterator[None] | None = None
        self._pending: Change | None = None
        self._changed_at = 0
        """The frame of the last change on this way through the night: the next may not come before it."""
        self._goes_by = 0
        """Frames that go by while a change is made, as far as is known: 0 before one comes too late."""
        self._pace = 1 / 100
        """Seconds that a second of sound takes to make: a guess until the first is made."""

    @property
    def over(self) -> bool:
        """Has all of it been taken?"""
        return self.taken >= self.night.length

    @property
    def busy(self) -> bool:
        """Is there something to make?"""
        return self._work is not None or (
            self._made - self.taken < AT_HAND and self._made < self.night.length
        )

    def step(self) -> None:
        """Makes a second of sound, if there is anything to make. A LeftOut where it was for a change."""
        if self._work is not None:
            try:
                if next(self._work, False) is False:
                    self._work = None
            except LeftOut:
                self._work, self._pending = None, None
                raise
        elif self.busy:
            self._at_hand.append((self._made, self._piece()))

    def take(self, most: int) -> Frames | None:
        """The next frames, at most so many; None where they are not made yet."""
        if not self._at_hand:
            return None
        start, sound = self._at_hand.popleft()
        if len(sound) > most:
            self._at_hand.appendleft((start + most, sound[most:]))
            sound = sound[:most]
        self.taken = start + len(sound)
        return sound

    def seek(self, frame: int) -> None:
        """Goes on from another frame of the night; a change that is being made is made there."""
        self._at_hand.clear()
        self.taken = self._made = max(0, frame)
        self._changed_at = 0
        self.begin_again()

    def begin_again(self) -> None:
        """What could not be made is begun again; what is at hand stays."""
        self._page, self._work = None, None
        if self._pending is not None:
            self._work = self._changing(self._pending)

    def change(self, growth_at: Change) -> bool:
        """The night grows, as soon as can be; False where an earlier change is still being made."""
        if self._work is not None:
            return False
        self._pending, self._work = growth_at, self._changing(growth_at)
        return True

    def _until_made(self) -> int:
        """Frames that go by until a page is made anew up to where the change would come: half as many again
        as the making takes by its pace, or as went by before."""
        number = self.taken // PAGE
        behind = self.taken - self.night.plan.begins(page_span(number).start, capped=True) + PIECE
        return max(min(AT_HAND // 2, round(1.5 * self._pace * behind)), 3 * self._goes_by // 2)

    def _changing(self, growth_at: Change) -> Iterator[None]:
        """Makes the page anew from which the change is heard. Where what was taken meanwhile is past that,
        the change is put off: what they have cannot be taken back."""
        began = self.taken
        with _left_out():
            growth = growth_at(self.night, max(began + self._until_made() + SOONEST, self._changed_at))
        if growth is not None:  # begun again, it is not asked for again
            self._pending = _later(growth)
        while growth is not None:
            with _left_out():
                night, frame = self.night.from_frame(growth), growth.frame
                heard = max(self.taken, frame - KNOWN_LATE) // STEP * STEP
            while self._made < min(frame, night.length):  # until then it is heard as it was
                self._at_hand.append((self._made, self._piece()))
                yield
            own = page_span(heard // PAGE)
            with _left_out():
                page = self._pages(night.plan, night.loudness(), heard // PAGE)
            for start in range(own.start, heard, PIECE):
                with _left_out():
                    self._make(page, min(start + PIECE, heard))
                yield
            if self.taken <= heard:
                self._forget_from(heard)
                self.night, self._page, self._made = night, page, heard
                self._changed_at = frame
                if self._goes_by:
                    self._goes_by = max(self.taken - began, 3 * self._goes_by // 4)
                break
            self._goes_by, began = self.taken - began, self.taken
            with _left_out():
                growth = growth.put_off(began + self._until_made() + SOONEST)
        self._pending = None

    def _forget_from(self, frame: int) -> None:
        kept: deque[tuple[int, Frames]] = deque()
        for start, sound in self._at_hand:
            if start < frame:
                kept.append((start, sound[: frame - start]))
        self._at_hand = kept

    def _piece(self) -> Frames:
        number = self._made // PAGE
        own = page_span(number)
        if self._page is None or self._page.span != own:
            self._page = self._pages(self.night.plan, self.night.loudness(), number)
        span = Span(self._made, min(self._made + PIECE, own.stop))
        began = self._seconds()
        sound = self._page.sound(span)
        self._note(began, len(span))
        self._made = span.stop
        # a night ends on any frame, and sound is made in whole control points
        return sound[: max(0, self.night.length - span.start)] if span.stop > self.night.length else sound

    def _make(self, page: Page, until: int) -> None:
        began = self._seconds()
        page.make(until)
        self._note(began, PIECE)

    def _note(self, began: float, frames: int) -> None:
        found = (self._seconds() - began) / (frames / RATE)
        self._pace += (found - self._pace) * 0.2


def _later(growth: Growth) -> Change:
    """The change to this growth, from whatever frame on."""
    return lambda night, frame: growth.put_off(frame)


@contextlib.contextmanager
def _left_out() -> Iterator[None]:
    """What goes wrong in this block is the fault of a change, unless whoever makes pages is gone."""
    try:
        yield
    except MakerGone:
        raise
    except Exception as error:
        raise LeftOut from error
