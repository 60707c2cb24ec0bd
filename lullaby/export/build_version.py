"""Which lullaby makes these bytes: the engine that sounds, the codecs, and the way a file is put together."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lullaby.export.encoder import codec_version
from lullaby.night import engine_name
from lullaby.sources import hash_of


@lru_cache(maxsize=1)
def version() -> str:
    """Another one may make other bytes: its segments are never mixed with ours, on a disk or a cluster."""
    from lullaby import __version__

    files = hash_of(Path(__file__).parent, ["**/*.py"])[:8]
    return f"{__version__}, engine {engine_name()}, codecs {codec_version()}, files {files}"
