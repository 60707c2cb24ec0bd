"""Sleep as Android's sleep-export.csv: a header, a row and maybe a row of noise for every night.

Stages are events: LIGHT_START-1606420800000 and its end, in milliseconds since 1970. Being awake is told
apart from the phases, and is laid over them.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zoneinfo
from collections.abc import Iterator

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import quoted
from lullaby.sleep.hypnograms.checked import hypnogram_of, in_order, laid_over
from lullaby.sleep.hypnograms.opening import Opened, broken_table
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.stages import Stage

STAGES = {"LIGHT": Stage.N2, "DEEP": Stage.N3, "REM": Stage.REM, "AWAKE": Stage.AWAKE}
_EVENT = re.compile(r"(LIGHT|DEEP|REM|AWAKE)_(START|END)-(\d{12,13})(?:-.*)?", re.ASCII)
_STAGED = re.compile(r"(LIGHT|DEEP|REM|AWAKE)_(START|END)", re.ASCII)


def is_android(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().replace(b'"', b"").startswith(b"Id,Tz,From,To")


def read_android(file: Opened) -> list[Hypnogram]:
    nights = []
    for line, head, row in _records(file):
        night = _night(file.where, line, head, row)
        if night is not None:
            nights.append(night)
    if not nights:
        raise WrittenWrongly(file.where, "no night in it has phases, only times.")
    return nights


def _records(file: Opened) -> Iterator[tuple[int, list[str], list[str]]]:
    """Every record: its line, the names over it and its cells."""
    reader = csv.reader(io.StringIO(file.text(), newline=""))
    head: list[str] | None = None
    try:
        for cells in reader:
            if cells[:4] == ["Id", "Tz", "From", "To"]:
                head = cells
            elif head is not None and cells and cells[0]:
                if len(cells) != len(head):
                    what = f"this record has {len(cells)} cells, and {len(head)} names above"
                    raise WrittenWrongly(_at(file.where, reader.line_num), f"{what}.", "Is the file whole?")
                yield reader.line_num, head, cells
                head = None
            elif any(cells) and cells[0]:
                raise WrittenWrongly(_at(file.where, reader.line_num), "there are no names over this record.")
        if head is not None:
            what = "there are names here, and no record under them"
            raise WrittenWrongly(_at(file.where, reader.line_num), f"{what}.", "Is the file whole?")
    except csv.Error:
        raise broken_table(_at(file.where, reader.line_num)) from None


def _night(where: str, line: int, head: list[str], row: list[str]) -> Hypnogram | None:
    place = _at(where, line)
    if not re.fullmatch(r"\d{12,13}", row[0], re.ASCII):
        raise WrittenWrongly(place, f"{quoted(row[0])} is not when a record began.")
    zero = int(row[0])
    begun: dict[str, int] = {}
    phases: list[Stretch] = []
    awake: list[Stretch] = []
    for name, cell in zip(head, row, strict=True):
        if name != "Event" or not _STAGED.match(cell):
            continue
        event = _EVENT.fullmatch(cell)
        if event is None:
            raise WrittenWrongly(place, f"{quoted(cell)} is not an event.")
        kind, edge, when = event[1], event[2], int(event[3])
        if edge == "START":
            if kind in begun:
                raise WrittenWrongly(place, f"{kind} begins at {when} while it has not ended.")
            begun[kind] = when
        elif kind not in begun:
            raise WrittenWrongly(place, f"{kind} ends at {when} and never began.")
        else:
            first = begun.pop(kind)
            one = Stretch((first - zero) / 1000, (when - zero) / 1000, STAGES[kind], f"line {line}, {kind}")
            (awake if kind == "AWAKE" else phases).append(one)
    if not phases:
        return None
    remarks = [f"{kind.lower()} that began and never ended is left out" for kind in begun]
    phases.sort(key=lambda one: one.start)
    in_order(where, phases)
    if outside := [one for one in awake if not phases[0].start <= one.start < phases[-1].stop]:
        awake = [one for one in awake if one not in outside]
        phases = sorted([*phases, *outside], key=lambda one: one.start)
        in_order(where, phases)
    start, odd = _start(zero, row[1], place)
    return hypnogram_of(
        where,
        laid_over(phases, awake),
        source="Sleep as Android",
        start=start,
        four_class=True,
        remarks=[*remarks, *odd],
    )


def _start(zero: int, zone: str, place: str) -> tuple[datetime.datetime, list[str]]:
    try:
        greenwich = datetime.datetime.fromtimestamp(zero / 1000, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise WrittenWrongly(place, f"{zero} is not a time.") from None
    try:
        local = greenwich.astimezone(zoneinfo.ZoneInfo(zone))
    except (ValueError, LookupError, OSError):  # no such zone, or no table of them on this machine
        return greenwich, [f"zone {quoted(zone)} is not known here: times are Greenwich's"]
    return greenwich.astimezone(datetime.timezone(local.utcoffset() or datetime.timedelta())), []


def _at(where: str, line: int) -> str:
    return f"{where}, line {line}"
