"""A hash of source files, by their paths and their contents: what was compiled or rendered by other code is
never taken for this code's."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def hash_of(root: Path, patterns: Iterable[str]) -> str:
    """Twelve letters for the files under `root` that match (`kernels/**/*.py`). A file that is changed,
    moved, added or taken away gives others."""
    found = {path for pattern in patterns for path in root.glob(pattern)}
    digest = hashlib.sha256()
    for path in sorted(found):
        content = path.read_bytes()
        digest.update(path.relative_to(root).as_posix().encode() + b"\0%d\0" % len(content) + content)
    return digest.hexdigest()[:12]
