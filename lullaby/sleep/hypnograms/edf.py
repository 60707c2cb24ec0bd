"""EDF+ annotations: "Sleep stage N2" at a second, for so many. edfio comes in here.

edfio finds the records and the dates. The annotations in them are taken apart here: its own pattern needs
time with the square of a hostile record's length, and these may come from anywhere.
"""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.score.plain_text import figure, quoted
from lullaby.sleep.hypnograms.bids import LABELS
from lullaby.sleep.hypnograms.checked import DAY, hypnogram_of
from lullaby.sleep.hypnograms.edf_header import BLOCK, fault
from lullaby.sleep.hypnograms.opening import Opened
from lullaby.sleep.hypnograms.record import Hypnogram, Stretch
from lullaby.sleep.hypnograms.words import is_stage, stage_named
from lullaby.sleep.stages import EPOCH_S
from lullaby.time import RATE

MOST_SIGNALS = 512
MOST_BYTES = 64 << 20
"""The most bytes of annotations in one file."""
LONGEST_WORDS = 4096
"""Bytes of one annotation with its times."""

FOUR = "lullaby: four classes, N2 is light sleep"
_ZONE = re.compile(r"lullaby: UTC([+-])(\d\d):(\d\d)", re.ASCII)
_TIMES = re.compile(rb"([+-]\d{1,12}(?:\.\d{0,15})?)(?:\x15(\d{1,12}(?:\.\d{0,15})?)?)?")
_OUT = ("lights off", "lights out", "lights-off", "lights-out")

Annotation = tuple[float, float | None, str, str]
"""Onset and duration in seconds, text, place."""


def is_edf(head: bytes) -> bool:
    return head.startswith(b"0       ")


def read_edf(file: Opened) -> list[Hypnogram]:
    where = file.where
    start, found, remarks = _inside(file)
    staged = [one for one in found if is_stage(one[2]) or one[2].casefold().startswith("sleep stage")]
    if not staged:
        raise WrittenWrongly(where, 'there are no annotations like "Sleep stage W" in it.')
    staged.sort(key=lambda one: one[0])
    if all(not duration for _, duration, _, _ in staged):
        ends = [onset for onset, *_ in staged[1:]] + [staged[-1][0] + EPOCH_S]
        staged = [
            (onset, end - onset, text, place)
            for (onset, _, text, place), end in zip(staged, ends, strict=True)
        ]
        remarks.append("no stage says how long it lasts: each lasts until the next, the last one 30 s")
    zero = next((onset for onset, _, text, _ in found if text.casefold().split("@")[0] in _OUT), None)
    if zero is not None and abs(zero) > DAY:
        raise WrittenWrongly(where, f"the lights go out {figure(zero / 3600)} hours into it.")
    stretches, early = [], 0.0
    for onset, duration, text, place in staged:
        stage = stage_named(text, f"{where}, {place}")
        stop = onset + (duration or 0.0)
        if zero is not None and onset < zero:
            early += min(stop, zero) - onset
            if stop <= zero:
                continue
            onset = zero
        stretches.append(Stretch(onset - (zero or 0.0), stop - (zero or 0.0), stage, place))
    if early > 0:
        remarks.append(f"{early / 60:.1f} min before lights-out are left out")
    for _, _, text, place in found:
        if start is not None and (zone := _ZONE.fullmatch(text)):
            start = start.replace(tzinfo=_zone(zone, f"{where}, {place}"))
    if start is not None and zero:
        start += datetime.timedelta(seconds=zero)
    four = any(text == FOUR for _, _, text, _ in found)
    return [
        hypnogram_of(
            where, stretches, source="EDF+ annotations", start=start, four_class=four, remarks=remarks
        )
    ]


