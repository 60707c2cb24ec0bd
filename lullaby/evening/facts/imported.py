"""What is known of another program's preset that was kept as a score, or of a MIDI file kept as a tune."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lullaby.evening.facts.tunes import tune_facts
from lullaby.evening.prepare import prepared
from lullaby.evening.request import Request
from lullaby.score.foreign import Foreign
from lullaby.score.midi.reading import Brought
from lullaby.score.plain_text import plain
from lullaby.score.quoting import one_line
from lullaby.time import clock


def facts_of_imported(foreign: Foreign, name: str, path: Path) -> dict[str, Any]:
    night = prepared(Request(what=str(path.absolute()))).night
    return {
        "file": str(path),
        "name": name,
        "title": one_line(foreign.draft.title),
        "program": foreign.program,
        "length": clock(night.score.length),
        "ends": clock(night.length),
        "remarks": [plain(remark) for remark in foreign.remarks],
    }


def facts_of_brought(brought: Brought, path: Path) -> dict[str, Any]:
    remarks = [plain(remark) for remark in brought.remarks]
    kept = {"file": str(path), "name": path.stem, "program": "MIDI"}
    return {**kept, **tune_facts(brought.tune), "remarks": remarks}
