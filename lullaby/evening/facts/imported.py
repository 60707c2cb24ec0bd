"""What is known of another program's preset that was kept as a score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lullaby.evening.prepare import prepared
from lullaby.evening.request import Request
from lullaby.score.foreign import Foreign
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
