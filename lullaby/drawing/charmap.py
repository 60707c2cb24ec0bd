"""Which characters a font file has glyphs for, read from its `cmap` table.

Pillow draws a character that a font lacks as a box and says nothing of it, so fonts are asked beforehand.
What is read here is TrueType and OpenType as https://learn.microsoft.com/typography/opentype/spec describes
them; of a collection (.ttc) the first font.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LARGEST = 4 << 20
"""Bytes read of a `cmap` table: the largest fonts have a tenth of that."""

OUTLINES = {b"glyf", b"CFF ", b"CFF2"}
"""Tables of scalable glyphs: a font of bitmaps alone, as most of emoji are, has one size."""

SEGMENTS, GROUPS = 4, 12
"""The two layouts of a `cmap` subtable that Unicode fonts use, by their numbers in the specification."""


@dataclass(frozen=True)
class Charmap:
    """Ranges of characters, in order; where `ids` are given, those of a range that are 0 have no glyph."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    ids: tuple[tuple[int, ...] | None, ...]

    def has(self, character: str) -> bool:
        code = ord(character)
        row = bisect_left(self.ends, code)
        if row == len(self.ends) or code < self.starts[row]:
            return False
        ids = self.ids[row]
        return ids is None or (code - self.starts[row] < len(ids) and ids[code - self.starts[row]] != 0)

    def has_all(self, characters: Iterable[str]) -> bool:
        return all(map(self.has, characters))


def charmap_of(font: Path) -> Charmap | None:
    """The characters of a font; None where this is no scalable Unicode font, or a damaged one."""
    try:
        with font.open("rb") as file:
            return _read(file)
    except (OSError, struct.error, ValueError):
        return None


def _read(file: BinaryIO) -> Charmap | None:
    start = 0
    if file.read(4) == b"ttcf":
        file.seek(12)
        (start,) = struct.unpack(">I", file.read(4))
    file.seek(start)
    kind, count = struct.unpack(">4sH6x", file.read(12))
    if kind not in (b"\0\1\0\0", b"OTTO", b"true"):
        return None
    records = (struct.unpack(">4s4xII", file.read(16)) for _ in range(count))
    tables = {name: (offset, length) for name, offset, length in records}
    if b"cmap" not in tables or not OUTLINES & tables.keys():
        return None
    offset, length = tables[b"cmap"]
    file.seek(offset)
    return _best(file.read(min(length, LARGEST)))


def _best(table: bytes) -> Charmap | None:
    """The subtable that has all of Unicode, or else the one that has its first 65 536 characters."""
    found: dict[int, int] = {}
    (count,) = struct.unpack_from(">2xH", table)
    for k in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * k)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            (layout,) = struct.unpack_from(">H", table, offset)
            found.setdefault(layout, offset)
    if GROUPS in found:
        return _groups(table, found[GROUPS])
    return _segments(table, found[SEGMENTS]) if SEGMENTS in found else None


def _groups(table: bytes, offset: int) -> Charmap:
    (count,) = struct.unpack_from(">12xI", table, offset)
    numbers = struct.unpack_from(f">{3 * min(count, LARGEST)}I", table, offset + 16)
    return Charmap(numbers[0::3], numbers[1::3], (None,) * len(numbers[0::3]))


def _segments(table: bytes, begin: int) -> Charmap:
    (doubled,) = struct.unpack_from(">6xH", table, begin)
    count = doubled // 2
    row = f">{count}H"
    ends_at = begin + 14
    starts_at = ends_at + doubled + 2
    offsets_at = starts_at + 2 * doubled
    ends, starts, offsets = (struct.unpack_from(row, table, k) for k in (ends_at, starts_at, offsets_at))
    ids: list[tuple[int, ...] | None] = []
    for k, (start, end, offset) in enumerate(zip(starts, ends, offsets, strict=True)):
        if end == 0xFFFF and start == 0xFFFF:
            ids.append((0,))  # the specification's own end mark
        elif offset == 0:
            ids.append(None)
        else:
            where = offsets_at + 2 * k + offset  # glyph numbers are counted from where their offset stands
            length = min(max(end - start + 1, 0), (len(table) - where) // 2)
            ids.append(struct.unpack_from(f">{length}H", table, where))
    return Charmap(starts, ends, tuple(ids))
