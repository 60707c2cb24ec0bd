"""A night's file that need not exist: its length is known, and any bytes of it can be had without the others.

    file    |head|-- segment 0 --|-- segment 1 --|-- segment 2 --|
    asked                  [·····················)
    made          segment 0        segment 1        segment 2

That takes packets of one size: MP3 at a constant rate, Opus in packets of one size (`.ogg`), WAV. The bytes
are those of the file that `export` writes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np

from lullaby.errors import AskedWrongly
from lullaby.export.containers import Container, container
from lullaby.export.containers.tags import Tags
from lullaby.export.encoder import Encoder
from lullaby.export.encoding import encode
from lullaby.export.formats import ENDINGS, Format, Sampling
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded, Rendering, Segment

KNOWN = tuple(format.ending for format in ENDINGS.values() if format.has_known_length)


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
        return self._starts[-1]

    def read(self, start: int, stop: int, encoded: Callable[[Recipe], Encoded] = encode) -> Iterator[bytes]:
        """The bytes from `start` to before `stop`, a segment at a time. `encoded` makes a segment, or has
        it."""
        stop = min(stop, self.length)
        if start < len(self._head):
            yield self._head[start:stop]
        at = max(start, len(self._head))
        while at < stop:
            number = bisect_right(self._starts, at) - 1
            segment, begins = self.rendering.segments[number], self._starts[number]
            body = self._container.body(segment, encoded(self.rendering.recipe(segment)))
            yield body[at - begins : stop - begins]
            at = self._starts[number + 1]

    def place(self, frame: int) -> int:
        """The byte at which the sound of this frame of the night begins, about."""
        along = (frame - self.rendering.span.start) / len(self.rendering.span)
        return len(self._head) + round(min(1.0, max(0.0, along)) * (self.length - len(self._head)))

    @cached_property
    def _container(self) -> Container:
        return container(self.rendering, self.tags)

    @cached_property
    def _head(self) -> bytes:
        size = self.rendering.format.packet_bytes(self.rendering.sampling)
        packets = sum(self._packets(segment) for segment in self.rendering.segments)
        return self._container.head(np.full(packets, size, np.uint32))

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        """Where each segment begins in the file, and where the last one ends."""
        lengths: dict[tuple[int, bool], int] = {}  # of so many packets, the last or not
        found = []
        for segment in self.rendering.segments:
            kind = self._packets(segment), segment.stop is None
            if kind not in lengths:
                lengths[kind] = len(self._container.body(segment, self._empty(kind[0])))
            found.append(lengths[kind])
        return tuple(accumulate(found, initial=len(self._head)))

    def _empty(self, packets: int) -> Encoded:
        """So many packets, as long as they are going to be; without packets, so many frames."""
        sampling, format = self.rendering.sampling, self.rendering.format
        if not format.codec:
            return Encoded(bytes(packets * sampling.frame_bytes), np.zeros(0, np.uint32))
        size = format.packet_bytes(sampling)
        return Encoded(bytes(packets * size), np.full(packets, size, np.uint32))

    def _packets(self, segment: Segment) -> int:
        if segment.stop is not None:
            return segment.stop - segment.start
        sampling = self.rendering.sampling
        frames = -(-len(self.rendering.heard(segment)) // sampling.every)
        given = _given(self.rendering.format, sampling, frames) if self.rendering.format.codec else frames
        return given - (segment.start - segment.encoded_from)


@lru_cache(maxsize=64)
def _given(format: Format, sampling: Sampling, frames: int) -> int:
    """How many packets the encoder gives for so many frames: silence is encoded in a moment, and as many."""
    encoder, count, piece = Encoder(format, sampling), 0, sampling.rate
    for start in range(0, frames, piece):
        count += len(encoder.put(np.zeros((min(piece, frames - start), sampling.channels), np.float32)))
    return count + len(encoder.finish())
