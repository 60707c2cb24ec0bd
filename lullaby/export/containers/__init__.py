"""Every container there is. A file is a head and its parts; the head is as long before the parts are
there as it is in the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lullaby.export.containers.about import About
from lullaby.export.containers.flac import Flac
from lullaby.export.containers.mp3 import Mp3
from lullaby.export.containers.mp4 import Mp4
from lullaby.export.containers.ogg import Ogg
from lullaby.export.containers.wav import Wav
from lullaby.export.parts import Made, Part, Sizes, Whole


class Container(Protocol):
    def head(self, sizes: Sizes) -> bytes:
        """What stands before the parts, for packets of these sizes; with none, something as long."""
        ...

    def body(self, part: Part, made: Made) -> bytes:
        """A part as it stands in the file."""
        ...


_CONTAINERS: dict[str, Callable[[Whole, About], Container]] = {
    "flac": Flac,
    "ogg": Ogg,
    "mp3": Mp3,
    "mp4": Mp4,
    "wav": Wav,
}


def container(whole: Whole, about: About) -> Container:
    return _CONTAINERS[whole.format.container](whole, about)
