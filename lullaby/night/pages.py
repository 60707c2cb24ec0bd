"""Pages: a plan made audible. The one way from a plan to finished sound, whoever asks for it.

A page is a minute. It starts from rest a lead-in before its first frame and runs past its end by what the
limiter and the guard look ahead, so pages may be made in any order, on any thread and any machine. A page can
be had at once (`fill`), or as it grows (`GrowingPage`), by whoever cannot wait for a minute.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.a_power import CHUNK, SLICE
from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.kernels.memory import blank
from lullaby.night.guard import LOOKS_AHEAD, Listening
from lullaby.night.loudness import Loudness
from lullaby.night.mixer import Master, inside, mixed
from lullaby.night.plan import Plan
from lullaby.night.sheet import Sheet
from lullaby.time import BLOCK, PAGE, RATE, STEP, Span, page_span

Frames = NDArray[np.float32]
"""sound[frames, 2], as files and sound cards take it."""


def fill(plan: Plan, loudness: Loudness, span: Span, out: Frames) -> None:
    """out[frames, 2] = this span of the night as it leaves the mixer; it starts and stops at whole control
    points. Without a ceiling it is the sound before the limiter and the guard, as stems are.

    What holds for whoever plays, encodes or draws it:

    - However a page is cut, its pieces are the page, bit for bit. A piece is made from its page's beginning
      on, so one near the end of a page costs as much as the page.
    - A plan that is changed from frame t on leaves every frame before t - LOOK_AHEAD - LOOKS_AHEAD as it was
      (t - LOOK_AHEAD where no guard acts). So a player may take a longer plan at any moment: it fills the
      rest of the current page anew, and plays on.
    - Nothing outside of the plan is asked for but the recordings that its tracks name with their digests; a
      voice that plays a prepared file in order needs no more than that either.
    """
    if span.start % STEP or span.stop % STEP or len(out) != len(span):
        raise ValueError(f"whole control points of {STEP} frames, and an array as long, not {span}")
    for number in span.pages():
        own = page_span(number)
        wanted = span & own
        piece = out[wanted.start - span.start : wanted.stop - span.start]
        if wanted.start == own.start:
            _fill_beginning(plan, loudness, number, piece)
            continue
        beginning = blank((wanted.stop - own.start, 2))
        _fill_beginning(plan, loudness, number, beginning)
        piece[:] = beginning[wanted.start - own.start :]


def pieces(
    plan: Plan, loudness: Loudness, span: Span, size: int = BLOCK, memory: Frames | None = None
) -> Iterator[tuple[Span, Frames]]:
    """The sound of any frames, in pieces of `size` that end with their page: (which frames, their sound). A
    piece lies in `memory`, which holds a page, and may be used until the next one is asked for."""
    page = blank((PAGE, 2)) if memory is None else memory
    for number in span.pages():
        own = page_span(number)
        wanted = span & own
        until = -(-wanted.stop // STEP) * STEP
        fill(plan, loudness, Span(own.start, until), page[: until - own.start])
        for piece in wanted.blocks(size):
            yield piece, page[piece.start - own.start : piece.stop - own.start]


def growing_pieces(
    plan: Plan, loudness: Loudness, span: Span, size: int = BLOCK
) -> Iterator[tuple[Span, Frames]]:
    """The same as `pieces`, for whoever cannot wait for a minute: a page is made as far as its piece, and no
    more is held than what comes after it needs."""
    for number in span.pages():
        page = GrowingPage(plan, loudness, number)
        page.skip((span & page.span).start)
        for piece in (span & page.span).blocks(size):
            sound = page.sound(piece)
            page.forget(piece.stop)
            yield piece, sound


def straight(plan: Plan, loudness: Loudness, number: int) -> Iterator[tuple[Span, Frames]] | None:
    """The page as it leaves the limiter, in pieces that a core's cache holds: a whole minute would go through
    memory. A piece may be used until the next one is asked for. None where a guard listens to the page, which
    needs what comes later, or where it is silent or has no ceiling."""
    span, capped = page_span(number), loudness.cap is not None
    guarded = capped or plan.guard.acts_over(span.start, span.stop)
    if guarded or loudness.ceiling is None or plan.is_silent(span):
        return None
    return _straight(plan, loudness, span)


def _straight(plan: Plan, loudness: Loudness, span: Span) -> Iterator[tuple[Span, Frames]]:
    master, limited = Master(plan, loudness), blank((BLOCK, 2))
    for block, bus in mixed(plan, Span(plan.begins(span.start, False), span.stop + LOOK_AHEAD)):
        sound = master.faded(block, master.toned(bus, block))
        master.limit(sound, limited[: len(block)], stays_in_cache=True)
        first = block.start - LOOK_AHEAD  # the limiter answers so much later
        start, stop = max(span.start, first), min(span.stop, first + len(block))
        if start < stop:
            yield Span(start, stop), limited[start - first : stop - first]


def _fill_beginning(plan: Plan, loudness: Loudness, number: int, out: Frames) -> None:
    """out[frames, 2] = the page, or its first frames: as many as there is room for."""
    start = page_span(number).start
    span = Span(start, start + len(out))
    if plan.is_silent(span):
        out[:] = 0
    elif loudness.ceiling is None:
        _fill_unlimited(plan, loudness, span, out)
    else:
        making = _Making(plan, loudness, span, out)
        making.limit_until(len(out))
        making.guard(out, 0)


class GrowingPage:
    """A page that is made as it is asked for, a second at a time; bit for bit the page that `fill` fills."""

    def __init__(self, plan: Plan, loudness: Loudness, number: int) -> None:
        if loudness.ceiling is None:
            raise ValueError("a page that grows is one that is played, and has a ceiling")
        self.span = page_span(number)
        self._memory = Sheet((PAGE, 2))
        silent = plan.is_silent(self.span)
        self._making = None if silent else _Making(plan, loudness, self.span, self._memory.array)

    def sound(self, wanted: Span) -> Frames:
        """The sound of these frames of the page, an array of its own. Frames that were asked for before may
        be asked for again; the page is made as far as the last frame and no further."""
        if wanted.start < self.span.start or wanted.stop > self.span.stop:
            raise ValueError(f"{wanted} is not in the page {self.span}")
        if self._making is None:
            return np.zeros((len(wanted), 2), np.float32)
        # whole slices of the guard, from which its gain is interpolated
        start, stop = wanted.start - self.span.start, wanted.stop - self.span.start
        first = start // SLICE * SLICE
        self._making.limit_until(stop)
        piece = self._memory.array[first:stop].copy()
        self._making.guard(piece, first)
        return piece[start - first :]

    def skip(self, frame: int) -> None:
        """Makes the page up to this frame, a second at a time: nothing before it will be asked for."""
        for piece in Span(self.span.start, frame).blocks(RATE):
            if self._making is not None:
                self._making.limit_until(piece.stop - self.span.start)
                self._making.hear_until(piece.stop - self.span.start)
                self.forget(piece.stop)

    def forget(self, frame: int) -> None:
        """Nothing before this frame is asked for again: its memory is given back."""
        if self._making is not None:
            frames = self._making.needed_from(frame - self.span.start)
            self._memory.give_back(frames // SLICE * SLICE)

    def make(self, frame: int) -> None:
        """Makes the page up to this frame, so that its sound can be had at once."""
        if self._making is not None:
            self._making.limit_until(frame - self.span.start)


class _Making:
    """The making of a page, or of its beginning: `raw` fills with what leaves the limiter, and the guard is
    applied to as much of it as is wanted."""

    def __init__(self, plan: Plan, loudness: Loudness, span: Span, raw: Frames) -> None:
        capped = loudness.cap is not None
        self._raw = raw
        since = plan.listens_from(span.start, capped)
        # the page, and around it, where the guard listens, what comes before and after it
        self._stretches = [(span.start, raw)]
        self._listening = None
        if capped or plan.guard.acts_over(span.start, span.stop):
            self._before, self._after = blank((span.start - since, 2)), blank((LOOKS_AHEAD, 2))
            self._stretches = [(since, self._before), (span.start, raw), (span.stop, self._after)]
            self._listening = Listening(plan.guard, since, loudness)
        self._master, self._aside = Master(plan, loudness), blank((BLOCK, 2))
        start, stop = plan.begins(span.start, capped), span.stop + self._ahead
        self._mixed = mixed(plan, Span(start, stop + LOOK_AHEAD))
        self._start = span.start
        self._made = start - LOOK_AHEAD
        """The first frame that has not left the limiter yet."""
        self._heard = -1
        """Frames of the page that the guard has heard for good; -1 before it has heard what comes before."""

    @property
    def _ahead(self) -> int:
        return LOOKS_AHEAD if self._listening else 0

    def limit_until(self, frames: int) -> None:
        """Goes on until so many frames of the page, and what the guard hears after them, are in `raw`."""
        while self._made < self._start + frames + self._ahead:
            block, bus = next(self._mixed)
            sound = self._master.faded(block, self._master.toned(bus, block))
            first = block.start - LOOK_AHEAD  # the limiter answers so much later
            self._made = first + len(block)
            into = _whole_in(self._stretches, first, self._made)
            if into is not None:
                self._master.limit(sound, into)
                continue
            self._master.limit(sound, self._aside[: len(block)])
            for begins, stretch in self._stretches:
                a = max(begins, first)
                b = max(a, min(begins + len(stretch), self._made))
                stretch[a - begins : b - begins] = self._aside[a - first : b - first]

    def guard(self, piece: Frames, first: int) -> None:
        """Reduces the gain of `piece` where a rule of the guard asks for it. It holds the frames of `raw`
        from `first` on, as a copy; or it is `raw` itself, as a whole, of which nothing is asked for later."""
        if not self._listening:
            return
        # the guard adds up what is in a page in another order than what comes after it, so what follows the
        # beginning of a page is added up as a part of that page
        until = first + len(piece) + LOOKS_AHEAD
        own = min(until, PAGE)
        self.hear_until(own)
        listening = self._listening.copy()  # what comes now is not yet all that this chunk will hold
        listening.hear(self._limited(self._heard, own))
        listening.hear_the_end(self._limited(own, until))
        listening.hold(piece, self._start + first)

    def hear_until(self, frames: int) -> None:
        """Lets the guard hear what is whole of the page, as far as it has been made."""
        if not self._listening:
            return
        if self._heard < 0:
            self._listening.hear_before(self._before)
            self._heard = 0
            del self._before, self._stretches[0]  # all of it has been made by now
        while self._heard + CHUNK <= frames:
            self._listening.hear(self._limited(self._heard, self._heard + CHUNK))
            self._heard += CHUNK

    def needed_from(self, frame: int) -> int:
        """The first frame of `raw` that is needed where all before `frame` have been had."""
        return min(frame, max(0, self._heard)) if self._listening else frame

    def _limited(self, start: int, stop: int) -> Frames:
        """Frames of the page, or after it, as they left the limiter."""
        end = len(self._raw)
        if stop <= end:
            return self._raw[start:stop]
        after = self._after[max(0, start - end) : stop - end]
        return after if start >= end else np.concatenate([self._raw[start:], after])


def _whole_in(stretches: list[tuple[int, Frames]], start: int, stop: int) -> Frames | None:
    """The sound of these frames, if they lie in one of the stretches."""
    for begins, stretch in stretches:
        if begins <= start and stop <= begins + len(stretch):
            return stretch[start - begins : stop - begins]
    return None


def _fill_unlimited(plan: Plan, loudness: Loudness, span: Span, out: Frames) -> None:
    """Fills in the sound without limiter and guard. With a plan of one voice alone this is its stem, its
    share of the reverb included; the stems of all voices add up to the sound of all together."""
    master, gain = Master(plan), np.float32(loudness.gain)
    # from the same rest as the finished page, so that where nothing is held down the two are the same bits
    start = plan.begins(span.start, capped=loudness.cap is not None)
    for block, bus in mixed(plan, Span(start, span.stop)):
        sound = inside(master.faded(block, master.toned(bus, block)), block, span)
        first = max(block.start, span.start) - span.start
        out[first : first + sound.shape[1]] = sound.T * gain
