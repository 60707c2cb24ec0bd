"""A hypnogram of any maker is read as it stands, or refused in a line that says where and what."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypnogram_samples import (
    ANDROID,
    APPLE,
    APPLE_HEAD,
    CSV,
    EVENING,
    FIVE,
    FOUR,
    NIGHT,
    OURA,
    SAMPLES,
    android_record,
    apple_night,
    apple_record,
    put,
    runs,
)
from reading import read, refused

from lullaby.errors import AskedWrongly
from lullaby.sleep import Stage
from lullaby.sleep.course import Evidence, Run
from lullaby.sleep.hypnograms import READERS, Hypnogram, course_of, epochs, read_hypnograms, write_hypnograms
from lullaby.sleep.hypnograms.record import LIGHT
from lullaby.time import RATE

W, N1, N2, N3, R = Stage
OVERLAID = (*FOUR[:2], (300, 400, N3), (400, 430, W), (430, 600, N3), *FOUR[3:])
"""Four classes, with the short awakening that Fitbit and Sleep as Android tell apart."""
WEARABLES = {"export.xml": FOUR, "fitbit.json": OVERLAID, "android.csv": OVERLAID}


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in (*WEARABLES, "oura.json")])
def test_five_stages_are_read_as_they_stand(name: str, tmp_path: Path):
    (night,) = read(tmp_path, name, SAMPLES[name])
    assert night.runs == runs(FIVE)
    assert not night.four_class


@pytest.mark.parametrize("name", WEARABLES)
def test_light_sleep_of_a_wearable_is_n2_with_a_flag(name: str, tmp_path: Path):
    night = read(tmp_path, name, SAMPLES[name])[0]
    assert night.runs == runs(WEARABLES[name])
    assert night.four_class
    assert LIGHT in night.remarks
    assert night.frames(N1) == 0


def test_oura_tells_a_digit_every_five_minutes(tmp_path: Path):
    (night,) = read(tmp_path, "x", OURA)
    rows = ((0, 300, W), (300, 900, N2), (900, 1500, N3), (1500, 2100, R), (2100, 2400, W))
    assert night.runs == runs(rows)
    assert night.start == datetime.datetime.fromisoformat("2026-11-30T23:30:00+01:00")
    assert night.four_class


def test_the_name_of_a_file_says_nothing(tmp_path: Path):
    for name, content in SAMPLES.items():
        whole = read(tmp_path, name, content)
        assert read(tmp_path, "night.pdf", content) == whole
    assert len({reader.name for reader in READERS}) == len(READERS)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".edf"])
@pytest.mark.parametrize("four", [False, True])
@pytest.mark.parametrize("zone", [None, datetime.UTC, datetime.timezone(datetime.timedelta(hours=-3.5))])
def test_what_is_written_reads_back_equal(
    ending: str, four: bool, zone: datetime.tzinfo | None, tmp_path: Path
):
    start = datetime.datetime(2026, 3, 29, 1, 30, 7, 250_000, zone)
    odd = (Run(7, 60 * RATE + 1, W), Run(60 * RATE + 1, 90 * RATE, N2), Run(100 * RATE, 20_000 * RATE + 5, R))
    for night in (Hypnogram(odd, start, four), Hypnogram(runs(FIVE), None, four)):
        write_hypnograms([night], tmp_path / f"night{ending}")
        (back,) = read_hypnograms(tmp_path / f"night{ending}")
        assert back == night
        assert (tmp_path / f"night{ending}").stat().st_mode & 0o077 == 0  # how one slept is one's own


def test_several_nights_fit_in_a_csv_alone(tmp_path: Path):
    nights = read(tmp_path, "x", APPLE)
    write_hypnograms(nights, tmp_path / "nights.csv")
    assert read_hypnograms(tmp_path / "nights.csv") == nights
    with pytest.raises(AskedWrongly, match="holds one night, and there are 2"):
        write_hypnograms(nights, tmp_path / "nights.edf")


def test_a_table_does_not_write_over_a_json_that_is_not_its_own(tmp_path: Path):
    put(tmp_path, "night.json", "{}")
    with pytest.raises(AskedWrongly, match=r"night\.json is there already"):
        write_hypnograms([NIGHT], tmp_path / "night.tsv")


def test_a_course_of_a_night_is_measured(tmp_path: Path):
    course = course_of(read(tmp_path, "x", CSV)[0])
    assert course.runs == runs(FIVE)
    assert course.evidence(0) is Evidence.MEASURED


@pytest.mark.parametrize("word", ["?", "-1", "-2", "Art", "UNS"])
def test_what_nobody_scored_is_a_gap(word: str, tmp_path: Path):
    kept = "" if word[0] == "-" else "W\nW\n"
    content = (kept or "0\n0\n") + f"{word}\n" + ("N2\n" if kept else "2\n")
    (night,) = read(tmp_path, "x", content)
    assert night.runs == runs(((0, 60, W), (90, 120, N2)))
    assert night.gaps == 30 * RATE


def test_lights_out_is_where_a_recording_says(tmp_path: Path):
    from edfio import Edf, EdfAnnotation

    notes = [EdfAnnotation(0, 100, "Sleep stage W"), EdfAnnotation(100, 60, "Sleep stage 4")]
    notes += [EdfAnnotation(40, None, "Lights off@@EEG F4-A1"), EdfAnnotation(41, 3, "Arousal")]
    Edf([], annotations=notes).write(tmp_path / "x.edf")
    (night,) = read_hypnograms(tmp_path / "x.edf")
    assert night.runs == runs(((0, 60, W), (60, 120, N3)))
    assert "0.7 min before lights-out are left out" in night.remarks
    assert night.start is None  # nobody may know the day


def test_stages_without_a_duration_last_until_the_next(tmp_path: Path):
    from edfio import Edf, EdfAnnotation

    notes = [EdfAnnotation(k * 30, None, f"Sleep stage {s}") for k, s in enumerate("WWN")]
    Edf([], annotations=[*notes, EdfAnnotation(90, None, "Sleep stage R")]).write(tmp_path / "x.edf")
    (night,) = read_hypnograms(tmp_path / "x.edf")
    assert night.runs == runs(((0, 60, W), (90, 120, R)))  # NREM of no depth is not guessed at
    assert any("until the next" in remark for remark in night.remarks)


def test_the_best_device_tells_an_apple_night(tmp_path: Path):
    first, second = read(tmp_path, "x", APPLE)
    assert [night.evening for night in (first, second)] == [
        datetime.date(2026, 11, 30),
        datetime.date(2026, 12, 1),  # it began after midnight
    ]
    assert "one other device that told of this night: left out" in first.remarks
    assert "one record that overlapped another: left out" in first.remarks


def test_nights_are_equal_where_they_say_the_same():
    night = Hypnogram(runs(((0, 30, W), (30, 60, N2))), EVENING)
    again = replace(night, source="elsewhere", remarks=("odd",))
    assert (night, hash(night)) == (again, hash(again))
    others = (
        replace(night, runs=runs(((0, 30, W), (30, 60, N3)))),
        replace(night, start=EVENING + datetime.timedelta(seconds=1)),
        replace(night, start=EVENING.replace(tzinfo=datetime.UTC)),
        replace(night, four_class=True),
    )
    assert all(other != night for other in others)


def test_of_apple_devices_the_one_that_saw_most_sleep_is_best_however_often_it_told(tmp_path: Path):
    minutes = (datetime.timedelta(minutes=n) for n in range(0, 60, 5))
    ring = "".join(apple_record(EVENING + after, 60, "AsleepREM", "Ring") for after in minutes)
    watch = apple_record(EVENING, 3600, "AsleepCore", "Watch")
    (night,) = read(tmp_path, "x", APPLE_HEAD + ring + watch + "</HealthData>")
    assert night.runs == runs(((0, 3600, N2),))


def test_sleep_as_android_knows_its_zone(tmp_path: Path):
    first, second = read(tmp_path, "x", ANDROID)
    assert first.start is not None
    assert second.start is not None
    assert first.start.isoformat() == "2026-11-30T23:30:00+01:00"
    assert second.start - first.start == datetime.timedelta(days=1)
    nowhere = ANDROID.replace("Europe/Prague", "../../etc/passwd")
    assert any("Greenwich" in remark for remark in read(tmp_path, "x", nowhere)[0].remarks)


def test_the_sidecar_of_a_table_says_what_its_numbers_mean(tmp_path: Path):
    levels = {"0": "W", "5": "REM", "3": "N3"}
    put(tmp_path, "x.json", json.dumps({"stage": {"Levels": levels}}))
    (night,) = read(tmp_path, "x.tsv", "onset\tduration\tstage\n0\t30\t0\n30\t30\t5\n60\t30\t3\n")
    assert night.runs == runs(((0, 30, W), (30, 60, R), (60, 90, N3)))


def big_apple(path: Path, bytes_: int) -> int:
    """An export full of steps, with a night here and there; how many nights."""
    step = '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Watch" unit="count" value="{}"/>\n'
    steps = "".join(step.format(k) for k in range(4000))
    count = 0
    with path.open("w") as file:
        size = file.write(APPLE_HEAD)
        while size < bytes_:
            size += file.write(steps) + file.write(apple_night(EVENING + datetime.timedelta(days=count)))
            count += 1
        file.write("</HealthData>\n")
    return count


def test_an_apple_export_is_read_in_passing(tmp_path: Path):
    count = big_apple(tmp_path / "export.xml", 4 << 20)
    read_hypnograms(tmp_path / "export.xml")  # what is imported and kept once
    tracemalloc.start()
    nights = read_hypnograms(tmp_path / "export.xml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(nights) == count
    assert peak < 1 << 20


@pytest.mark.soak
def test_memory_is_flat_over_a_large_apple_export(tmp_path: Path):
    code = (
        "import resource, sys; from lullaby.sleep.hypnograms import read_hypnograms; "
        "n = len(read_hypnograms(sys.argv[1])); "
        "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = []
    for size in (1 << 20, 60 << 20):
        path = tmp_path / "export.xml"
        count = big_apple(path, size)
        child = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
        found, peak = map(int, child.stdout.split())
        assert found == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 16 << 10  # KiB


def test_an_awakening_may_lie_over_several_phases(tmp_path: Path):
    night = read(tmp_path, "x", android_record(awake=(250, 650)))[0]
    assert night.runs == runs(((0, 60, W), (60, 250, N2), (250, 650, W), (650, 720, R), (720, 750, W)))


def test_what_nobody_scored_after_a_whole_day_is_left_out(tmp_path: Path):
    day = "N2\n" * 2880
    (night,), (longer,) = read(tmp_path, "x", day), read(tmp_path, "x", day + "?\n" * 500)
    assert longer == night
    assert (longer.stop, longer.gaps) == (24 * 3600 * RATE, 0)


def test_a_text_of_more_than_a_day_is_read_to_the_end_of_that_day_and_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def counted(text: str, at: str) -> Stage:
        asked.append(at)
        return N2

    monkeypatch.setattr(epochs, "stage_named", counted)
    assert "line 2881: by then the night has lasted more than 24 hours" in refused(tmp_path, "N2\n" * 50_000)
    assert len(asked) == 2881
