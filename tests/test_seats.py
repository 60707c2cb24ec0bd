"""Where voices sit: a night folds to one loudspeaker without loss, and nothing moves around a sleeper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nights import SCORES, night_of, voices_at
from numpy.typing import NDArray
from short_tales import cut_short

import lullaby
from lullaby.errors import AskedWrongly
from lullaby.night import Night
from lullaby.score.model import STATES
from lullaby.score.setting_values import can_move
from lullaby.score.settings import SEAT
from lullaby.sleep.course import Course
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.kinds import KINDS, VOICES


def folded(sound: NDArray[np.float32]) -> float:
    """dB of both channels together beside the two apart: 0 for strangers, below where they take from each
    other."""
    left, right = sound.T.astype(np.float64)
    together, apart = np.mean((left + right) ** 2), np.mean(left**2) + np.mean(right**2)
    assert apart > 0  # silence folds to anything
    return float(10 * np.log10(together / apart))


@pytest.mark.parametrize("score", SCORES)
def test_every_voice_of_a_night_folds_to_mono_without_loss(
    score: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it sits. The whole night is listened to in test_laws_of_nights."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    cut_short(tmp_path)
    night = lullaby.load(score, seed=11, sleeper="none")
    for name in {name for number in (2, 6, 11) for name in voices_at(night, number * PAGE)}:
        number = next(n for n in (2, 6, 11) if name in voices_at(night, n * PAGE))
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
[wake]
at = 00:50:00
"""


def test_nothing_moves_after_sleep_has_come() -> None:
    """A glide under way is left to end; the same scene still says how loud it is."""
    stages = [Stage.AWAKE] * 20 + [Stage.N1] * 10 + [Stage.N2] * 50
    score = night_of(MOVING).score
    night = Night(score, seed=1, course=Course.from_epochs(stages))
    sea, rain = night.plan.tracks
    assert sea.pan.value_at(10 * PAGE) == pytest.approx(-0.15)
    late = range(round(10.5 * PAGE), night.length, 10 * RATE)
    assert {sea.pan.value_at(at) for at in late} == {0.2}
    assert {rain.pan.value_at(at) for at in range(0, night.length, 10 * RATE)} == {0.0}
    assert {one.controls.curve("pan") for one in (sea, rain)} == {sea.pan, rain.pan}
    assert sea.level.value_at(22 * PAGE) == -9
    awake = Night(score, seed=1)
    assert awake.plan.tracks[0].pan.value_at(22 * PAGE) == 0.9


SEATS = [
    (kind, row.name) for kind in sorted(VOICES) for row in KINDS[kind] if row.name in SEAT and can_move(row)
]
"""Every setting, of every kind, that says where a voice is and that a scene may move."""

TOLD_WHERE = """
length = 01:00:00
all_night = "to see what goes on"
[voices]
one = "{kind}"
late = "{kind}"
[scene.first]
at = 0
one = {{ level = -6, {where} = {a} }}
[scene.before-sleep]
at = 00:05:00
over = 60
one = {{ {where} = {b} }}
[scene.under-way]
at = 00:09:30
over = 60
one = {{ {where} = {c} }}
[scene.asleep]
at = 00:20:00
over = 60
one = {{ level = -9, {where} = {d} }}
late = {{ level = -9, {where} = {d} }}
[scene.morning]
at = 00:52:00
one = {{ {where} = {b} }}
late = {{ {where} = {b} }}
[wake]
at = 00:50:00
"""


def test_every_kind_has_a_seat_that_can_be_moved() -> None:
    assert {kind for kind, where in SEATS if where == "pan"} == set(VOICES)
    assert {kind for kind, where in SEATS if where == "send"} == set(VOICES)
    assert {where for _, where in SEATS} == SEAT


@pytest.mark.usefixtures("a_clip")
@pytest.mark.parametrize(("kind", "where"), SEATS)
def test_nothing_comes_nearer_or_moves_off_after_sleep_has_come(kind: str, where: str) -> None:
    """A seat is a side, a distance, a width and a share of the room. Before sleep it moves as scenes say, a
    glide under way ends, and no other begins: not by a scene, not in the morning, and no score may ask
    for it by a stage of sleep. What comes out of silence comes in its place. With nobody asleep all
    happens."""
    row = KINDS[kind].named(where)
    assert row is not None
    a, b, c, d = (round(row.low + share * (row.high - row.low), 2) for share in (0.2, 0.6, 0.4, 0.8))
    score = night_of(TOLD_WHERE.format(kind=kind, where=where, a=a, b=b, c=c, d=d)).score
    stages = [Stage.AWAKE] * 20 + [Stage.N1] * 10 + [Stage.N2] * 70 + [Stage.AWAKE] * 20
    one, late = Night(score, seed=1, course=Course.from_epochs(stages)).plan.tracks
    awake, after = Night(score, seed=1).plan.tracks
    for sleeps in (one, awake):
        moved = sleeps.controls.curve(where)
        assert [moved.value_at(minute * PAGE) for minute in (1, 7)] == [a, b]
        assert moved.value_at(10 * PAGE) == pytest.approx((b + c) / 2)
    rest = range(round(10.5 * PAGE), score.length, 10 * RATE)
    assert {one.controls.curve(where).value_at(at) for at in rest} == {c}
    assert {late.controls.curve(where).value_at(at) for at in rest if at >= 20 * PAGE} == {d}
    assert one.level.value_at(22 * PAGE) == late.level.value_at(22 * PAGE) == -9
    for sounds_on in (awake, after):
        assert [sounds_on.controls.curve(where).value_at(at * PAGE) for at in (22, 54)] == [d, b]
    for each in (one, late, awake, after):
        assert (each.pan, each.send) == (each.controls.curve("pan"), each.controls.curve("send"))
    for state in STATES:
        followed = TOLD_WHERE + f"[follow]\none = {{{{ {state} = {{{{ {{where}} = {{d}} }}}} }}}}\n"
        with pytest.raises(AskedWrongly) as wrong:
            night_of(followed.format(kind=kind, where=where, a=a, b=b, c=c, d=d))
        assert f"[follow]: one.{state}: {where} says where a voice is" in str(wrong.value)
        assert f"a scene that is over before sleep may change {where}" in str(wrong.value)
