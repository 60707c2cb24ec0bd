"""The tags of a file, and how each family of containers writes them.

    here       Vorbis comment   ID3v2.4        MP4          RIFF INFO
    title      TITLE            TIT2           ©nam         INAM
    artist     ARTIST           TPE1           ©ART         IART
               ALBUMARTIST      TPE2           aART
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
"""iTunNORM, iTunes' own way to say 0 dB: pairs of powers in units of 1/1000 and 1/2500 mW, for 0 dB each."""

_MOST_IN_CHAPTER = 120
"""Bytes of a chapter's name in ID3: libav drops all chapters where one has a frame of 128 bytes."""

FOR_HEADPHONES, FOR_A_LISTENER, VOICES_ALONE = "for headphones", "for a listener", "voices alone"
"""What a comment says besides: none of it names anybody, for files are given away."""

MOST_CHAPTERS = 255
"""ID3 and Nero count them in a byte."""


class Chapter(NamedTuple):
    """A chapter from `start`, in frames of the night since the file's beginning, up to the next one."""

    start: int
    title: str


@dataclass(frozen=True)
class Tags:
    """Everything that a file says of itself."""

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


def vorbis_comment(tags: Tags, *, r128: bool = False) -> bytes:
    """The comments of FLAC and Opus, whose chapters are comments too."""
    fields = [(name.upper(), getattr(tags, name)) for name in ("title", "artist", "date", "genre", "comment")]
    fields += [("ALBUMARTIST", tags.artist), ("CREDITS", tags.credits), ("ENCODER", tags.encoder)]
    if r128:
        fields += [("R128_TRACK_GAIN", "0"), ("R128_ALBUM_GAIN", "0")]
    else:
        fields += [("REPLAYGAIN_TRACK_GAIN", LEAVE_ALONE), ("REPLAYGAIN_ALBUM_GAIN", LEAVE_ALONE)]
    for number, chapter in enumerate(tags.chapters):
        fields.append((f"CHAPTER{number:03d}", _clock(chapter.start)))
        fields.append((f"CHAPTER{number:03d}NAME", chapter.title))
    if r128 and tags.cover:
        import base64

        fields.append(("METADATA_BLOCK_PICTURE", base64.b64encode(flac_picture(tags)).decode()))
    lines = [f"{name}={text}".encode() for name, text in fields if text]
    vendor = tags.encoder.encode()
    out = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(lines))
    return out + b"".join(struct.pack("<I", len(line)) + line for line in lines)


def _clock(frames: int) -> str:
    ms = round(frames * 1000 / RATE)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def flac_picture(tags: Tags) -> bytes:
    """The block that FLAC and Ogg hold a front cover in."""
    kind, words = b"image/jpeg", b""
    out = struct.pack(">II", 3, len(kind)) + kind + struct.pack(">I", len(words)) + words
    out += struct.pack(">IIII", tags.cover_size, tags.cover_size, 24, 0)
    return out + struct.pack(">I", len(tags.cover)) + tags.cover


def id3(tags: Tags, frames: int | None) -> bytes:
    """An ID3v2.4 tag of a file so many frames of the night long; without chapters where that is None."""
    texts = {"TIT2": tags.title, "TPE1": tags.artist, "TPE2": tags.artist}
    texts |= {"TDRC": tags.date, "TCON": tags.genre}
    out = b"".join(_text(name, text) for name, text in (texts | {"TSSE": tags.encoder}).items() if text)
    out += _frame("COMM", b"\3eng\0" + tags.comment.encode())
    out += _frame("COMM", b"\3engiTunNORM\0" + SOUND_CHECK.encode())
    for name, text in (
        ("CREDITS", tags.credits),
        ("replaygain_track_gain", LEAVE_ALONE),
        ("replaygain_album_gain", LEAVE_ALONE),
    ):
        out += _frame("TXXX", b"\3" + name.encode() + b"\0" + text.encode())
    if tags.chapters and frames is not None:
        keys = [f"chp{number}".encode() + b"\0" for number in range(len(tags.chapters))]
        out += _frame("CTOC", b"toc\0\3" + bytes([len(keys)]) + b"".join(keys))
        ends = [chapter.start for chapter in tags.chapters[1:]] + [frames]
        for key, chapter, end in zip(keys, tags.chapters, ends, strict=True):
            ms = [round(frame * 1000 / RATE) for frame in (chapter.start, end)]
            where = struct.pack(">IIII", *ms, 0xFFFFFFFF, 0xFFFFFFFF)
            out += _frame("CHAP", key + where + _text("TIT2", shortened(chapter.title, _MOST_IN_CHAPTER)))
    if tags.cover:
        out += _frame("APIC", b"\3image/jpeg\0\3\0" + tags.cover)
    return b"ID3\4\0\0" + _safe(len(out)) + out


def _text(name: str, text: str) -> bytes:
    return _frame(name, b"\3" + text.encode())


def shortened(text: str, most: int) -> str:
    """The longest beginning of a text that so many bytes hold, no letter cut in two."""
    return text.encode()[:most].decode(errors="ignore")


def _frame(name: str, data: bytes) -> bytes:
    return name.encode() + _safe(len(data)) + b"\0\0" + data


def _safe(size: int) -> bytes:
    """A size in four bytes of seven bits, so that no player takes it for the start of a frame."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
