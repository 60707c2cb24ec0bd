"""What a file says of itself, and how each family of containers writes it down.

    here       Vorbis comment   ID3v2.4        MP4          RIFF INFO
    title      TITLE            TIT2           ©nam         INAM
    artist     ARTIST           TPE1           ©ART         IART
    date       DATE             TDRC           ©day         ICRD
    genre      GENRE            TCON           ©gen         IGNR
    comment    COMMENT          COMM           ©cmt         ICMT
    credits    CREDITS          TXXX:CREDITS   desc, ldes   ICOP
    encoder    ENCODER          TSSE           ©too         ISFT

Loudness tags say 0 dB: a night is as loud as it is meant to be, and no player shall raise it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple

from lullaby.time import RATE

LEAVE_ALONE = "+0.00 dB"

SOUND_CHECK = " 000003E8 000003E8 000009C4 000009C4 00000000 00000000 00007FFF 00007FFF 00000000 00000000"
"""iTunes' own way to say 0 dB: a thousandth of a milliwatt, and four tenths of one, as measured."""

_MOST_IN_CHAPTER = 120
"""Bytes of a chapter's name in ID3: libav drops all chapters where one has a frame of 128 bytes."""

MOST_CHAPTERS = 255
"""ID3 and Nero count them in a byte."""


class Chapter(NamedTuple):
    """From `start`, in frames of the night since the file's beginning, up to the next one."""

    start: int
    title: str


@dataclass(frozen=True)
class About:
    """The words of one file."""

    title: str
    date: str
    comment: str
    credits: str
    encoder: str
    chapters: tuple[Chapter, ...]
    cover: bytes
    """A JPEG; empty where there is none."""
    cover_size: int = 0
    artist: str = "lullaby"
    genre: str = "Ambient"


def vorbis_comment(about: About, *, r128: bool = False) -> bytes:
    """The comments of FLAC and Opus, whose chapters are comments too."""
    told = [(name.upper(), getattr(about, name)) for name in ("title", "artist", "date", "genre", "comment")]
    told += [("CREDITS", about.credits), ("ENCODER", about.encoder)]
    if r128:
        told += [("R128_TRACK_GAIN", "0"), ("R128_ALBUM_GAIN", "0")]
    else:
        told += [("REPLAYGAIN_TRACK_GAIN", LEAVE_ALONE), ("REPLAYGAIN_ALBUM_GAIN", LEAVE_ALONE)]
    for number, chapter in enumerate(about.chapters):
        told.append((f"CHAPTER{number:03d}", _clock(chapter.start)))
        told.append((f"CHAPTER{number:03d}NAME", chapter.title))
    if r128 and about.cover:
        import base64

        told.append(("METADATA_BLOCK_PICTURE", base64.b64encode(flac_picture(about)).decode()))
    lines = [f"{name}={text}".encode() for name, text in told if text]
    vendor = about.encoder.encode()
    out = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(lines))
    return out + b"".join(struct.pack("<I", len(line)) + line for line in lines)


def _clock(frames: int) -> str:
    ms = round(frames * 1000 / RATE)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def flac_picture(about: About) -> bytes:
    """The block that FLAC and Ogg hold a front cover in."""
    kind, words = b"image/jpeg", b""
    out = struct.pack(">II", 3, len(kind)) + kind + struct.pack(">I", len(words)) + words
    out += struct.pack(">IIII", about.cover_size, about.cover_size, 24, 0)
    return out + struct.pack(">I", len(about.cover)) + about.cover


def id3(about: About, frames: int | None) -> bytes:
    """An ID3v2.4 tag of a file so many frames of the night long; without chapters where that is None."""
    texts = {"TIT2": about.title, "TPE1": about.artist, "TDRC": about.date, "TCON": about.genre}
    out = b"".join(_text(name, text) for name, text in (texts | {"TSSE": about.encoder}).items() if text)
    out += _frame("COMM", b"\3eng\0" + about.comment.encode())
    out += _frame("COMM", b"\3engiTunNORM\0" + SOUND_CHECK.encode())
    for name, text in (
        ("CREDITS", about.credits),
        ("replaygain_track_gain", LEAVE_ALONE),
        ("replaygain_album_gain", LEAVE_ALONE),
    ):
        out += _frame("TXXX", b"\3" + name.encode() + b"\0" + text.encode())
    if about.chapters and frames is not None:
        keys = [f"chp{number}".encode() + b"\0" for number in range(len(about.chapters))]
        out += _frame("CTOC", b"toc\0\3" + bytes([len(keys)]) + b"".join(keys))
        ends = [chapter.start for chapter in about.chapters[1:]] + [frames]
        for key, chapter, end in zip(keys, about.chapters, ends, strict=True):
            ms = [round(at * 1000 / RATE) for at in (chapter.start, end)]
            where = struct.pack(">IIII", *ms, 0xFFFFFFFF, 0xFFFFFFFF)
            out += _frame("CHAP", key + where + _text("TIT2", shortened(chapter.title, _MOST_IN_CHAPTER)))
    if about.cover:
        out += _frame("APIC", b"\3image/jpeg\0\3\0" + about.cover)
    return b"ID3\4\0\0" + _safe(len(out)) + out


def _text(name: str, text: str) -> bytes:
    return _frame(name, b"\3" + text.encode())


def shortened(text: str, most: int) -> str:
    """As much of a text as so many bytes hold, no letter cut in two."""
    return text.encode()[:most].decode(errors="ignore")


def _frame(name: str, data: bytes) -> bytes:
    return name.encode() + _safe(len(data)) + b"\0\0" + data


def _safe(size: int) -> bytes:
    """A size in four bytes of seven bits, so that no player takes it for the start of a frame."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
