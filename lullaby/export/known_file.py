"""A night's file that need not exist: its length is known, and any bytes of it can be had without the others.

    file       |head|------- segment 0 -------|------- segment 1 -------|
    stretches       |---|---|---|---|---|-----|---|---|---|---|---|-----|
    asked                     [·······)
    made                    |---|---|   by one encoder, from a little before

That takes packets of one size: MP3 at a constant rate, Opus in packets of one size (`.ogg`, `.m4o`), WAV. The
bytes are those of the file that `export` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.export.containers import Container, container
from lullaby.export.containers.tags import Tags
from lullaby.export.encoder import Encoder
from lullaby.export.encoding import encoded_at_once
from lullaby.export.formats import ENDINGS, Format, Sampling
from lullaby.export.segments import Encoded, Rendering, Segment

KNOWN = tuple(format.ending for format in ENDINGS.values() if format.has_known_length)

_TRIED = 16
"""Packets: more than an encoder ever holds back."""
STRETCH = 2
"""Seconds of a stretch, about: what is made and handed out at a time."""


@dataclass(frozen=True)
class KnownFile:
    """A file of a known length, made as it is asked for."""

    rendering: Rendering
    tags: Tags

    def __post_init__(self) -> None:
        if not self.rendering.format.has_known_length:
            raise AskedWrongly(
                f"{self.rendering.format.ending}: the length of such a file is known only when it is made.\n"
                f"    There are: {', '.join(KNOWN)}"
            )

    @property
    def length(self) -> int:
        """Bytes of the whole file."""
        return int(self._begins[-1])

    @cached_property
    def head(self) -> bytes:
        """The bytes before any sound: tags, the cover, what a player must know."""
        packets = sum(self._packets(segment) for segment in self.rendering.segments)
        return self._container.head(np.full(packets, self._size, np.uint32))

    def read(self, start: int, stop: int, stretch: Callable[[int], bytes] | None = None) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, a stretch at a time. `stretch` has a stretch by its
        number; else each is made by itself."""
        stretch = stretch or (lambda number: next(self.from_stretch(number)))
        stop = min(stop, self.length)
        if start < len(self.head):
            yield self.head[start:stop]
        at = max(start, len(self.head))
        while at < stop:
            number = self.stretch_at(at)
            begins = self.begins(number)
            yield stretch(number)[at - begins : stop - begins]
            at = self.begins(number + 1)

    def stretch_at(self, byte: int) -> int:
        """The number of the stretch that this byte is in, which is after the head."""
        return int(np.searchsorted(self._begins, byte, "right")) - 1

    def begins(self, number: int) -> int:
        """The byte at which this stretch begins."""
        return int(self._begins[number])

    def ends_segment(self, number: int) -> bool:
        """Is this stretch the last of its segment?"""
        segments, _ = self._places
        return number + 1 == len(segments) or bool(segments[number + 1] != segments[number])

    def from_stretch(self, number: int) -> Iterator[bytes]:
        """This stretch, and those after it to the end of its segment, made by one encoder as they are asked
        for."""
        segment, first = self._stretch(number)
        encoded_from = max(segment.encoded_from, first.start - self.rendering.pre_roll)
        recipe = self.rendering.recipe(replace(segment, encoded_from=encoded_from, start=first.start))
        packets, waiting = encoded_at_once(recipe), bytearray()
        while True:
            stretch = self._stretch(number)[1]
            length = self._packets_in(number) * self._size
            while len(waiting) < length:
                packet = next(packets, None)
                if packet is None:
                    raise CouldNot(f"the encoder gave {len(waiting)} bytes where {length} were due.")
                waiting += packet
            payload = bytes(waiting[:length])
            del waiting[:length]
            yield self._container.body(stretch, self._encoded(payload))
            if self.ends_segment(number):
                return
            number += 1

    def place(self, frame: int) -> int:
        """The byte at which the sound of this frame of the night begins, about."""
        along = (frame - self.rendering.span.start) / len(self.rendering.span)
        return len(self.head) + round(min(1.0, max(0.0, along)) * (self.length - len(self.head)))

    @cached_property
    def _container(self) -> Container:
        return container(self.rendering, self.tags)

    @property
    def _size(self) -> int:
        """Bytes of a packet; without packets, of a frame."""
        sampling, format = self.rendering.sampling, self.rendering.format
        return format.packet_bytes(sampling) if format.codec else sampling.frame_bytes

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Of every stretch the number of its segment and its first packet; and once more where the last one
        ends. A night has some fifteen thousand of them."""
        rendering = self.rendering
        group = rendering.format.group
        step = max(1, STRETCH * rendering.sampling.rate // rendering.packet_frames // group) * group
        starts, segments = [], []
        for segment in rendering.segments:
            starts.append(np.arange(segment.start, self._stop(segment), step, dtype=np.int64))
            segments.append(np.full(len(starts[-1]), segment.number, np.int64))
        end = [np.array([self._stop(rendering.segments[-1])], np.int64)]
        return np.concatenate(segments), np.concatenate(starts + end)

    @cached_property
    def _begins(self) -> NDArray[np.int64]:
        """Where each stretch begins in the file, and where the last one ends."""
        counts = np.diff(self._places[1])
        lengths = np.zeros(len(counts), np.int64)
        for count in np.unique(counts):
            lengths[counts == count] = self._bytes_of(int(count), is_last=False)
        lengths[-1] = self._bytes_of(int(counts[-1]), is_last=True)
        return len(self.head) + np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])

    def _bytes_of(self, count: int, *, is_last: bool) -> int:
        """Of so many packets, as they stand in the file."""
        stretch = Segment(0, 0, 0, 0, None if is_last else count)
        return len(self._container.body(stretch, self._encoded(bytes(count * self._size))))

    def _stretch(self, number: int) -> tuple[Segment, Segment]:
        """The segment that this stretch is in, and the stretch, as a small one."""
        segments, starts = self._places
        segment = self.rendering.segments[segments[number]]
        last = number + 1 == len(segments)
        stop = None if last else int(starts[number + 1])
        return segment, replace(segment, start=int(starts[number]), stop=stop)

    def _encoded(self, payload: bytes) -> Encoded:
        """These packets as their container takes them."""
        count = len(payload) // self._size if self.rendering.format.codec else 0
        return Encoded(payload, np.full(count, self._size, np.uint32))

    def _packets_in(self, number: int) -> int:
        """How many packets this stretch has."""
        starts = self._places[1]
        return int(starts[number + 1] - starts[number])

    def _stop(self, segment: Segment) -> int:
        """The packet before which this segment ends."""
        return segment.start + self._packets(segment)

    def _packets(self, segment: Segment) -> int:
        if segment.stop is not None:
            return segment.stop - segment.start
        format, sampling = self.rendering.format, self.rendering.sampling
        frames = -(-len(self.rendering.heard(segment)) // sampling.every)
        given = packets_given(format, sampling, frames) if format.codec else frames
        return given - (segment.start - segment.encoded_from)


def packets_given(format: Format, sampling: Sampling, frames: int) -> int:
    """How many packets the encoder gives for so many frames: one more for each packet's frames that are more.
    So the last few are tried."""
    packet = format.packet(sampling.rate)
    before = max(0, frames // packet - _TRIED)
    return before + _given(format, sampling, frames - before * packet)


@lru_cache(maxsize=64)
def _given(format: Format, sampling: Sampling, frames: int) -> int:
    """The same by the encoder itself: of silence it gives as many."""
    encoder, count, piece = Encoder(format, sampling), 0, sampling.rate
    for start in range(0, frames, piece):
        count += len(encoder.put(np.zeros((min(piece, frames - start), sampling.channels), np.float32)))
    return count + len(encoder.finish())
