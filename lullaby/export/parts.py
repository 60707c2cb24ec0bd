"""How a file is cut into parts that can be made anywhere, in any order, and fit together again.

    night   |--------- page ---------|--------- page ---------|
    file         |------ part 0 ---------|-------- part 1 ---------|
    encoded      |·······················|xx·····················
                                         ^ pre-roll, thrown away

A part is encoded from its page's first packet on, and its first packets are thrown away: the part before
goes on until there. So a part needs its own page and the first half second of the next, but nothing of
the one before, and every packet is what it would have been in one go.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.export.decimate import HALF
from lullaby.export.formats import Format, Sampling
from lullaby.export.recipe import Fade, Recipe
from lullaby.night import Plan
from lullaby.night.loudness import Loudness
from lullaby.night.parcel import narrowed
from lullaby.time import PAGE, STEP, Span, page_span


@dataclass(frozen=True)
class Whole:
    """Everything a file's sound depends on."""

    plan: Plan
    loudness: Loudness
    span: Span
    """The frames of the night that are kept."""
    fades: tuple[int, int]
    """Frames over which the file comes and goes."""
    dither: tuple[int, int]
    """The words of the key that dither is drawn from."""
    format: Format
    sampling: Sampling

    @property
    def step(self) -> int:
        """Frames of the night in a packet."""
        return self.packet_frames * self.sampling.every

    @property
    def packet_frames(self) -> int:
        return self.format.packet(self.sampling.rate)

    @property
    def frames(self) -> int:
        """Frames of the file."""
        return -(-len(self.span) // self.sampling.every)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """In their order; every packet of the file belongs to one of them."""
        group, pages = self.format.group, self.format.minutes
        past = 0 if self.sampling.every == 1 else -(-HALF // self.step)
        roll = max(self.format.pre_roll, past)
        starts = [(self.span.start // PAGE // pages * pages, 0, 0)]
        for page in range(starts[0][0] + pages, -(-self.span.stop // PAGE), pages):
            begins = page_span(page).start - self.span.start
            first = -(-begins // (group * self.step)) * group
            if (first + roll) * self.step < len(self.span):
                starts.append((page, first, first + roll))
        ends = [kept for _, _, kept in starts[1:]]
        return tuple(
            Part(number, page, first, kept, end)
            for number, ((page, first, kept), end) in enumerate(zip(starts, [*ends, None], strict=True))
        )

    def heard(self, part: Part) -> Span:
        """The frames of the night that this part's encoder is given."""
        start = self.span.start + part.first * self.step
        if part.end is None:
            return Span(start, self.span.stop)
        return Span(start, min(self.span.stop, self.span.start + (part.end + self.format.late) * self.step))

    def recipe(self, part: Part) -> Recipe:
        """All that this part's bytes depend on."""
        heard = self.heard(part)
        ahead = Span(heard.stop, min(self.span.stop, heard.stop + (HALF if self.sampling.every > 1 else 0)))
        needed = self.plan.needed(Span(page_span(part.page).start, -(-ahead.stop // STEP) * STEP))
        fade_in, fade_out = (Fade(self.span.start, self.fades[0]), Fade(self.span.stop, self.fades[1]))
        return Recipe(
            plan=narrowed(self.plan, needed),
            loudness=self.loudness,
            heard=heard,
            ahead=ahead,
            fade_in=fade_in if heard.start < fade_in.edge + fade_in.length else None,
            fade_out=fade_out if ahead.stop > fade_out.edge - fade_out.length else None,
            dither=self.dither if self.sampling.bits in self.format.bits else None,
            format=self.format,
            sampling=self.sampling,
            number=part.kept if self.format.renumber else None,
            drop=part.kept - part.first,
            keep=None if part.end is None else part.end - part.kept,
        )


Sizes: TypeAlias = NDArray[np.uint32]
"""Bytes of every packet, one after the other."""


@dataclass(frozen=True)
class Made:
    """A part's packets, one after the other, and how long each is (none where there are no packets)."""

    payload: bytes
    sizes: Sizes


@dataclass(frozen=True)
class Part:
    """A stretch of a file, counted in its packets."""

    number: int
    page: int
    """The page of the night that it begins in."""
    first: int
    """The first packet that is encoded for it."""
    kept: int
    """The first packet that belongs to it."""
    end: int | None
    """The first packet of the next; None where the file ends with it."""
