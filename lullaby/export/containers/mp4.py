"""MP4: M4B for the bedside, and a film of nothing but night for where only films are taken.

    ftyp | moov: where everything lies | mdat: chapter names, then part after part

The tables stand in front, so that a player can begin before it has all of the file. How long they are is
known beforehand; what is in them, when the last part is there.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from lullaby.export.containers.about import About
from lullaby.export.containers.black import Black, black
from lullaby.export.containers.boxes import MATRIX, box, full
from lullaby.export.containers.itunes import chapter_list, words
from lullaby.export.containers.tracks import name_samples, names_track, picture_track, sound_track
from lullaby.export.parts import Made, Part, Sizes, Whole


@dataclass(frozen=True)
class Mp4:
    """A file's tables and the samples they point to. Lengths of the whole are in frames of its rate."""

    whole: Whole
    about: About

    def head(self, sizes: Sizes) -> bytes:
        if not len(sizes):  # only the room it will take
            sizes = np.zeros(self._packets, np.uint32)
        names = b"".join(self._names)
        data = len(names) + int(sizes.sum()) + sum(map(len, self._films))
        before = len(self._kind) + len(self._tables(sizes, 0)) + 8
        tables = self._tables(sizes, before)
        return self._kind + tables + struct.pack(">I", data + 8) + b"mdat" + names

    def body(self, part: Part, made: Made) -> bytes:
        return self._films[part.number] + made.payload

    @cached_property
    def _packets(self) -> int:
        """All packets of the file: as many as hold its frames, and one that the encoder is late by."""
        return -(-self.whole.frames // self.whole.packet_frames) + 1

    @cached_property
    def _bounds(self) -> list[int]:
        """The packets at which parts begin, and the last one's end."""
        return [*(part.kept for part in self.whole.parts), self._packets]

    @cached_property
    def _names(self) -> list[bytes]:
        return name_samples(self.about)

    @cached_property
    def _film(self) -> Black | None:
        return black() if self.whole.format.picture else None

    @cached_property
    def _pictures(self) -> list[tuple[int, int]]:
        """Of each part, the pictures that are seen while it sounds."""
        if self._film is None:
            return [(0, 0) for _ in self.whole.parts]
        every = self.whole.sampling.rate // self._film.a_second
        last = -(-self.whole.frames // every)
        inner = [min(last, -(-kept * self.whole.packet_frames // every)) for kept in self._bounds[1:-1]]
        return list(pairwise([0, *inner, last]))

    @cached_property
    def _films(self) -> list[bytes]:
        """The pictures that lie before each part's sound."""
        film = self._film
        return [b"".join(film.picture(k) for k in range(*some)) if film else b"" for some in self._pictures]

    @cached_property
    def _kind(self) -> bytes:
        if self._film:
            return box("ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41")
        return box("ftyp", b"M4B ", struct.pack(">I", 0x200), b"M4B M4A mp42isom")

    def _tables(self, sizes: Sizes, before: int) -> bytes:
        """Everything that says where things are, in a file whose mdat has so many bytes before it."""
        rate, frames = self.whole.sampling.rate, self.whole.frames
        ends = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        at = before + sum(map(len, self._names))
        films, sounds = [], []
        for film, (first, last) in zip(self._films, pairwise(self._bounds), strict=True):
            films.append(at)
            sounds.append(at + len(film))
            at += len(film) + int(ends[last] - ends[first])
        tracks = []
        if self._film:
            tracks.append(picture_track(self._film, self._pictures, films, rate, frames))
        chapters = bool(self.about.chapters)
        tracks.append(sound_track(self.whole, sizes, self._bounds, sounds, chapters))
        if chapters:
            tracks.append(names_track(self.about, self._names, before, self.whole))
        told = struct.pack(">IIIIIH", 0, 0, rate, frames, 0x10000, 0x100) + bytes(10)
        told += MATRIX + bytes(24) + struct.pack(">I", 4)
        return box(
            "moov",
            full("mvhd", told),
            *tracks,
            box("udta", chapter_list(self.about), words(self.about, film=self._film is not None)),
        )
