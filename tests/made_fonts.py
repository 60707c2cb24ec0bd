"""Fonts for the tests: the bundled one's shapes under other letters. No machine need have any installed."""

from __future__ import annotations

import struct
from pathlib import Path

from lullaby.drawing.typeface import BUNDLED

FIRST_SHAPE = 40
"""The number of a glyph in the bundled font that is not empty, as its neighbours are not."""


def made_font(letters: str, *, collection: bool = False, short: bool = False, outlines: bool = True) -> bytes:
    """A font that has these letters and no others, each with a shape of its own; `short` in the older layout
    of 16 bits. Without outlines it is what a font of coloured bitmaps looks like."""
    font = BUNDLED.read_bytes()
    shift = 16 if collection else 0
    count = struct.unpack_from(">4xH", font)[0]
    table = _segments(letters) if short else _groups(letters)
    directory = bytearray(font[: 12 + 16 * count])
    for k in range(count):
        name, check, offset, length = struct.unpack_from(">4sIII", directory, 12 + 16 * k)
        if name == b"cmap":
            offset, length = len(font), len(table)
        if name == b"glyf" and not outlines:
            name = b"CBDT"
        struct.pack_into(">4sIII", directory, 12 + 16 * k, name, check, offset + shift, length)
    whole = bytes(directory) + font[len(directory) :] + table
    return (struct.pack(">4sIII", b"ttcf", 0x10000, 1, 16) + whole) if collection else whole


def put_font(folder: Path, letters: str, name: str = "Other.ttf", **how: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(made_font(letters, **how))
    return path


def _groups(letters: str) -> bytes:
    codes = sorted(map(ord, set(letters)))
    groups = b"".join(struct.pack(">III", code, code, FIRST_SHAPE + k) for k, code in enumerate(codes))
    body = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + body


def _segments(letters: str) -> bytes:
    """Segments of letters near each other, whose glyphs are listed: 0 for what lies between."""
    codes = sorted(map(ord, set(letters)))
    first = [k for k, code in enumerate(codes) if k == 0 or code - codes[k - 1] > 1000]
    ranges = [(codes[k], codes[stop - 1]) for k, stop in zip(first, [*first[1:], len(codes)], strict=True)]
    listed: list[int] = []
    offsets = []
    for k, (start, end) in enumerate(ranges):
        offsets.append(2 * (len(ranges) + 1 - k + len(listed)))
        listed += [FIRST_SHAPE + codes.index(c) if c in codes else 0 for c in range(start, end + 1)]
    ends, starts = [end for _, end in ranges] + [0xFFFF], [start for start, _ in ranges] + [0xFFFF]
    numbers = [*ends, 0, *starts, *[0] * len(ranges), 1, *offsets, 0, *listed]
    body = struct.pack(f">7H{len(numbers)}H", 4, 14 + 2 * len(numbers), 0, 2 * len(ends), 0, 0, 0, *numbers)
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + body
