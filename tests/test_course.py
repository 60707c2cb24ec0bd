"""A course only grows, answers at any frame, and comes back from a file as it went in."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lullaby.errors import WrittenWrongly
from lullaby.sleep import Stage
from lullaby.sleep.course import EPOCH, NEVER, Course, Evidence, Known, Run
from lullaby.sleep.course_file import course_from, course_text
from lullaby.time import LONGEST, RATE

MINUTE = 60 * RATE


def some() -> Course:
    course = Course.from_epochs([0, 0, 0, 1, 2, 2, 2, 3, 3, 3, 3, 2, 4, 4, 0])
    course = course.then(Run(8 * MINUTE, 9 * MINUTE, Stage.AWAKE), Evidence.PRESSED, 8 * MINUTE)
    return course.then(Run(9 * MINUTE, 10 * MINUTE + 7, Stage.N1), Evidence.INFERRED, 8 * MINUTE)


def test_what_was_known_at_lights_out_is_foreseen_and_what_is_appended_is_not():
    course = Course.from_epochs([0, 0, 4, 4, 2])
    assert course.foreseen == course.stop
    longer = course.then(Run(course.stop, course.stop + MINUTE, Stage.REM))
    assert longer.foreseen == course.stop
    assert Course().then(Run(0, MINUTE, Stage.REM)).foreseen == 0
    for wrong in (-1, course.stop + 1, 0.5, True):
        with pytest.raises(ValueError, match="foresees"):
            Course(course.known, wrong)


def test_a_bout_lasts_until_another_stage_begins():
    course = Course.from_runs([Run(0, 10, Stage.REM), Run(20, 30, Stage.REM), Run(35, 40, Stage.N2)])
    course = course.then(Run(40, 50, Stage.REM))
    assert course.bouts(Stage.REM) == [Run(0, 35, Stage.REM), Run(40, LONGEST, Stage.REM)]
    assert course.bouts(Stage.N3) == []


def test_runs_are_half_open():
    course = Course.from_runs([Run(0, 10, Stage.AWAKE), Run(10, 20, Stage.N1)])
    assert [course.stage(f) for f in (0, 9, 10, 19)] == [Stage.AWAKE, Stage.AWAKE, Stage.N1, Stage.N1]


def test_nobody_sleeps_before_the_first_run_and_the_last_stage_is_held():
    course = Course.from_runs([Run(10, 20, Stage.N2), Run(30, 40, Stage.REM)])
    assert course.stage(9) is Stage.AWAKE
    assert course.stage(25) is Stage.N2  # a gap
    assert course.stage(LONGEST) is Stage.REM
    assert Course().stage(5) is Stage.AWAKE
    assert Course().arousal(5) == 1


def test_an_array_of_frames_is_answered_like_each_of_them():
    course = some()
    frames = np.arange(0, 12 * MINUTE, 12_345)
    assert course.stage(frames).tolist() == [course.stage(int(f)) for f in frames]
    assert course.arousal(frames).tolist() == [course.arousal(int(f)) for f in frames]
    assert course.age(frames).tolist() == [course.age(int(f)) for f in frames]


def test_a_longer_course_says_the_same_of_the_past():
    course = some()
    frames = np.arange(0, course.stop, 999)
    longer = course.then(Run(course.stop, course.stop + MINUTE, Stage.N3))
    longer = longer.then(Run(longer.stop + 5, longer.stop + MINUTE, Stage.AWAKE), Evidence.MEASURED)
    for ask in (Course.stage, Course.arousal, Course.age):
        assert np.array_equal(ask(course, frames), ask(longer, frames))


def test_a_run_does_not_begin_before_the_last_has_ended():
    with pytest.raises(ValueError, match="before"):
        some().then(Run(0, MINUTE, Stage.N1))


@pytest.mark.parametrize(("start", "stop"), [(5, 5), (6, 5), (-1, 5), (0, LONGEST + 1)])
def test_a_run_goes_forward_inside_a_day(start: int, stop: int):
    with pytest.raises(ValueError, match="forward"):
        Run(start, stop, Stage.N1)


def test_arousal_falls_in_three_minutes_and_rises_in_one():
    course = Course.from_runs([Run(0, 30 * MINUTE, Stage.N3), Run(30 * MINUTE, 60 * MINUTE, Stage.AWAKE)])
    fallen = 0.05 + 0.95 * np.exp(-1)
    assert course.arousal(3 * MINUTE) == pytest.approx(fallen, abs=1e-9)
    low = course.arousal(30 * MINUTE)
    assert low == pytest.approx(0.05, abs=1e-3)
    assert course.arousal(31 * MINUTE) == pytest.approx(1 - (1 - low) * np.exp(-1), abs=1e-9)


def test_arousal_never_steps_and_stays_between_its_goals():
    course = some()
    found = course.arousal(np.arange(0, 40 * MINUTE, RATE))
    assert found[0] == 1
    assert np.abs(np.diff(found)).max() < 0.02
    assert found.min() >= 0.05
    assert found.max() <= 1


def test_evidence_ages_and_a_guess_is_none():
    course = some()
    assert course.age(MINUTE) == NEVER
    assert course.evidence(MINUTE) is Evidence.SIMULATED
    assert not Evidence.SIMULATED.real
    assert course.age(8 * MINUTE + 5) == 5  # since the key was pressed
    assert course.age(9 * MINUTE + 5) == MINUTE + 5
    assert course.evidence(9 * MINUTE) is Evidence.INFERRED
    scored = Course.from_runs(
        [Run(0, MINUTE, Stage.N1), Run(2 * MINUTE, 3 * MINUTE, Stage.N2)], Evidence.MEASURED
    )
    assert scored.age(MINUTE - 1) == 0
    assert scored.age(MINUTE + 500) == 500  # in a gap
    assert scored.age(2 * MINUTE + 500) == 0


def test_evidence_is_not_seen_before_it_happens():
    with pytest.raises(ValueError, match="before"):
        Known(Run(5, 10, Stage.N1), Evidence.INFERRED, 6)
    with pytest.raises(ValueError, match="one frame"):
        Known(Run(5, 10, Stage.N1), Evidence.PRESSED)


def test_a_course_comes_back_exactly():
    for course in (Course(), some()):
        text = course_text(course)
        assert course_from(text, "night.json") == course
        assert course_text(course_from(text, "night.json")) == text


def test_a_night_of_epochs_has_runs_as_long_as_they_can_be():
    course = Course.from_epochs([0, 0, 2, 2, 2, 0])
    assert course.runs == (
        Run(0, 2 * EPOCH, Stage.AWAKE),
        Run(2 * EPOCH, 5 * EPOCH, Stage.N2),
        Run(5 * EPOCH, 6 * EPOCH, Stage.AWAKE),
    )


ROW = '[0, 9, "n1", "measured", null]'
WHOLE = '{"lullaby": "course", "version": 1, "rate": 48000, "runs": [%s]}'
FORESEEN = WHOLE.replace(', "runs"', ', "foreseen": %s, "runs"')
WRONG = {
    FORESEEN % (10, ROW): '"foreseen" is a frame from 0 to its last (9), not 10',
    FORESEEN % ("true", ROW): '"foreseen" is a frame from 0 to its last (9), not true',
    "": "line 1: this is not JSON",
    "[]": "not a course",
    "[" * 100_000: "too deep",
    "9" * 5000: "nothing can hold",
    '{"lullaby": NaN}': "NaN is not a number",
    WHOLE.replace("1,", "2,") % ROW: "version is 2",
    WHOLE.replace("1,", "true,") % ROW: "version is true",
    WHOLE.replace("48000", "44100") % ROW: "rate is 44100",
    WHOLE.replace("[%s]", "7"): '"runs" is a list',
    WHOLE % "7": "run 1: a run is",
    WHOLE % ROW.replace("9", "0"): "run 1: it ends at 0",
    WHOLE % ROW.replace("9", "9.5"): "run 1: 9.5 is not a frame",
    WHOLE % ROW.replace("9", "-9"): "run 1: -9 is not a frame",
    WHOLE % ROW.replace("9", "9" * 30): "run 1: (a huge number) is not a frame",
    WHOLE % ROW.replace("n1", "n4"): 'run 1: "n4" is not a stage',
    WHOLE % ROW.replace("measured", "sworn"): 'run 1: "sworn" is not evidence',
    WHOLE % ROW.replace("null", "5"): "run 1: evidence is seen before",
    WHOLE % f"{ROW}, {ROW}": "run 2: it begins before run 1 has ended",
    (WHOLE % ROW)[:-20]: "line 1: this is not JSON",
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_what_is_no_course_is_refused_in_one_line(text: str):
    with pytest.raises(WrittenWrongly) as caught:
        course_from(text, "night.json")
    first, *more = str(caught.value).split("\n")
    assert first.startswith("night.json")
    assert WRONG[text] in first
    assert len(more) <= 1


def test_a_file_that_does_not_say_so_foresees_nothing():
    assert course_from(WHOLE % ROW, "night.json").foreseen == 0
    assert course_from(FORESEEN % (9, ROW), "night.json").foreseen == 9


def test_its_file_is_json_that_anybody_can_read():
    table = json.loads(course_text(some()))
    assert table["runs"][0] == [0, 3 * EPOCH, "awake", "simulated", None]
