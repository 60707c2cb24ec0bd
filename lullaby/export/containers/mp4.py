"""MP4: M4B, Opus for browsers, and black video with sound for where only films are taken.

    ftyp | moov: where everything lies | mdat: chapter names, then segment after segment

The tables stand in front, so that a player can begin before it has all of the file. How long they are is
known beforehand; what is in them, when the last segment is there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from lullaby.export.containers.black_video import BlackVideo, black_video
from lullaby.export.containers.boxes import box, movie
from lullaby.export.containers.itunes import chapter_list, tag_boxes
from lullaby.export.containers.tags import Tags
from lullaby.export.containers.tracks import (
    frames_coded,
    name_samples,
    names_track,
    picture_track,
    sound_track,
)
from lullaby.export.segments import Encoded, PacketSizes, Rendering, Segment


@dataclass(frozen=True)
class Mp4:
    """A file's tables and the samples they point to. Lengths of the whole are in frames of its rate."""

    rendering: Rendering
    tags: Tags

    def head(self, sizes: PacketSizes) -> bytes:
        if not len(sizes):  # only the space it will take
            sizes = np.zeros(self._packets, np.uint32)
        names = b"".join(self._names)
        data = len(names) + int(sizes.sum()) + sum(map(len, self._films))
        before = len(self._kind) + len(self._tables(sizes, 0)) + 8
        tables = self._tables(sizes, before)
        return self._kind + tables + struct.pack(">I", data + 8) + b"mdat" + names

    def body(self, segment: Segment, encoded: Encoded) -> bytes:
        return self._films[segment.number] + encoded.payload

    @cached_property
    def _packets(self) -> int:
        """All packets of the file: as many as hold its frames, and those that a decoder gives before them."""
        return -(-frames_coded(self.rendering) // self.rendering.packet_frames)

    @cached_property
    def _bounds(self) -> list[int]:
        """The packets at which segments begin, and the last one's end."""
        return [*(segment.start for segment in self.rendering.segments), self._packets]

    @cached_property
    def _names(self) -> list[bytes]:
        return name_samples(self.tags)

    @cached_property
    def _film(self) -> BlackVideo | None:
        return black_video() if self.rendering.format.picture else None

    @cached_property
    def _pictures(self) -> list[tuple[int, int]]:
        """The range of pictures that are seen while each segment sounds: its first, and the next one's."""
        if self._film is None:
            return [(0, 0) for _ in self.rendering.segments]
        every = self.rendering.sampling.rate // self._film.a_second
        last = -(-self.rendering.frames // every)
        inner = [min(last, -(-start * self.rendering.packet_frames // every)) for start in self._bounds[1:-1]]
        return list(pairwise([0, *inner, last]))

    @cached_property
    def _films(self) -> list[bytes]:
        """The pictures that lie before each segment's sound."""
        film = self._film
        return [b"".join(film.picture(k) for k in range(*some)) if film else b"" for some in self._pictures]

    @cached_property
    def _kind(self) -> bytes:
        if self._film:
            return box("ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41")
        if self.rendering.format.constant:
            return box("ftyp", b"mp42", struct.pack(">I", 0x200), b"mp42isom")
        return box("ftyp", b"M4B ", struct.pack(">I", 0x200), b"M4B M4A mp42isom")

    def _tables(self, sizes: PacketSizes, before: int) -> bytes:
        """Everything that says where things are, in a file whose mdat has so many bytes before it."""
        rate, frames = self.rendering.sampling.rate, self.rendering.frames
        ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        offset = before + sum(map(len, self._names))
        films, sounds = [], []
        for film, (first, last) in zip(self._films, pairwise(self._bounds), strict=True):
            films.append(offset)
            sounds.append(offset + len(film))
            offset += len(film) + int(ends[last] - ends[first])
        tracks = []
        if self._film:
            tracks.append(picture_track(self._film, self._pictures, films, rate, frames))
        chapters = bool(self.tags.chapters)
        tracks.append(sound_track(self.rendering, sizes, self._bounds, sounds, chapters))
        if chapters:
            tracks.append(names_track(self.tags, self._names, before, self.rendering))
        return box(
            "moov",
            movie(rate, frames),
            *tracks,
            box("udta", chapter_list(self.tags), tag_boxes(self.tags, film=self._film is not None)),
        )