def _inside(file: Opened) -> tuple[datetime.datetime | None, list[Annotation], list[str]]:
    """When it begins, all of its annotations, and what is odd."""
    from edfio import read_edf as lazily

    where = file.where
    count = file.head[252:256].strip()
    if not count.isdigit() or not 0 < int(count) <= MOST_SIGNALS:
        raise WrittenWrongly(where, "its header does not say how many signals it has.", "Is the file whole?")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            edf = lazily(file.path, lazy_load_data=True)
            signals = list(edf._annotation_signals)
            for one in said:
                if "ncomplete" in str(one.message) or "header indicates" in str(one.message):
                    raise WrittenWrongly(
                        where, "it has not as many records as its header says: it is cut off."
                    )
            found: list[Annotation] = []
            size = sum(signal.samples_per_data_record * 2 for signal in signals) * edf.num_data_records
            if size > MOST_BYTES:
                raise WrittenWrongly(where, f"it holds more than {MOST_BYTES >> 20} MiB of annotations.")
            for signal in signals:
                found.extend(_taken_apart(signal.digital.tobytes(), where))
            if not found:
                raise WrittenWrongly(where, "there are no annotations in this EDF.")
            zero = found[0][0]  # the clock of the first record
            start, odd = _began(edf)
        except WrittenWrongly:
            raise
        except Exception:  # whatever a header can hold: the reader is not ours, nor are its words
            what = fault(next(file.chunks(BLOCK * (1 + int(count))), b""))
            raise WrittenWrongly(where, f"this EDF+ cannot be read: {what}.", "Is the file whole?") from None
    return start, [(onset - zero, duration, text, place) for onset, duration, text, place in found], odd


def _taken_apart(content: bytes, where: str) -> Iterator[Annotation]:
    """Onset, maybe \\x15 and a duration, then texts, each ended by \\x14; a zero byte ends it all."""
    for number, words in enumerate(filter(None, content.split(b"\0")), 1):
        place = f"annotation {number}"
        times, *texts = words.split(b"\x14") if len(words) <= LONGEST_WORDS else [b""]
        match = _TIMES.fullmatch(times)
        if match is None or not texts or texts[-1]:
            raise WrittenWrongly(
                f"{where}, {place}", "this is not an annotation of EDF+.", "Is the file whole?"
            )
        for text in texts[:-1] or [b""]:
            try:
                decoded = text.decode("utf-8")
            except UnicodeDecodeError:
                raise WrittenWrongly(f"{where}, {place}", "this is not UTF-8 text.") from None
            yield float(match[1]), float(match[2]) if match[2] else None, decoded.strip(), place


def _began(edf: Any) -> tuple[datetime.datetime | None, list[str]]:
    from edfio import AnonymizedDateError

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            began: datetime.datetime = edf.startdatetime
        except AnonymizedDateError:
            return None, []
        except Warning:
            return None, ["it names two dates that differ, so it has none"]
        except ValueError:
            return None, ["its date is none"]
    return began, []


def _zone(match: re.Match[str], place: str) -> datetime.timezone:
    hours, minutes = int(match[2]), int(match[3])
    if hours > 14 or minutes > 59:
        raise WrittenWrongly(place, f"{quoted(match[0])} is not a zone.")
    offset = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(-offset if match[1] == "-" else offset)


def edf_bytes(night: Hypnogram) -> bytes:
    """The night as an EDF+ file of annotations alone."""
    from edfio import Edf, EdfAnnotation, Recording

    if night.start is not None and not 1985 <= night.start.year <= 2084:
        raise AskedWrongly(f"EDF+ holds nights from 1985 to 2084, not of {night.start.year}.")
    notes = [
        EdfAnnotation(round(run.start / RATE, 6), round(run.seconds, 6), f"Sleep stage {LABELS[run.stage]}")
        for run in night.runs
    ]
    if night.four_class:
        notes.append(EdfAnnotation(0, None, FOUR))
    offset = night.start.utcoffset() if night.start else None
    if offset is not None:
        minutes = round(offset.total_seconds() / 60)
        sign = "-" if minutes < 0 else "+"
        notes.append(
            EdfAnnotation(0, None, f"lullaby: UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}")
        )
    edf = Edf(
        [],
        recording=Recording(startdate=night.start.date() if night.start else None, equipment_code="lullaby"),
        starttime=night.start.time().replace(tzinfo=None) if night.start else None,
        annotations=notes,
    )
    target = BytesIO()
    edf.write(target)
    return target.getvalue()
