"""The file of a course: JSON with a run a line, which reads back exactly as it was written.

{"lullaby": "course", "version": 1, "rate": 48000, "foreseen": 14400000, "runs": [
[0, 14400000, "awake", "simulated", null],
…
]}

Runs before the frame `foreseen` were known at lights-out, the others appended while the night went on. Where
it is left out, all were appended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import called, shown
from lullaby.sleep.course import Course, Evidence, Known, Run
from lullaby.sleep.json_text import json_from
from lullaby.sleep.stages import Stage
from lullaby.time import LONGEST, RATE

VERSION = 1

MOST_RUNS = 100_000
"""A night scored every second has 86 400."""

_STAGES = {stage.label: stage for stage in Stage}
_EVIDENCE = {evidence.value: evidence for evidence in Evidence}


def course_text(course: Course) -> str:
    rows = (row_of(known) for known in course.known)
    known = f'"rate": {RATE}, "foreseen": {course.foreseen}'
    head = f'{{"lullaby": "course", "version": {VERSION}, {known}, "runs": ['
    return "\n".join([head, ",\n".join(json.dumps(row) for row in rows), "]}"]) + "\n"


def row_of(known: Known) -> list[object]:
    """A run as a row of JSON."""
    return [known.run.start, known.run.stop, known.run.stage.label, known.evidence.value, known.seen]


def course_from(text: str, where: str) -> Course:
    """The course in this text; a WrittenWrongly says what of it is none. `where` is safe to show."""
    table = json_from(text, where)
    if not isinstance(table, dict) or table.get("lullaby") != "course":
        raise WrittenWrongly(where, "this is not a course that lullaby wrote.")
    for name, ours in (("version", VERSION), ("rate", RATE)):
        if type(table.get(name)) is not int or table[name] != ours:
            shown_value = shown(table.get(name)) if name in table else "missing"
            raise WrittenWrongly(where, f"its {name} is {shown_value}, and only {ours} is understood here.")
    return course_in(table, where)


def course_in(table: Mapping[str, object], where: str) -> Course:
    """The course in a table with "runs" and "foreseen"."""
    rows = table.get("runs")
    if not isinstance(rows, list) or len(rows) > MOST_RUNS:
        raise WrittenWrongly(where, f'"runs" is a list of at most {MOST_RUNS} runs.')
    known = runs_from(rows, where)
    foreseen, stop = table.get("foreseen", 0), known[-1].run.stop if known else 0
    if type(foreseen) is not int or not 0 <= foreseen <= stop:
        raise WrittenWrongly(
            where, f'"foreseen" is a frame from 0 to its last ({stop}), not {shown(foreseen)}.'
        )
    return Course(tuple(known), foreseen)


def runs_from(rows: list[object], where: str) -> list[Known]:
    """The runs in these rows, each after the one before it."""
    known: list[Known] = []
    for k, row in enumerate(rows, 1):
        one = _known(row, f"{where}, run {k}")
        if known and one.run.start < known[-1].run.stop:
            what = f"begins before run {k - 1} has ended"
            raise WrittenWrongly(f"{where}, run {k}", f"it {what} (frame {known[-1].run.stop}).")
        known.append(one)
    return known


def _known(row: object, where: str) -> Known:
    if not isinstance(row, list) or len(row) != 5:
        raise WrittenWrongly(where, "a run is [start, stop, stage, evidence, seen].")
    start, stop, stage, evidence, seen = row
    for frame in (start, stop):
        if type(frame) is not int or not 0 <= frame <= LONGEST:
            raise WrittenWrongly(where, f"{shown(frame)} is not a frame of a day: 0 to {LONGEST}.")
    if stop <= start:
        raise WrittenWrongly(where, f"it ends at {stop}, not after its start {start}.")
    if not isinstance(stage, str) or stage not in _STAGES:
        raise WrittenWrongly(where, f"{shown(stage)} is not a stage: {', '.join(_STAGES)}.")
    if not isinstance(evidence, str) or evidence not in _EVIDENCE:
        raise WrittenWrongly(where, f"{shown(evidence)} is not evidence: {', '.join(_EVIDENCE)}.")
    if seen is not None and type(seen) is not int:
        raise WrittenWrongly(where, f"what it was seen at is {called(seen)}, not a frame or null.")
    try:
        return Known(Run(start, stop, _STAGES[stage]), _EVIDENCE[evidence], seen)
    except ValueError as error:
        raise WrittenWrongly(where, f"{error}.") from None
