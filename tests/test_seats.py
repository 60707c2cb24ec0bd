"""Where voices sit: a night folds to one loudspeaker without loss, and nothing moves around a sleeper."""

from __future__ import annotations

import numpy as np
import pytest
from nights import SCORES, night_of
from numpy.typing import NDArray

import lullaby
from lullaby.night import Night
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span


def folded(sound: NDArray[np.float32]) -> float:
    """dB of both channels together beside the two apart: 0 for strangers, below where they take from each
    other."""
    left, right = sound.T.astype(np.float64)
    together, apart = np.mean((left + right) ** 2), np.mean(left**2) + np.mean(right**2)
    return float(10 * np.log10(together / apart)) if apart else 0.0


@pytest.mark.parametrize("score", SCORES)
def test_a_night_folds_to_mono_without_loss(score: str) -> None:
    """All of it, room and all, and every voice of it where it sits."""
    night = lullaby.load(score, seed=11, sleeper="none")
    for number in range(1, night.length // PAGE - 2, 5):
        assert folded(night.page(number)) > -0.5
    for name in {name for number in (1, 6, 11) for name in night.voices_at(number * PAGE)}:
        number = next(n for n in (1, 6, 11) if name in night.voices_at(n * PAGE))
        assert folded(night.stem(name, Span(number * PAGE, (number + 1) * PAGE))) > -0.5


MOVING = """
length = 01:00:00
all_night = "to see what goes on"
[voices]
sea = "shore"
rain = "open-rain"
[scene.first]
at = 0
sea = { level = -6, pan = -0.5 }
rain = -9
[scene.under-way]
at = 00:09:30
over = 60
sea = { pan = 0.2 }
[scene.asleep]
at = 00:20:00
over = 60
sea = { level = -9, pan = 0.9 }
rain = { pan = -0.9 }
[follow]
rain = { n2 = { pan = 0.6 } }
[wake]
at = 00:50:00
"""


def test_nothing_moves_after_sleep_has_come() -> None:
    """A glide under way is left to end; the same scene still says how loud it is."""
    stages = [Stage.AWAKE] * 20 + [Stage.N1] * 10 + [Stage.N2] * 50
    score = night_of(MOVING).score
    night = Night(score, seed=1, course=Course.from_epochs(stages))
    sea, rain = night.plan.soundings
    assert sea.pan.value_at(10 * PAGE) == pytest.approx(-0.15)
    late = range(round(10.5 * PAGE), night.length, 10 * RATE)
    assert {sea.pan.value_at(at) for at in late} == {0.2}
    assert {rain.pan.value_at(at) for at in range(0, night.length, 10 * RATE)} == {0.0}
    assert {one.controls.curve("pan") for one in (sea, rain)} == {sea.pan, rain.pan}
    assert sea.level.value_at(22 * PAGE) == -9
    awake = Night(score, seed=1)
    assert awake.plan.soundings[0].pan.value_at(22 * PAGE) == 0.9
