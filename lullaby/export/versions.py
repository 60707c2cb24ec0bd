"""Which lullaby makes these bytes: the engine that sounds, the codecs, and the way a file is put together."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from lullaby.export.media import codec_version
from lullaby.night import engine_name

_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def version() -> str:
    """Another one may make other bytes: its parts are never mixed with ours, on no disk and on no cluster."""
    from lullaby import __version__

    digest = hashlib.sha256()
    for path in sorted(_HERE.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}, engine {engine_name()}, codecs {codec_version()}, files {digest.hexdigest()[:8]}"
