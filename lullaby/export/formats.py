"""What a night can be kept as, told by the ending of its name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from lullaby.errors import AskedWrongly, nearest
from lullaby.time import RATE

Options: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Format:
    """A kind of file, its codec, and how the codec is cut into parts that fit together again.

    A part is encoded for itself. Where a codec remembers, `pre_roll` of its frames are encoded first and
    thrown away: then every packet is what it would have been in one go.
    """

    ending: str
    container: str
    codec: str
    sample: str
    """libav's name for the samples the codec takes; "" where there is nothing to encode."""
    frames: int
    """Frames in a packet."""
    pre_roll: int = 0
    """Packets of another part's sound encoded first and thrown away."""
    late: int = 0
    """Packets by which the encoder answers late."""
    grain: int = 1
    """Packets that stand together in the container, so that parts are whole numbers of these."""
    pages: int = 1
    """Minutes of a part."""
    rate: int = 0
    """Bits a second, where the codec is given one for two channels."""
    options: Options = ()
    """libav's, by name."""
    picture: bool = False
    """Is there a black picture with it, for where only films are taken?"""

    @property
    def is_exact(self) -> bool:
        """Are its samples whole numbers that come back as they went in?"""
        return self.codec in ("flac", "pcm")


# of noise the fast coder keeps more than the thorough one, in a third of the time
_AAC = Format(
    ".m4b",
    "mp4",
    "aac",
    "fltp",
    1_024,
    pre_roll=12,
    late=1,
    pages=2,
    rate=128_000,
    options=(("aac_coder", "fast"), ("aac_tns", "0")),
)

FORMATS = (
    _AAC,
    Format(
        ".opus",
        "ogg",
        "libopus",
        "flt",
        960,
        pre_roll=25,
        grain=25,  # half a second: a page of Ogg holds 255 pieces of 255 bytes at most
        rate=96_000,
        # from 7 on the encoder listens for tones over many seconds, and a part can no longer be told alone
        options=(("application", "audio"), ("vbr", "on"), ("compression_level", "4")),
    ),
    Format(".flac", "flac", "flac", "s16", 4_608, options=(("compression_level", "5"),)),
    # without the reservoir, a packet never leans on bits that an earlier one left over
    Format(
        ".mp3",
        "mp3",
        "libmp3lame",
        "fltp",
        1_152,
        pre_roll=12,
        late=1,
        rate=160_000,
        options=(("reservoir", "0"), ("compression_level", "7")),
    ),
    Format(".wav", "wav", "pcm", "", 1),
    replace(_AAC, ending=".mp4", rate=192_000, picture=True),
)

ENDINGS: dict[str, Format] = {format.ending: format for format in FORMATS}

DEFAULT = ".m4b"

BITS = (16, 24)

STEM_BITS = 32
"""Stems are float32."""


def format_of(path: Path) -> Format:
    """The format that the ending of this name asks for."""
    ending = path.suffix.lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    asked = f'"{path.suffix}"' if path.suffix else "a name without an ending"
    guess = nearest(ending, ENDINGS)
    raise AskedWrongly(
        f"{path.name}: {asked} is nothing a night can be kept as.\n    There are: {', '.join(ENDINGS)}."
        + (f'  Did you mean "{guess}"?' if guess else "")
    )


@dataclass(frozen=True)
class Sampling:
    """How the sound of a file is counted: frames a second, bits of a sample where it has any, channels."""

    rate: int = RATE
    bits: int = 16
    channels: int = 2

    @property
    def every(self) -> int:
        """Frames of the night to one of the file."""
        return RATE // self.rate

    def packet(self, format: Format) -> int:
        """Frames of the file in a packet: Opus counts in time, and MP3's slower rates in halves."""
        if format.codec == "libopus":
            return self.rate // 50
        return format.frames // 2 if format.codec == "libmp3lame" and self.rate < 32_000 else format.frames

    def bit_rate(self, format: Format) -> int:
        """Bits a second: one channel takes a little more than half, half the rate takes half."""
        return format.rate * self.rate // RATE * (3 if self.channels == 1 else 5) // 5

    def bytes_of(self, format: Format, seconds: float) -> int:
        """About how large a file becomes."""
        rate = self.bit_rate(format)
        if format.codec == "pcm":
            rate = self.rate * self.channels * self.bits
        elif format.codec == "flac":
            # of quiet noise the lowest six or seven of sixteen bits are in use, and all eight more of 24
            rate = round(self.rate * self.channels * (self.bits - 9.5))
        return round(seconds * rate / 8)
