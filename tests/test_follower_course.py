"""What the sound follows: the course that a follower appends to, and when somebody is taken for awake."""

from __future__ import annotations

import time

import numpy as np
import pytest
from followers import DAY, MINUTE, SURELY, follower, told

from benchmarks.follower import SEES, seen
from lullaby.chance import Key
from lullaby.sleep.course import EPOCH, NEVER, Course, Evidence, Run
from lullaby.sleep.follower import LOUDNESS, STALE
from lullaby.sleep.simulate import simulate
from lullaby.sleep.sleeper import Sleeper
from lullaby.sleep.stages import Stage
from lullaby.time import LONGEST, RATE


def test_fresh_and_sure_evidence_is_followed_else_the_quieter_of_two_rules():
    one = told(Stage.N3, 60, 30)
    assert one.follows(60 * MINUTE - 1) is Stage.N3
    for alone, then in ((Stage.AWAKE, Stage.N2), (Stage.REM, Stage.REM)):
        simulated = Course.from_runs([Run(0, LONGEST, alone)])
        one = follower(alone=simulated)
        assert one.follows(200 * MINUTE) is alone  # not a word of evidence
        for k in range(40):
            one.tell(180 * MINUTE + k * EPOCH, SURELY[Stage.N2], lasting_s=0)
        assert one.follows(200 * MINUTE - EPOCH) is Stage.N2
        stale = 200 * MINUTE + STALE
        assert one.belief(stale).stage is Stage.N2
        assert one.follows(stale) is then
    for frame in range(0, 460 * MINUTE, 46 * MINUTE):
        one = follower(alone=Course.from_runs([Run(0, LONGEST, Stage.N1)]))
        one.tell(frame, [3, 2, 2, 2, 2])
        later = frame + 2 * STALE
        assert LOUDNESS.index(one.follows(later)) <= LOUDNESS.index(Stage.N1)


def test_nobody_who_slept_is_awake_by_a_guess():
    for n in range(2):
        one = follower(n, Sleeper(hyper=0.8))
        slept = [e * EPOCH for e in range(1, 900, 5) if one.belief(e * EPOCH).slept > 0.5]
        assert len(slept) > 100
        assert any(one.belief(frame).chances[Stage.AWAKE] > 0.15 for frame in slept)
        for frame in slept:
            assert one.follows(frame) is not Stage.AWAKE
            assert not one.awake_for_sure(frame)
    unsure = told(Stage.N2, 60, 30)
    unsure.tell(61 * MINUTE, [60, 1, 3, 0.1, 0.1])
    assert 0.05 < unsure.belief(61 * MINUTE).chances[Stage.AWAKE] < 0.8
    assert unsure.follows(61 * MINUTE) is not Stage.AWAKE


def test_awake_for_three_minutes_takes_three_minutes_of_evidence():
    one = told(Stage.N2, 60, 10)
    at = 60 * MINUTE
    for k in range(12):
        assert one.awake_for_sure(at + k * EPOCH) == (k > 6)
        one.tell(at + k * EPOCH, SURELY[Stage.AWAKE], lasting_s=0)
    assert one.follows(at + 11 * EPOCH) is Stage.AWAKE
    one.tell(at + 12 * EPOCH, SURELY[Stage.N2], lasting_s=0)
    assert not one.awake_for_sure(at + 12 * EPOCH)
    assert one.awake_for_sure(at + 8 * EPOCH)  # what was evident then still was
    once = told(Stage.N2, 60, 10)
    once.still_awake(at)
    assert not any(once.awake_for_sure(at + k * EPOCH) for k in range(40))
    once.still_awake(at + 4 * MINUTE)
    assert once.awake_for_sure(at + 4 * MINUTE)
    apart = told(Stage.N2, 60, 10)
    apart.still_awake(at)
    apart.still_awake(at + 20 * MINUTE)
    assert not apart.awake_for_sure(at + 20 * MINUTE)


def test_a_course_only_grows():
    one = follower()
    looks = seen(simulate(Sleeper(), 3, DAY)[0].tolist(), Key.root(5), 60.0)
    kept: list[tuple[int, Course]] = []
    for epoch in range(0, 400):
        now = epoch * EPOCH
        if epoch % 3 == 0 and epoch > 20:
            one.tell(now, [row[looks[epoch]] for row in SEES])
        kept.append((now, one.follow(now)))
        if epoch == 41:
            one.still_awake(now + 5000)
            kept.append((now + 5000, one.follow(now + 5000)))
    last = kept[-1][1]
    for now, course in kept[::9]:
        before = np.arange(0, now + 1, 15 * RATE)
        assert course.known == last.known[: len(course.known)]
        for ask in ("stage", "arousal", "age"):
            assert np.array_equal(getattr(course, ask)(before), getattr(last, ask)(before))
    assert last.evidence(10 * EPOCH) is Evidence.SIMULATED
    assert last.age(20 * EPOCH) == NEVER
    assert last.evidence(41 * EPOCH + 5000) is Evidence.PRESSED
    assert last.stage(41 * EPOCH + 5000) is Stage.AWAKE
    assert last.evidence(399 * EPOCH) is Evidence.INFERRED
    assert last.age(399 * EPOCH + 9) == 9
    with pytest.raises(ValueError, match="forward"):
        one.follow(5 * EPOCH)


def test_following_a_night_costs_as_much_at_its_end_as_at_its_beginning():
    """And no more than some hundred times what stepping through it once does, which is 10 ms."""
    before = time.process_time()
    looks = seen(simulate(Sleeper(), 3, DAY, compiled=False)[0].tolist(), Key.root(5), 60.0)
    stepped = time.process_time() - before
    one, steps = follower(), []
    one.belief(EPOCH)  # compiled by now
    for epoch in range(1, 920):
        before = time.process_time()
        one.tell(epoch * EPOCH, [row[looks[epoch]] for row in SEES])
        one.follow(epoch * EPOCH)
        steps.append(time.process_time() - before)
    assert np.median(steps[-200:]) < 4 * np.median(steps[:200])
    assert sum(steps) < 300 * stepped
