"""Pages: a plan made audible. The one way from a plan to finished sound, whoever asks for it.

A page is a minute. It starts from rest a lead-in before its first frame and runs past its end by what the
limiter and the guard look ahead, so pages may be made in any order, on any thread and any machine.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.limiter import LOOK_AHEAD
from lullaby.kernels.memory import blank
from lullaby.night.guard import LOOKS_AHEAD, Listening
from lullaby.night.loudness import Loudness
from lullaby.night.mixer import Master, inside, mixed
from lullaby.night.plan import Plan
from lullaby.time import BLOCK, PAGE, STEP, Span, page_span

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


def _fill_beginning(plan: Plan, loudness: Loudness, number: int, out: Frames) -> None:
    """out[frames, 2] = the page, or its first frames: as many as there is room for."""
    start = page_span(number).start
    span = Span(start, start + len(out))
    if plan.is_silent(span):
        out[:] = 0
    elif loudness.ceiling is None:
        _fill_unlimited(plan, loudness, span, out)
    else:
        _fill_finished(plan, loudness, span, out)


def _fill_finished(plan: Plan, loudness: Loudness, span: Span, out: Frames) -> None:
    capped = loudness.cap is not None
    since = plan.listens_from(span.start, capped)
    # the page, and around it, where the guard listens, what comes before and after it
    stretches = [(span.start, out)]
    listening = None
    if capped or plan.guard.acts_over(span.start, span.stop):
        before, after = blank((span.start - since, 2)), blank((LOOKS_AHEAD, 2))
        stretches = [(since, before), (span.start, out), (span.stop, after)]
        listening = Listening(plan.guard, since, loudness)
    master, aside = Master(plan, loudness), blank((BLOCK, 2))
    start, stop = plan.begins(span.start, capped), stretches[-1][0] + len(stretches[-1][1])
    for block, bus in mixed(plan, Span(start, stop + LOOK_AHEAD)):
        sound = master.faded(block, master.toned(bus, block))
        first = block.start - LOOK_AHEAD  # the limiter answers so much later
        into = _whole_in(stretches, first, first + len(block))
        if into is not None:
            master.limit(sound, into)
            continue
        master.limit(sound, aside[: len(block)])
        for begins, stretch in stretches:
            a = max(begins, first)
            b = max(a, min(begins + len(stretch), first + len(block)))
            stretch[a - begins : b - begins] = aside[a - first : b - first]
    if listening:
        listening.hear(before)
        # the guard adds up what is in a page in another order than what comes after it, so what follows the
        # beginning of a page is added up as a part of that page
        body = out if len(out) == PAGE else np.concatenate([out, after])
        listening.hear(body[:PAGE])
        listening.hear_the_end(after if len(out) == PAGE else body[PAGE:])
        listening.hold(out, span.start)


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
