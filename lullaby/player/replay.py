"""Evidence of sleep from a file, played in step with a night: a CSV table of likelihoods, or of stages.

    time_s,awake,n1,n2,n3,rem        how likely each stage makes what was seen then, in any unit
    time_s,stage                     awake, n1, n2, n3 or rem

`time_s` is seconds since lights-out. A row is told when the night has come to its time.
"""

from __future__ import annotations

import csv
import io
import math
import os
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import quoted
from lullaby.sleep.hypnograms.opening import broken_table, number, opened
from lullaby.sleep.signs import LASTING_S
from lullaby.sleep.stages import Stage
from lullaby.time import LONGEST, RATE

MOST_ROWS = 100_000
"""Rows of a second each are 86 400 a day."""

SCORED = 0.9
"""The likelihood of the stage that a row names; the others share the rest. [design]"""

_LABELS = [stage.label for stage in Stage]
_LIKELIHOODS, _STAGES = ["time_s", *_LABELS], ["time_s", "stage"]
_FORMS = f"A table begins with {','.join(_LIKELIHOODS)} or {','.join(_STAGES)}."

Row = tuple[int, tuple[float, ...]]
"""A frame and a likelihood for each stage."""


class Replay:
    """Evidence that was kept, told as the night comes to it."""

    lasting_s = LASTING_S
    """Seconds that the errors of a source last that says nothing of them."""

    def __init__(self, rows: list[Row], name: str = "file") -> None:
        self._rows, self._frames, self.name = rows, [frame for frame, _ in rows], name
        self._told = 0

    def until(self, frame: int) -> list[Row]:
        """What there is up to this frame and was not told yet."""
        first, self._told = self._told, max(self._told, bisect_right(self._frames, frame))
        return self._rows[first : self._told]


def read_replay(path: str | os.PathLike[str]) -> Replay:
    """The evidence in this file; a WrittenWrongly says which line is none."""
    file = opened(Path(path))
    return Replay(replay_rows(file.text(), file.where), f"file {file.path.name}")


def replay_rows(text: str, where: str) -> list[Row]:
    lines = csv.reader(io.StringIO(text, newline=""))
    head: list[str] | None = None
    found: list[Row] = []
    for line, cells in _cells(lines, where):
        place = f"{where}, line {line}"
        if head is None:
            head = [cell.strip().casefold() for cell in cells]
            if head not in (_LIKELIHOODS, _STAGES):
                raise WrittenWrongly(place, "this is no table of evidence.", _FORMS)
            continue
        if len(cells) != len(head):
            raise WrittenWrongly(place, f"there are {len(cells)} cells, and {len(head)} columns.")
        if len(found) == MOST_ROWS:
            raise WrittenWrongly(place, f"there are more than {MOST_ROWS} rows.")
        found.append((_frame(cells[0], place), _likelihoods(head, cells[1:], place)))
        if len(found) > 1 and found[-1][0] <= found[-2][0]:
            raise WrittenWrongly(place, "it is not later than the row before it.")
    if head is None or not found:
        raise WrittenWrongly(where, "there is no evidence in it.", _FORMS)
    return found


def _cells(lines: Iterator[list[str]], where: str) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(lines, None)
        except csv.Error:
            raise broken_table(f"{where}, line {lines.line_num}") from None  # type: ignore[attr-defined]
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield lines.line_num, cells  # type: ignore[attr-defined]


def _frame(text: str, place: str) -> int:
    seconds = number(text, place)
    if not 0 <= seconds < LONGEST / RATE:
        raise WrittenWrongly(place, f"{quoted(text.strip())} s is not inside a day from lights-out.")
    return min(round(seconds * RATE), LONGEST - 1)


def _likelihoods(head: list[str], cells: list[str], place: str) -> tuple[float, ...]:
    if head == _STAGES:
        label = cells[0].strip().casefold()
        if label not in _LABELS:
            raise WrittenWrongly(place, f"{quoted(cells[0].strip())} is not a stage: {', '.join(_LABELS)}.")
        rest = (1 - SCORED) / (len(_LABELS) - 1)
        return tuple(SCORED if name == label else rest for name in _LABELS)
    found = []
    for name, cell in zip(_LABELS, cells, strict=True):
        try:
            value = number(cell, place)
        except WrittenWrongly:
            raise WrittenWrongly(place, f"{quoted(cell)} is not a likelihood of {name}.") from None
        if not (value >= 0 and math.isfinite(value)):
            raise WrittenWrongly(place, f"a likelihood is not below 0, unlike {quoted(cell.strip())}.")
        found.append(value)
    if not any(found):
        raise WrittenWrongly(place, "all its likelihoods are 0: no stage could explain it.")
    return tuple(found)
