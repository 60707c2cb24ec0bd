"""File formats, by the ending of a file's name. All that is particular to a codec stands here.

The table at the end is the only place that names codecs: to add a format is to add a row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from lullaby.errors import AskedWrongly, nearest
from lullaby.export.flac_frames import numbered
from lullaby.time import RATE

Options: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sampling:
    """The sample format of a file: frames a second, bits of a sample where it has integers, channels."""

    rate: int = RATE
    bits: int = 16
    channels: int = 2

    @property
    def every(self) -> int:
        """Frames of the night to one of the file."""
        return RATE // self.rate

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame, where samples stand in the file as they are."""
        return self.channels * self.bits // 8


@dataclass(frozen=True)
class Format:
    """A container, a codec, and how the codec is cut into segments that fit together again.

    A segment is encoded by itself. Where a codec remembers, `pre_roll` of its packets are encoded first and
    thrown away: then every packet is what it would have been in one go.
    """

    ending: str
    container: str
    """The container's name in the table of `containers`."""
    codec: str
    """libav's name for the encoder; "" where samples stand in the file as they are."""
    packet: Callable[[int], int]
    """Frames in a packet, in a file of this sample rate."""
    sample: Callable[[int], str] = lambda bits: ""
    """libav's name for the samples the encoder takes, in a file of so many bits a sample."""
    bits: tuple[int, ...] = ()
    """Bits of a sample there are to choose from, the usual first, where samples come back as they went in."""
    pre_roll: int = 0
    """Packets of the segment before that are encoded first and thrown away."""
    late: int = 0
    """Packets by which the encoder answers late."""
    group: int = 1
    """Packets that stand together in the container, so that segments are whole numbers of these."""
    minutes: int = 1
    """Minutes of a segment."""
    stereo_bit_rate: int = 0
    """Bits a second of two channels at 48 kHz, where the encoder is given a rate."""
    bytes_a_second: Callable[[Sampling], float] | None = None
    """Estimates them; None where the bit rate tells."""
    constant: bool = False
    """Are all packets of one size?"""
    renumber: Callable[[bytes, int], bytes] | None = None
    """Writes into a packet its number in the whole file, where packets carry one."""
    options: Options = ()
    """libav's, by name."""
    picture: bool = False
    """Is there a black picture with it, for where only films are taken?"""
    media_type: str = ""
    """The media type by which a podcast's feed announces it; "" where that takes no such files."""
    rarity: int = 0
    """The format's place among those in a feed where one night is kept in several: what most players play is
    first."""

    def bit_rate(self, sampling: Sampling) -> int:
        """Bits a second: one channel takes a little more than half, half the sample rate takes half."""
        return self.stereo_bit_rate * sampling.rate // RATE * (3 if sampling.channels == 1 else 5) // 5

    @property
    def has_known_length(self) -> bool:
        """Is a file's length known before any of it is made?"""
        return self.constant or not self.codec

    def packet_bytes(self, sampling: Sampling) -> int:
        """The size of every packet, where all are of one (`constant`)."""
        return self.bit_rate(sampling) * self.packet(sampling.rate) // sampling.rate // 8

    def estimated_bytes(self, sampling: Sampling, seconds: float) -> int:
        """How large a file of so many seconds becomes, about."""
        if self.bytes_a_second:
            return round(seconds * self.bytes_a_second(sampling))
        return round(seconds * self.bit_rate(sampling) / 8)


def _pcm_bytes(sampling: Sampling) -> float:
    return sampling.rate * sampling.frame_bytes


def _flac_bytes(sampling: Sampling) -> float:
    """Bytes a second, about: of quiet noise the lowest six or seven of sixteen bits are in use, and all eight
    more of 24."""
    return sampling.rate * sampling.channels * (sampling.bits - 9.5) / 8


# of noise the fast coder keeps more than the thorough one, in a third of the time
_AAC = Format(
    ".m4b",
    "mp4",
    "aac",
    packet=lambda rate: 1_024,
    sample=lambda bits: "fltp",
    pre_roll=12,
    late=1,
    minutes=2,
    stereo_bit_rate=128_000,
    options=(("aac_coder", "fast"), ("aac_tns", "0")),
    media_type="audio/mp4",
)

# with less the encoder remembers for longer than a pre-roll, and from 7 on it listens for tones over many
# seconds: no segment could be encoded alone. What a level costs and leaves: `python -m benchmarks encoding`
_EFFORT = ("compression_level", "4")

_OPUS = Format(
    ".opus",
    "ogg",
    "libopus",
    packet=lambda rate: rate // 50,  # Opus counts in time: 20 ms
    sample=lambda bits: "flt",
    pre_roll=25,
    group=25,  # half a second: a page of Ogg holds 255 pieces of 255 bytes at most
    stereo_bit_rate=96_000,
    options=(("application", "audio"), ("vbr", "on"), _EFFORT),
    media_type="audio/ogg",
    rarity=2,
)

FORMATS = (
    _AAC,
    _OPUS,
    # the same with packets of one size: what a server can cut anywhere
    replace(
        _OPUS,
        ending=".ogg",
        options=(("application", "audio"), ("vbr", "off"), _EFFORT),
        constant=True,
        media_type="",
    ),
    # and these in MP4: its tables say where every packet lies, so a browser finds any place at once, where in
    # Ogg it looks here and there, and for each look a page of the night is made
    replace(
        _OPUS,
        ending=".m4o",
        container="mp4",
        options=(("application", "audio"), ("vbr", "off"), _EFFORT),
        constant=True,
        media_type="",
    ),
    Format(
        ".flac",
        "flac",
        "flac",
        packet=lambda rate: 4_608,
        sample=lambda bits: "s16" if bits == 16 else "s32",  # 24 bits stand in the high bits of 32
        bits=(16, 24),
        bytes_a_second=_flac_bytes,
        renumber=numbered,
        options=(("compression_level", "5"), ("frame_size", "4608")),
        media_type="audio/flac",
        rarity=3,
    ),
    Format(
        ".mp3",
        "mp3",
        "libmp3lame",
        packet=lambda rate: 1_152 if rate >= 32_000 else 576,  # MPEG-2, for low rates, halves its frames
        sample=lambda bits: "fltp",
        pre_roll=12,
        late=1,
        stereo_bit_rate=160_000,
        # without the reservoir, a packet never leans on bits that an earlier one left over
        options=(("reservoir", "0"), ("compression_level", "7")),
        constant=True,
        media_type="audio/mpeg",
        rarity=1,
    ),
    Format(
        ".wav",
        "wav",
        "",
        packet=lambda rate: 1,
        bits=(16, 24),
        bytes_a_second=_pcm_bytes,
        media_type="audio/wav",
        rarity=4,
    ),
    replace(_AAC, ending=".mp4", stereo_bit_rate=192_000, picture=True, media_type=""),
)

ENDINGS: dict[str, Format] = {format.ending: format for format in FORMATS}
"""Every format by its ending. Whatever asks for one asks here."""

DEFAULT = ".m4b"

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
