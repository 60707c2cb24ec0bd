"""What a night can be kept as, told by the ending of its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lullaby.errors import AskedWrongly

FRAMES = 4_608
"""Frames in a FLAC frame. It divides a minute, so a page is whole frames."""


@dataclass(frozen=True)
class Format:
    """A kind of file: libav's names for its container and its codec at each depth of bits."""

    container: str
    codecs: Mapping[int, str]
    codec_options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)


ENDINGS: dict[str, Format] = {
    ".flac": Format(
        "flac",
        {16: "flac", 24: "flac"},
        {"frame_size": str(FRAMES), "compression_level": "5"},
    ),
    # a plain WAV wraps silently above 4 GB: there it becomes RF64
    ".wav": Format("wav", {16: "pcm_s16le", 24: "pcm_s24le"}, {}, {"rf64": "auto"}),
}

BITS = (16, 24)


def format_of(path: Path) -> Format:
    """The format that the ending of this name asks for."""
    found = ENDINGS.get(path.suffix.lower())
    if found is None:
        asked = f'"{path.suffix}"' if path.suffix else "a name without an ending"
        raise AskedWrongly(
            f"{path.name}: {asked} is nothing a night can be kept as.\n    There are: {', '.join(ENDINGS)}."
        )
    return found
