"""How a file is cut into segments that are encoded anywhere, in any order, and fit together without a seam.

    night   |--------- page ---------|--------- page ---------|
    file         |---- segment 0 --------|------ segment 1 --------|
    encoded      |·······················|xx·····················
                                         ^ pre-roll, thrown away

A segment is encoded from its page's first packet on, and its first packets are thrown away: the segment
before goes on until there. So a segment needs its own page and the first half second of the next, but nothing
of the one before, and every packet is what it would have been in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
class Segment:
    """A stretch of a file, counted in its packets."""

    number: int
    page: int
    """The page of the night that it begins in."""
    encoded_from: int
    """The first packet that is encoded for it; those before `start` are thrown away."""
    start: int
    """The first packet that belongs to it."""
    stop: int | None
    """The first packet of the next segment; None where the file ends with this one."""


PacketSizes: TypeAlias = NDArray[np.uint32]
"""Bytes of every packet, one after the other."""


@dataclass(frozen=True)
class Encoded:
    """A segment's packets, one after the other, and how long each is (none where there are no packets)."""

    payload: bytes
    sizes: PacketSizes


EncodeAll: TypeAlias = Callable[[Iterable[Recipe]], Iterator[Encoded]]
"""Turns recipes into segments, in their order: on threads of this machine, on a cluster, or from a store."""


@dataclass(frozen=True)
class Rendering:
    """A night, or a span of it, as one file is to hold it: everything that its sound depends on."""

    plan: Plan
    loudness: Loudness
    span: Span
    """The frames of the night that are kept."""
    fades: tuple[int, int]
    """Frames of fade at the file's beginning and at its end."""
    dither: tuple[int, int]
    """The words of the key that dither is drawn from."""
    format: Format
    sampling: Sampling

    @property
    def packet_frames(self) -> int:
        """Frames of the file in a packet."""
        return self.format.packet(self.sampling.rate)

    @property
    def step(self) -> int:
        """Frames of the night in a packet."""
        return self.packet_frames * self.sampling.every

    @property
    def frames(self) -> int:
        """Frames of the file."""
        return -(-len(self.span) // self.sampling.every)

    @property
    def pre_roll(self) -> int:
        """Packets that are encoded first and thrown away, so that what follows is as it was in one go."""
        filtered = (
            0 if self.sampling.every == 1 else -(-HALF // self.step)
        )  # what the decimator's filter spans
        return max(self.format.pre_roll, filtered)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The segments in their order; every packet of the file belongs to one of them."""
        group, minutes, pre_roll = self.format.group, self.format.minutes, self.pre_roll
        starts = [(self.span.start // PAGE // minutes * minutes, 0, 0)]
        for page in range(starts[0][0] + minutes, -(-self.span.stop // PAGE), minutes):
            begins = page_span(page).start - self.span.start
            first = -(-begins // (group * self.step)) * group
            # the segment before is given all the sound that its last packet waits for
            if (first + pre_roll + self.format.late) * self.step < len(self.span):
                starts.append((page, first, first + pre_roll))
        stops = [start for _, _, start in starts[1:]]
        return tuple(
            Segment(number, page, first, start, stop)
            for number, ((page, first, start), stop) in enumerate(zip(starts, [*stops, None], strict=True))
        )

    def heard(self, segment: Segment) -> Span:
        """The frames of the night that this segment's encoder is given."""
        start = self.span.start + segment.encoded_from * self.step
        if segment.stop is None:
            return Span(start, self.span.stop)
        stop = self.span.start + (segment.stop + self.format.late) * self.step
        return Span(start, min(self.span.stop, stop))

    def recipe(self, segment: Segment) -> Recipe:
        """Everything that this segment's bytes depend on."""
        heard = self.heard(segment)
        ahead = Span(heard.stop, min(self.span.stop, heard.stop + (HALF if self.sampling.every > 1 else 0)))
        needed = self.plan.needed(Span(page_span(segment.page).start, -(-ahead.stop // STEP) * STEP))
        fade_in, fade_out = Fade(self.span.start, self.fades[0]), Fade(self.span.stop, self.fades[1])
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
            number=segment.start if self.format.renumber else None,
            drop=segment.start - segment.encoded_from,
            keep=None if segment.stop is None else segment.stop - segment.start,
        )
