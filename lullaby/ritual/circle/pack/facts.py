"""Facts about a pack, for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lullaby.evening.prepare import Evening
from lullaby.ritual.circle.pack import starts
from lullaby.ritual.circle.pack.evening import is_same_engine, softer_here
from lullaby.ritual.circle.pack.head import Head
from lullaby.ritual.circle.pack.opening import Pack
from lullaby.time import clock


def facts_of_head(head: Head, path: Path) -> dict[str, Any]:
    files = head.files or {}
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "title": head.title,
        "starts": starts.written(head.starts),
        "engine": head.engine,
        "turns": [{"role": role, "who": who} for role, who in head.turns],
        "stories": [{"title": one.title, "author": one.author, "by": one.by} for one in head.told],
        "files": sorted(files),
    }


def facts_of_pack(pack: Pack, evening: Evening, path: Path) -> dict[str, Any]:
    night = evening.night
    return facts_of_head(pack.head, path) | {
        "seed": night.seed,
        "date": None if night.date is None else night.date.isoformat(),
        "length": clock(night.length),
        "fingerprint": night.fingerprint,
        "same": is_same_engine(pack) and evening.request.listener is None and softer_here(night) is None,
        "notes": [note.facts for note in evening.notes],
    }
