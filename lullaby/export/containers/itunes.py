"""The tags of an MP4, as iTunes writes them and everybody reads them."""

from __future__ import annotations

import struct

from lullaby.export.containers.boxes import box, full
from lullaby.export.containers.tags import LEAVE_ALONE, SOUND_CHECK, Tags, shortened
from lullaby.time import RATE

_TICKS = 10_000_000
"""A second, in the chapter list."""
_NUMBER, _TEXT, _JPEG = 21, 1, 13
_BOOK, _FILM = b"\2", b"\x09"
"""The media kinds of iTunes: players keep the place in a book."""


def chapter_list(tags: Tags) -> bytes:
    """The chapters once more, as Nero wrote them: many players look here alone."""
    rows = [
        struct.pack(">QB", chapter.start * _TICKS // RATE, len(name)) + name
        for chapter in tags.chapters
        for name in [shortened(chapter.title, 255).encode()]
    ]
    return full("chpl", bytes(4), bytes([len(rows)]), *rows, version=1) if rows else b""


def tag_boxes(tags: Tags, *, film: bool) -> bytes:
    atoms = {
        "©nam": tags.title,
        "©ART": tags.artist,
        "aART": tags.artist,
        "©day": tags.date,
        "©gen": tags.genre,
        "©cmt": tags.comment,
        "desc": tags.credits[:255],
        "ldes": tags.credits,
        "©too": tags.encoder,
    }
    rows = [box(name, _data(_TEXT, text.encode())) for name, text in atoms.items() if text]
    rows.append(box("stik", _data(_NUMBER, _FILM if film else _BOOK)))
    if tags.cover:
        rows.append(box("covr", _data(_JPEG, tags.cover)))
    rows.append(_named("iTunNORM", SOUND_CHECK))
    rows += [_named(f"replaygain_{what}_gain", LEAVE_ALONE) for what in ("track", "album")]
    kind = full("hdlr", bytes(4) + b"mdirappl" + bytes(9))
    return full("meta", kind, box("ilst", *rows))


def _named(name: str, text: str) -> bytes:
    whose, what = full("mean", b"com.apple.iTunes"), full("name", name.encode())
    return box("----", whose, what, _data(_TEXT, text.encode()))


def _data(kind: int, data: bytes) -> bytes:
    return box("data", struct.pack(">II", kind, 0), data)
