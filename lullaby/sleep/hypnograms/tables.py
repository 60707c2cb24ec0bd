"""Hypnograms in tables: plain CSV, and the tab-separated tables of BIDS.

A row says when and what: `start_s,stop_s,stage`, or onset and duration, or a stage alone for 30 s. Our own
tables also say which night it is, when its lights went out and how many classes its scorer knew.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import counted, quoted
from lullaby.sleep.hypnograms.bids import Sidecar, sidecar_of
from lullaby.sleep.hypnograms.checked import hypnogram_of
from lullaby.sleep.hypnograms.opening import Opened, between, broken_table, instant, is_instant, number
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.hypnograms.words import is_light, is_scored, stage_named
from lullaby.sleep.stages import EPOCH_S

COLUMNS = {
    "start": "start_s start onset onset_s start_time begin",
    "stop": "stop_s stop end end_s stop_time end_time",
    "duration": "duration duration_s seconds",
    "stage": "stage sleep_stage stages sleepstage hypnogram hypno",
    "event": "trial_type description value event",
    "night": "night",
    "lights_out": "lights_out",
    "classes": "classes",
    "epoch": "epoch epoch_number",
}
_KNOWN = {name: column for column, names in COLUMNS.items() for name in names.split()}
_MOST_COLUMNS = 500

Row = dict[str, str]


def is_table(head: bytes) -> bool:
    """Does its first line name columns, one of them a stage's?"""
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0].decode("utf-8", "replace")
    try:
        names = _columns(next(csv.reader([first], delimiter=_delimiter(first)), []))
    except csv.Error:
        return False
    return "stage" in names.values() or ("event" in names.values() and "start" in names.values())


def read_table(file: Opened) -> list[Hypnogram]:
    text = file.text()
    tabs = _delimiter(text.lstrip().split("\n", 1)[0]) == "\t"
    sidecar = sidecar_of(file.path) if tabs else Sidecar()
    nights: dict[str, _Rows] = {}
    for line, row in _rows(file.where, text):
        name = row.get("night", "")
        if len(nights) > 100_000:
            raise WrittenWrongly(f"{file.where}, line {line}", "these are more nights than a life has.")
        nights.setdefault(name, _Rows(file.where, sidecar)).take(line, row)
    if not nights:
        what = "there are names of columns here, and no row under them"
        raise WrittenWrongly(f"{file.where}, line 1", f"{what}.", "Is the file whole?")
    source = "BIDS table" if tabs else "CSV table"
    return [rows.night(source) for rows in nights.values()]


@dataclass
class _Rows:
    """The rows of one night."""

    where: str
    sidecar: Sidecar
    stretches: list[Stretch] = field(default_factory=list)
    zero: datetime.datetime | None = None
    lights_out: str | None = None
    light: bool = False
    others: list[str] = field(default_factory=list)
    """The events of the rows that are no stage."""
    epochs: int = 0

    def take(self, line: int, row: Row) -> None:
        place = f"{self.where}, line {line}"
        name = row.get("stage") or self._event(row)
        if name is None:
            self.others.append(row.get("event", "").strip())
            return
        name = self.sidecar.levels.get(name.strip(), name)
        self.light |= is_light(name) or row.get("classes", "").strip() == "4"
        out = row.get("lights_out", "").strip()
        if self.lights_out not in (None, out):
            raise WrittenWrongly(place, f"the lights went out at {quoted(out)} here, elsewhere not.")
        self.lights_out = out
        start, stop = self._times(row, place)
        self.stretches.append(Stretch(start, stop, stage_named(name, place), f"line {line}"))

    def _event(self, row: Row) -> str | None:
        """Tables of events hold other things too: what is no stage is no row of ours."""
        if "stage" in row:
            return ""
        return next((row[c] for c in ("event", "event2") if is_scored(row.get(c, ""))), None)

    def _times(self, row: Row, place: str) -> tuple[float, float]:
        if "start" not in row:
            if "epoch" in row and self.epochs:
                before = self.stretches[-1].place
                if number(row["epoch"], place) != self.epoch + 1:
                    raise WrittenWrongly(
                        place, f"epoch {quoted(row['epoch'])} does not follow that of {before}."
                    )
            if "epoch" in row:
                self.epoch = number(row["epoch"], place)
            self.epochs += 1
            return (self.epochs - 1) * EPOCH_S, self.epochs * EPOCH_S
        start = self._seconds(row["start"], place)
        if "stop" in row:
            return start, self._seconds(row["stop"], place)
        if "duration" in row:
            return start, start + number(row["duration"], place)
        raise WrittenWrongly(place, "there is a start, but neither an end nor a duration.")

    def _seconds(self, text: str, place: str) -> float:
        if not is_instant(text):
            if self.zero is not None:
                raise WrittenWrongly(place, f"{quoted(text)} is not a date and time, as the first is.")
            return number(text, place)
        if self.zero is None:
            if self.stretches:
                raise WrittenWrongly(place, f"{quoted(text)} is not a number of seconds, as the first is.")
            self.zero = instant(text, place)
        return between(self.zero, instant(text, place), place)

    epoch: float = 0

    def night(self, source: str) -> Hypnogram:
        start = self.zero
        if self.lights_out:
            start = instant(self.lights_out, self.where)
        elif self.sidecar.start is not None:
            start = self.sidecar.start
        said = [quoted(name) for name in dict.fromkeys(self.others)]
        listing = ", ".join(said[:3] + ["…"] * (len(said) > 3))
        remarks = [f"{counted(len(self.others), 'row')} of something else: {listing}"] if said else []
        return hypnogram_of(
            self.where,
            self.stretches,
            source=source,
            start=start,
            four_class=self.light or self.sidecar.four_class,
            remarks=remarks,
        )


def _rows(where: str, text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text.lstrip().split("\n", 1)[0]))
    names: dict[int, str] = {}
    width = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not width:
                names, width = _columns(cells), len(cells)
                if width > _MOST_COLUMNS:
                    raise WrittenWrongly(f"{where}, line {reader.line_num}", f"it has {width} columns.")
                continue
            if len(cells) != width:
                what = f"there are {len(cells)} cells here, and {width} names above"
                raise WrittenWrongly(f"{where}, line {reader.line_num}", f"{what}.", "Is the file whole?")
            yield reader.line_num, {column: cells[k] for k, column in names.items()}
    except csv.Error:
        raise broken_table(f"{where}, line {reader.line_num}") from None


def _columns(cells: list[str]) -> dict[int, str]:
    """The meaning of each column, by its number; of two that say the same, the first, but of events two."""
    found: dict[int, str] = {}
    for k, cell in enumerate(cells):
        column = _KNOWN.get(cell.strip().casefold().replace(" ", "_"))
        if column == "event" and column in found.values():
            column = "event2"
        if column is not None and column not in found.values():
            found[k] = column
    return found


def _delimiter(line: str) -> str:
    count: Callable[[str], int] = line.count
    return max(",;\t", key=count)
