"""WAV: PCM behind a few chunks; above 4 GB the same as RF64 (EBU Tech 3306)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lullaby.export.containers.tags import Tags, id3
from lullaby.export.segments import Encoded, PacketSizes, Rendering, Segment

_INFO = {
    "INAM": "title",
    "IART": "artist",
    "ICRD": "date",
    "IGNR": "genre",
    "ICMT": "comment",
    "ICOP": "credits",
    "ISFT": "encoder",
}
_LARGEST = 0xFFFFFFFF
_PCM, _FLOAT = 1, 3


@dataclass(frozen=True)
class Wav:
    """PCM, of integers or floats. Chapters are its cues; the cover stands in an ID3 chunk."""

    rendering: Rendering
    tags: Tags

    def head(self, sizes: PacketSizes) -> bytes:
        data = self.rendering.frames * self.rendering.sampling.frame_bytes
        chunks = self._format() + self._words() + self._cues()
        chunks += _chunk(b"id3 ", id3(self.tags, None))
        size = 4 + 36 + len(chunks) + 8 + data + data % 2
        if size > _LARGEST:
            long = _chunk(b"ds64", struct.pack("<QQQI", size, data, self.rendering.frames, 0))
            start, length = b"RF64" + struct.pack("<I", _LARGEST), _LARGEST
        else:
            long = _chunk(b"JUNK", bytes(28))
            start, length = b"RIFF" + struct.pack("<I", size), data
        return start + b"WAVE" + long + chunks + b"data" + struct.pack("<I", length)

    def body(self, segment: Segment, encoded: Encoded) -> bytes:
        odd = segment.stop is None and self.rendering.frames * self.rendering.sampling.frame_bytes % 2
        return encoded.payload + (b"\0" if odd else b"")

    def _format(self) -> bytes:
        sampling = self.rendering.sampling
        kind = _FLOAT if sampling.bits == 32 else _PCM
        fields = struct.pack(
            "<HHIIHH",
            kind,
            sampling.channels,
            sampling.rate,
            sampling.rate * self.rendering.sampling.frame_bytes,
            self.rendering.sampling.frame_bytes,
            sampling.bits,
        )
        if kind == _PCM:
            return _chunk(b"fmt ", fields)
        counted = struct.pack("<I", min(self.rendering.frames, _LARGEST))
        return _chunk(b"fmt ", fields + b"\0\0") + _chunk(b"fact", counted)

    def _words(self) -> bytes:
        fields = [(name, getattr(self.tags, field)) for name, field in _INFO.items()]
        lines = b"".join(_chunk(name.encode(), text.encode() + b"\0") for name, text in fields if text)
        return _chunk(b"LIST", b"INFO" + lines)

    def _cues(self) -> bytes:
        """Where the chapters begin, as editors show them."""
        starts = [min(c.start // self.rendering.sampling.every, _LARGEST) for c in self.tags.chapters]
        points = b"".join(
            struct.pack("<II4sIII", n, start, b"data", 0, 0, start) for n, start in enumerate(starts, 1)
        )
        names = b"".join(
            _chunk(b"labl", struct.pack("<I", n) + chapter.title.encode() + b"\0")
            for n, chapter in enumerate(self.tags.chapters, 1)
        )
        if not starts:
            return b""
        return _chunk(b"cue ", struct.pack("<I", len(starts)) + points) + _chunk(b"LIST", b"adtl" + names)


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
