"""Containers: how encoded segments stand in a file, and the head before them.

The head is as long before the segments are there as it is in the end, so it can be written last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lullaby.export.containers.flac import Flac
from lullaby.export.containers.mp3 import Mp3
from lullaby.export.containers.mp4 import Mp4
from lullaby.export.containers.ogg import Ogg
from lullaby.export.containers.tags import Tags
from lullaby.export.containers.wav import Wav
from lullaby.export.segments import Encoded, PacketSizes, Rendering, Segment


class Container(Protocol):
    def head(self, sizes: PacketSizes) -> bytes:
        """The bytes before the segments, for packets of these sizes; without sizes, as many zeros."""
        ...

    def body(self, segment: Segment, encoded: Encoded) -> bytes:
        """A segment as it stands in the file."""
        ...


_CONTAINERS: dict[str, Callable[[Rendering, Tags], Container]] = {
    "flac": Flac,
    "ogg": Ogg,
    "mp3": Mp3,
    "mp4": Mp4,
    "wav": Wav,
}


def container(rendering: Rendering, tags: Tags) -> Container:
    """The container that this rendering's format asks for."""
    return _CONTAINERS[rendering.format.container](rendering, tags)
