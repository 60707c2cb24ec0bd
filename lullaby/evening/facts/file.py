"""Facts about a night that was kept as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lullaby.evening.capped import missed
from lullaby.evening.prepare import Evening
from lullaby.export import Use, format_of
from lullaby.night.credits import credits, spoken
from lullaby.time import RATE, Span, clock


def facts_of_file(evening: Evening, path: Path, kept: Span, use: Use, bits: int | None) -> dict[str, Any]:
    night = evening.night
    made_of = credits(night.score, spoken(night.narrations))
    missing = None if use.lufs is None else missed(night, use.lufs)
    return {
        "file": str(path),
        "bytes": path.stat().st_size,
        "title": night.score.title,
        "date": None if night.date is None else str(night.date),
        "seed": night.seed,
        "fingerprint": night.fingerprint,
        "from": clock(kept.start),
        "to": clock(kept.stop),
        "frames": -(-len(kept) * use.rate // RATE),
        "seconds": kept.seconds,
        "rate": use.rate,
        "channels": use.channels,
        "bits": bits or next(iter(format_of(path).bits), None),
        "use": use.name,
        "lufs": use.lufs,
        "missed": missing and missing.says,
        "headphones": night.headphones,
        "credits": list(made_of.lines),
        "may_publish": made_of.may_publish,
        "notes": [note.facts for note in evening.notes],
    }
