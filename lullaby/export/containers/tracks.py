"""The tracks of an MP4: the sound, the names of its chapters, and black video."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from lullaby.export.containers import boxes
from lullaby.export.containers.black_video import BlackVideo
from lullaby.export.containers.boxes import box, counted, full
from lullaby.export.containers.tags import Tags
from lullaby.export.encoder import setup_of
from lullaby.export.segments import PacketSizes, Rendering
from lullaby.time import RATE

SOUND, _NAMES, _PICTURE = 1, 2, 3
_NEXT = bytes(6) + struct.pack(">H", 1)
"""The beginning of every sample entry: its samples lie in data reference 1, which is this file."""


def sound_track(
    rendering: Rendering, sizes: PacketSizes, bounds: Sequence[int], starts: Sequence[int], chapters: bool
) -> bytes:
    """`bounds` are the packets between which chunks lie, `starts` where each chunk begins."""
    length = frames_coded(rendering)
    last = length - (len(sizes) - 1) * rendering.packet_frames  # of the last packet, this much is played
    table = box(
        "stbl",
        _how_it_is_coded(rendering),
        boxes.times([(len(sizes) - 1, rendering.packet_frames), (1, last)]),
        boxes.chunks([b - a for a, b in pairwise(bounds)], starts),
        boxes.sizes_of(sizes, _one_size(rendering)),
        # to play from the middle, a decoder needs packets before: of AAC one, of Opus 80 ms (RFC 7845)
        full("sgpd", b"roll", struct.pack(">IIh", 2, 1, -4 if _is_opus(rendering) else -1), version=1),
        full("sbgp", b"roll", struct.pack(">III", 1, len(sizes), 1)),
    )
    return _sound(rendering, box("tref", box("chap", struct.pack(">I", _NAMES))) if chapters else b"", table)


def sound_track_in_fragments(rendering: Rendering) -> bytes:
    """The same track where its packets lie in fragments, each with a table of its own."""
    nothing = bytes(4)
    table = box(
        "stbl",
        _how_it_is_coded(rendering),
        full("stts", nothing),
        full("stsc", nothing),
        full("stsz", nothing, nothing),
        full("stco", nothing),
    )
    return _sound(rendering, b"", table)


def frames_coded(rendering: Rendering) -> int:
    """The file's frames, and those that a decoder gives before the first of them."""
    return rendering.frames + setup_of(rendering.format, rendering.sampling).delay


def _sound(rendering: Rendering, refers: bytes, table: bytes) -> bytes:
    rate, length = rendering.sampling.rate, frames_coded(rendering)
    # what the encoder put before the first frame is not played, nor what fills up the last packet
    cut = counted("elst", [struct.pack(">IiHH", rendering.frames, length - rendering.frames, 1, 0)])
    return box(
        "trak",
        boxes.header(SOUND, rendering.frames, enabled=True, sound=True),
        box("edts", cut),
        refers,
        boxes.media(rate, length, b"soun", b"sound", full("smhd", bytes(4)), table),
    )


def _is_opus(rendering: Rendering) -> bool:
    return rendering.format.codec == "libopus"


def _one_size(rendering: Rendering) -> int:
    """The size of every packet; 0 where each has its own."""
    format = rendering.format
    return format.packet_bytes(rendering.sampling) if format.constant else 0


def _how_it_is_coded(rendering: Rendering) -> bytes:
    """The `stsd` box of the sound."""
    if _is_opus(rendering):
        return counted("stsd", [_opus(rendering)])
    bits = rendering.format.bit_rate(rendering.sampling)
    # MPEG-4 audio, a stream of sound, 6144 bits of buffer a channel
    decoder = struct.pack(">BB3sII", 0x40, 0x15, (1536).to_bytes(3, "big"), 2 * bits, bits)
    setup = setup_of(rendering.format, rendering.sampling).setup
    coded = boxes.descriptor(4, decoder, boxes.descriptor(5, setup))
    stream = boxes.descriptor(3, struct.pack(">HB", SOUND, 0), coded, boxes.descriptor(6, b"\2"))
    sampling = rendering.sampling
    entry = _NEXT + bytes(8) + struct.pack(">HHHHI", sampling.channels, 16, 0, 0, sampling.rate << 16)
    return counted("stsd", [box("mp4a", entry, full("esds", stream))])


def _opus(rendering: Rendering) -> bytes:
    """The entry of Opus in MP4: what stands in the head of an Ogg file, the other way round."""
    head = setup_of(rendering.format, rendering.sampling).setup
    channels, skipped, rate, gain = struct.unpack_from("<BHIh", head, 9)
    entry = _NEXT + bytes(8) + struct.pack(">HHHHI", channels, 16, 0, 0, RATE << 16)
    return box("Opus", entry, box("dOps", struct.pack(">BBHIhB", 0, channels, skipped, rate, gain, 0)))


def name_samples(tags: Tags) -> list[bytes]:
    """Each chapter's name with its size before it, and a box that says it is UTF-8."""
    texts = [chapter.title.encode() for chapter in tags.chapters]
    return [struct.pack(">H", len(text)) + text + box("encd", struct.pack(">I", 0x100)) for text in texts]


def names_track(tags: Tags, samples: Sequence[bytes], start: int, rendering: Rendering) -> bytes:
    """A track that players show and never play."""
    starts = [chapter.start // rendering.sampling.every for chapter in tags.chapters]
    lengths = [b - a for a, b in pairwise([*starts, rendering.frames])]
    entry = box("text", _NEXT, struct.pack(">II", 1, 1), bytes(8 + 20 + 12), b"\0")
    table = box(
        "stbl",
        counted("stsd", [entry]),
        boxes.times((1, length) for length in lengths),
        boxes.chunks([len(samples)], [start]),
        boxes.sizes_of(np.array([len(sample) for sample in samples], np.uint32)),
    )
    general = full("gmin", struct.pack(">HHHHHH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0))
    about_it = box("gmhd", general, box("text", boxes.MATRIX))
    return box(
        "trak",
        boxes.header(_NAMES, rendering.frames, enabled=False, sound=False),
        boxes.media(rendering.sampling.rate, sum(lengths), b"text", b"chapters", about_it, table),
    )


def picture_track(
    film: BlackVideo, pictures: Sequence[tuple[int, int]], starts: Sequence[int], rate: int, frames: int
) -> bytes:
    """`pictures` are the first and the last of each chunk, `starts` where each chunk begins."""
    last, every = pictures[-1][1], rate // film.a_second
    shown = bytes(16) + struct.pack(">HHIIIH", film.width, film.height, 0x480000, 0x480000, 0, 1)
    entry = box("avc1", _NEXT, shown, bytes(32), struct.pack(">Hh", 24, -1), box("avcC", film.setup))
    filled = [(b - a, start) for (a, b), start in zip(pictures, starts, strict=True) if b > a]
    table = box(
        "stbl",
        counted("stsd", [entry]),
        boxes.times([(last - 1, every), (1, frames - every * (last - 1))]),
        counted("stss", [struct.pack(">I", k + 1) for k in range(0, last, film.group)]),
        boxes.chunks([count for count, _ in filled], [start for _, start in filled]),
        boxes.sizes_of(np.array([len(film.picture(k)) for k in range(last)], np.uint32)),
    )
    size = (film.width, film.height)
    return box(
        "trak",
        boxes.header(_PICTURE, frames, enabled=True, sound=False, size=size),
        boxes.media(rate, frames, b"vide", b"night", full("vmhd", bytes(8), flags=1), table),
    )
