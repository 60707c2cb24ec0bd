"""A night as AAC in fragments of exactly eight seconds, for players that ask for a list of pieces (HLS).

    init        ftyp | moov: what it is, and no table of samples
    fragment    styp | moof: the sizes of its packets, and when the first is played | mdat

375 packets of 1024 frames are eight seconds at 48 kHz, to the frame. They are cut out of the segments of the
.m4b of the same night, for this codec's packets lean on what it spent before: made apart, eight seconds at a
time, they would be others. As there, what the encoder puts before the first frame is cut off by the edit
list: so the first fragment is heard for a packet less.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice

import numpy as np

from lullaby.errors import AskedWrongly
from lullaby.export.containers.boxes import box, full, movie
from lullaby.export.containers.tracks import SOUND, frames_coded, sound_track_in_fragments
from lullaby.export.encoding import encode, encoded_at_once
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded, Rendering

PACKETS = 375
"""Packets of a fragment; the last one has what is left."""

_KIND = b"iso6" + struct.pack(">I", 0) + b"iso6mp41"
_BY_ITSELF = 0x02000000
"""A packet to begin with: none of them is a difference to another."""
_FROM_MOOF = 0x020000
_OFFSET, _LENGTHS, _SIZES = 0x001, 0x100, 0x200


@dataclass(frozen=True)
class Fragments:
    """The pieces of a night that need not exist: each is made as it is asked for."""

    rendering: Rendering

    def __post_init__(self) -> None:
        format = self.rendering.format
        if format.container != "mp4" or format.picture:
            raise AskedWrongly(f"{format.ending}: a night in fragments is one as .m4b.")

    def __len__(self) -> int:
        return -(-self._bounds[-1] // PACKETS)

    @cached_property
    def ends(self) -> tuple[Fraction, ...]:
        """When each of them has been heard: seconds since the first began."""
        rate, each = self.rendering.sampling.rate, self.rendering.packet_frames
        unheard = self._coded - self.rendering.frames
        coded = [(number + 1) * PACKETS * each for number in range(len(self))]
        return tuple(Fraction(min(frames, self._coded) - unheard, rate) for frames in coded)

    @cached_property
    def init(self) -> bytes:
        """What a player is given before any fragment."""
        rendering = self.rendering
        rate, frames = rendering.sampling.rate, rendering.frames
        every = struct.pack(">IIIII", SOUND, 1, rendering.packet_frames, 0, _BY_ITSELF)
        extends = box("mvex", full("mehd", struct.pack(">I", frames)), full("trex", every))
        return box("ftyp", _KIND) + box(
            "moov", movie(rate, frames), sound_track_in_fragments(rendering), extends
        )

    def fragment(self, number: int, encoded: Callable[[Recipe], Encoded] = encode) -> bytes:
        """The bytes of one, counted from 0. `encoded` makes a segment of the .m4b, or has it: most fragments
        lie in one, some in two."""
        if not 0 <= number < len(self):
            raise AskedWrongly(f"there is no fragment {number}: they go from 0 to {len(self) - 1}.")
        made = self._cut(number * PACKETS, min((number + 1) * PACKETS, self._bounds[-1]), encoded)
        return self._boxed(number, made)

    def _boxed(self, number: int, made: Encoded) -> bytes:
        before = len(self._moof(number, made, 0)) + 8
        return box("styp", _KIND) + self._moof(number, made, before) + box("mdat", made.payload)

    def from_stretch(self, number: int) -> Iterator[bytes]:
        """This fragment and all after it, made by one encoder after the other as they are asked for. The
        first one costs as much as its segment up to there."""
        if not 0 <= number < len(self):
            raise AskedWrongly(f"there is no fragment {number}: they go from 0 to {len(self) - 1}.")
        start = number * PACKETS
        first = bisect_right(self._bounds, start) - 1
        packets = self._packets_from(first)
        for _ in range(start - self._bounds[first]):
            next(packets)
        for fragment in range(number, len(self)):
            due = min((fragment + 1) * PACKETS, self._bounds[-1]) - fragment * PACKETS
            made = list(islice(packets, due))
            sizes = np.array([len(packet) for packet in made], np.uint32)
            yield self._boxed(fragment, Encoded(b"".join(made), sizes))

    def ends_segment(self, number: int) -> bool:
        """Does nothing come after this fragment?"""
        return number + 1 == len(self)

    def _packets_from(self, first: int) -> Iterator[bytes]:
        for segment in self.rendering.segments[first:]:
            yield from encoded_at_once(self.rendering.recipe(segment))

    def _cut(self, start: int, stop: int, encoded: Callable[[Recipe], Encoded]) -> Encoded:
        """These packets of the file."""
        payload, sizes = b"", np.zeros(0, np.uint32)
        for segment in self.rendering.segments[bisect_right(self._bounds, start) - 1 :]:
            if segment.start >= stop:
                break
            made = encoded(self.rendering.recipe(segment))
            a, b = max(0, start - segment.start), min(stop - segment.start, len(made.sizes))
            ends = np.concatenate([[0], np.cumsum(made.sizes, dtype=np.int64)])
            payload += made.payload[int(ends[a]) : int(ends[b])]
            sizes = np.concatenate([sizes, made.sizes[a:b]])
        return Encoded(payload, sizes)

    def _moof(self, number: int, made: Encoded, before: int) -> bytes:
        """The table of a fragment whose first packet lies so many bytes after the table's beginning."""
        each, count = self.rendering.packet_frames, len(made.sizes)
        starts = (number * PACKETS + np.arange(count)) * each
        lengths = np.minimum(each, self._coded - starts)  # what fills up the last packet is not played
        rows = np.stack([lengths, made.sizes], axis=1).astype(">u4").tobytes()
        packets = full("trun", struct.pack(">Ii", count, before), rows, flags=_OFFSET | _LENGTHS | _SIZES)
        track = full("tfhd", struct.pack(">I", SOUND), flags=_FROM_MOOF)
        when = full("tfdt", struct.pack(">Q", number * PACKETS * each), version=1)
        return box("moof", full("mfhd", struct.pack(">I", number + 1)), box("traf", track, when, packets))

    @cached_property
    def _coded(self) -> int:
        """Frames that a decoder gives of the whole, but for what fills up the last packet."""
        return frames_coded(self.rendering)

    @cached_property
    def _bounds(self) -> list[int]:
        """The packets at which segments begin, and the last one's end."""
        packets = -(-self._coded // self.rendering.packet_frames)
        return [*(segment.start for segment in self.rendering.segments), packets]
