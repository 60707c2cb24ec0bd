"""The boxes an MP4 is made of (ISO 14496-12): a size, four letters, and what is in it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np

from lullaby.export.segments import PacketSizes

MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""A picture as it is: not turned, not stretched."""


def box(name: str, *inside: bytes) -> bytes:
    data = b"".join(inside)
    return struct.pack(">I", len(data) + 8) + name.encode("latin-1") + data


def full(name: str, *inside: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box that says which version of itself it is."""
    return box(name, struct.pack(">I", version << 24 | flags), *inside)


def counted(name: str, rows: Sequence[bytes]) -> bytes:
    return full(name, struct.pack(">I", len(rows)), *rows)


def descriptor(tag: int, *inside: bytes) -> bytes:
    """A descriptor of MPEG-4 systems, which has boxes of its own: its size stands in four bytes of seven
    bits."""
    data = b"".join(inside)
    size = bytes(len(data) >> shift & 0x7F | (0x80 if shift else 0) for shift in (21, 14, 7, 0))
    return bytes([tag]) + size + data


def movie(scale: int, length: int) -> bytes:
    """The `mvhd` box: the clock of the whole, and how long it is."""
    payload = struct.pack(">IIIIIH", 0, 0, scale, length, 0x10000, 0x100) + bytes(10)
    return full("mvhd", payload, MATRIX, bytes(24), struct.pack(">I", 4))


def header(track: int, length: int, *, enabled: bool, sound: bool, size: tuple[int, int] = (0, 0)) -> bytes:
    payload = struct.pack(">IIIII", 0, 0, track, 0, length) + bytes(8)
    payload += struct.pack(">hhhH", 0, 0, 0x100 if sound else 0, 0) + MATRIX
    return full("tkhd", payload, struct.pack(">II", size[0] << 16, size[1] << 16), flags=3 if enabled else 2)


def media(scale: int, length: int, kind: bytes, name: bytes, about: bytes, table: bytes) -> bytes:
    """The `mdia` box of a track: its clock, its kind, and a note that its samples lie in this file."""
    here = box("dinf", full("dref", struct.pack(">I", 1), full("url ", flags=1)))
    language = 0x55C4  # "und": nobody has said
    return box(
        "mdia",
        full("mdhd", struct.pack(">IIIIHH", 0, 0, scale, length, language, 0)),
        full("hdlr", bytes(4) + kind + bytes(12) + name + b"\0"),
        box("minf", about, here, table),
    )


def times(runs: Iterable[tuple[int, int]]) -> bytes:
    """The `stts` box: how many samples follow one another, and how long each of them is."""
    some = (run for run in runs if run[0])
    joined = [(sum(count for count, _ in run), length) for length, run in groupby(some, key=itemgetter(1))]
    return counted("stts", [struct.pack(">II", *run) for run in joined])


def chunks(counts: Sequence[int], starts: Sequence[int]) -> bytes:
    """The number of samples in each chunk, and where in the file each chunk begins."""
    rows = [
        struct.pack(">III", n + 1, count, 1)
        for n, count in enumerate(counts)
        if n == 0 or count != counts[n - 1]
    ]
    return counted("stsc", rows) + counted("stco", [struct.pack(">I", start) for start in starts])


def sizes_of(sizes: PacketSizes, one_size: int = 0) -> bytes:
    """The size of each sample, or the one size of all."""
    if one_size:
        return full("stsz", struct.pack(">II", one_size, len(sizes)))
    return full("stsz", struct.pack(">II", 0, len(sizes)), np.asarray(sizes, ">u4").tobytes())
