"""The JSON sidecar of a BIDS table, which says what its columns mean."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import quoted
from lullaby.sleep.hypnograms.opening import instant, opened
from lullaby.sleep.hypnograms.record import LIGHT, Hypnogram
from lullaby.sleep.hypnograms.words import is_light, is_stage
from lullaby.sleep.json_text import json_from
from lullaby.sleep.stages import Stage

LABELS = {Stage.AWAKE: "W", Stage.N1: "N1", Stage.N2: "N2", Stage.N3: "N3", Stage.REM: "R"}
_SAYS = {
    Stage.AWAKE: "awake",
    Stage.N1: "drowsy, light sleep",
    Stage.N2: "light sleep",
    Stage.N3: "deep, slow-wave sleep",
    Stage.REM: "rapid eye movement sleep",
}


@dataclass(frozen=True)
class Sidecar:
    start: datetime.datetime | None = None
    four_class: bool = False
    levels: Mapping[str, str] = field(default_factory=dict)
    """The meaning of numbers in this table, where the table's own file says so."""


def sidecar_of(path: Path) -> Sidecar:
    """The contents of the file of the same name ending in .json; empty where there is none."""
    sidecar = path.with_suffix(".json")
    if sidecar == path or not sidecar.is_file():
        return Sidecar()
    file = opened(sidecar)
    table = json_from(file.text(), file.where)
    if not isinstance(table, dict):
        raise WrittenWrongly(file.where, "beside a table stands a table of its columns, in braces.")
    ours = table.get("lullaby")
    ours = ours if isinstance(ours, dict) else {}
    out = ours.get("lights_out")
    return Sidecar(
        None if out is None else instant(out, file.where),
        ours.get("classes") == 4,
        _levels(table, file.where),
    )


def _levels(table: Mapping[str, Any], where: str) -> dict[str, str]:
    column = table.get("stage")
    levels = column.get("Levels") if isinstance(column, dict) else None
    if not isinstance(levels, dict):
        return {}
    found: dict[str, str] = {}
    for name, says in levels.items():
        if is_stage(name):
            continue  # it says what it is
        if not isinstance(says, str) or not is_stage(says) or is_light(says):
            raise WrittenWrongly(where, f"level {quoted(name)} of the column is not said to be a stage.")
        found[name] = says
    return found


def sidecar_text(night: Hypnogram) -> str:
    """The text of the .json file beside a table of ours."""
    table: dict[str, Any] = {
        "onset": {"Description": "start since lights-out", "Units": "s"},
        "duration": {"Description": "how long it lasts", "Units": "s"},
        "stage": {
            "LongName": "stage of sleep",
            "Description": LIGHT if night.four_class else "AASM, by epochs of 30 s or finer",
            "Levels": {LABELS[stage]: says for stage, says in _SAYS.items()},
        },
        "lullaby": {
            "lights_out": night.start and night.start.isoformat(),
            "classes": 4 if night.four_class else 5,
        },
    }
    return json.dumps(table, indent=2) + "\n"
