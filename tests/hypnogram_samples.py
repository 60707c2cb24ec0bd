"""A small night in every form that hypnograms come in, written here: no real person's."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

from lullaby.sleep import Stage
from lullaby.sleep.course import Course, Evidence, Run
from lullaby.sleep.course_file import course_text
from lullaby.sleep.hypnograms.edf import edf_bytes
from lullaby.sleep.hypnograms.record import Hypnogram
from lullaby.time import RATE

W, N1, N2, N3, R = Stage

FIVE = ((0, 60, W), (60, 90, N1), (90, 300, N2), (300, 600, N3), (600, 720, R), (720, 750, W))
"""Seconds and stages."""
FOUR = ((0, 60, W), (60, 300, N2), (300, 600, N3), (600, 720, R), (720, 750, W))


def runs(rows: tuple[tuple[float, float, Stage], ...]) -> tuple[Run, ...]:
    return tuple(Run(round(start * RATE), round(stop * RATE), stage) for start, stop, stage in rows)


def epochs(rows: tuple[tuple[float, float, Stage], ...] = FIVE) -> list[Stage]:
    return [stage for start, stop, stage in rows for _ in range(int((stop - start) // 30))]


NIGHT = Hypnogram(runs(FIVE), datetime.datetime(2026, 11, 30, 22, 15, tzinfo=datetime.UTC))

YASA = "".join(f"{int(stage)}\n" for stage in epochs())
LETTERS = "".join(f"{['W', 'N1', 'N2', 'N3', 'R'][stage]}\n" for stage in epochs())
VISBRAIN = "*Duration_sec\t750\n*Datafile\tnight.edf\n" + "".join(
    f"{['Wake', 'N1', 'N2', 'N3', 'REM'][stage]}\t{stop}\n" for _, stop, stage in FIVE
)
CSV = "start,end,sleep_stage\n" + "".join(f"{a},{b},{s.label}\n" for a, b, s in FIVE)
BIDS = "onset\tduration\tstage\n" + "".join(f"{a}\t{b - a}\t{s.label.upper()}\n" for a, b, s in FIVE)
EVENTS = "onset\tduration\ttrial_type\n12\t0\tlights off\n" + "".join(
    f"{a}\t{b - a}\tSleep stage {['W', 'N1', 'N2', 'N3', 'R'][s]}\n" for a, b, s in FIVE
)
PROFUSION = (
    '<?xml version="1.0" encoding="utf-8"?>\n<CMPStudyConfig>\n<EpochLength>30</EpochLength>\n'
    "<ScoredEvents><ScoredEvent><Name>Hypopnea</Name><Start>65</Start></ScoredEvent></ScoredEvents>\n"
    "<SleepStages>\n"
    + "".join(f"<SleepStage>{(0, 1, 2, 3, 5)[stage]}</SleepStage>\n" for stage in epochs())
    + "</SleepStages>\n</CMPStudyConfig>\n"
)

APPLE_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (Record*)>\n'
    '<!ATTLIST Record type CDATA #REQUIRED>\n]>\n<HealthData locale="en_GB">\n'
)
_APPLE = {W: "Awake", N2: "AsleepCore", N3: "AsleepDeep", R: "AsleepREM"}


def apple_record(
    start: datetime.datetime, seconds: float, value: str, device: str = "Watch", zone: str = "+0100"
) -> str:
    stop = start + datetime.timedelta(seconds=seconds)
    return (
        f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{device}" '
        f'startDate="{start:%Y-%m-%d %H:%M:%S} {zone}" endDate="{stop:%Y-%m-%d %H:%M:%S} {zone}" '
        f'value="HKCategoryValueSleepAnalysis{value}"/>\n'
    )


def apple_night(start: datetime.datetime) -> str:
    return "".join(
        apple_record(start + datetime.timedelta(seconds=a), b - a, _APPLE[stage]) for a, b, stage in FOUR
    )


EVENING = datetime.datetime(2026, 11, 30, 23, 30)
APPLE = (
    APPLE_HEAD
    + '<Record type="HKQuantityTypeIdentifierStepCount" value="7" startDate="2026-11-30 10:00:00 +0100"/>\n'
    + apple_record(EVENING, 3600, "InBed", "Phone")
    + apple_record(EVENING, 700, "AsleepUnspecified", "Phone")
    + apple_night(EVENING)
    + apple_record(EVENING + datetime.timedelta(seconds=310), 100, "AsleepCore")
    + apple_night(EVENING + datetime.timedelta(days=1, hours=1))
    + "</HealthData>\n"
)


def _local(seconds: float, start: datetime.datetime = EVENING) -> str:
    return f"{start + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.000"


FITBIT_LOG = {
    "logId": 1,
    "dateOfSleep": "2026-12-01",
    "startTime": _local(0),
    "endTime": _local(750),
    "duration": 750_000,
    "type": "stages",
    "levels": {
        "summary": {},
        "data": [
            {"dateTime": _local(a), "level": ("wake", "", "light", "deep", "rem")[s], "seconds": b - a}
            for a, b, s in FOUR
        ],
        "shortData": [{"dateTime": _local(400), "level": "wake", "seconds": 30}],
    },
}
FITBIT = json.dumps([FITBIT_LOG, {"dateOfSleep": "2026-12-02", "type": "classic", "levels": {}}], indent=1)

OURA = json.dumps(
    {
        "data": [
            {
                "id": "a",
                "day": "2026-12-01",
                "bedtime_start": "2026-11-30T23:30:00.000+01:00",
                "bedtime_end": "2026-12-01T00:10:00.000+01:00",
                "sleep_phase_5_min": "42211334",
                "type": "long_sleep",
            },
            {"id": "b", "bedtime_start": "2026-12-02T14:00:00+01:00", "sleep_phase_5_min": None},
        ],
        "next_token": None,
    },
    indent=1,
)

_ID = 1_796_077_800_000


def android_record(start: int = _ID, awake: tuple[int, int] = (400, 430)) -> str:
    """Three rows of an export: names, cells and noise. `start` in milliseconds since 1970."""
    cells = [str(start), "Europe/Prague", "30. 11. 2026 23:30", "1. 12. 2026 7:00", "", "7.5", "0.0", "", "1"]
    names = ["Id", "Tz", "From", "To", "Sched", "Hours", "Rating", "Comment", "Framerate", "23:35"]
    cells.append("0.4")
    kinds = {W: "AWAKE", N2: "LIGHT", N3: "DEEP", R: "REM"}
    events = [*((kinds[stage], a, b) for a, b, stage in FOUR), ("AWAKE", *awake)]
    for kind, a, b in events:
        names += ["Event", "Event"]
        cells += [f"{kind}_START-{start + a * 1000}", f"{kind}_END-{start + b * 1000}"]
    names.append("Event")
    cells.append(f"DEVICE-{start}-x")
    quoted = ",".join(f'"{cell}"' for cell in cells)
    return ",".join(names) + "\n" + quoted + "\n" + ',"0.01"\n'


ANDROID = android_record() + android_record(_ID + 86_400_000)

SAMPLES: dict[str, bytes] = {
    "night.edf": edf_bytes(NIGHT),
    "yasa.txt": YASA.encode(),
    "letters.txt": LETTERS.encode(),
    "visbrain.txt": VISBRAIN.encode(),
    "night.csv": CSV.encode(),
    "sub_hypnogram.tsv": BIDS.encode(),
    "sub_events.tsv": EVENTS.encode(),
    "profusion.xml": PROFUSION.encode(),
    "export.xml": APPLE.encode(),
    "fitbit.json": FITBIT.encode(),
    "oura.json": OURA.encode(),
    "android.csv": ANDROID.encode(),
    "course.json": course_text(Course.from_runs(runs(FIVE), Evidence.MEASURED)).encode(),
}


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
