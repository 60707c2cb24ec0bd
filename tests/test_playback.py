"""The callback and its ring: every frame once and in order, and every gain without a click."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lullaby.kernels.playback import play
from lullaby.kernels.shared_numbers import AT_ONCE, EVEN, REFILL, RESERVE, RING, SOFT
from lullaby.player.ring import Ring, opened
from lullaby.time import RATE

Sound = NDArray[np.float32]

BLOCK = 256
UP = RATE // 10
"""Frames of the first ramp in these tests."""


def steady(frames: int, value: float = 0.5) -> Sound:
    return np.full((frames, 2), value, np.float32)


def counted(start: int, frames: int) -> Sound:
    """Frames that say which they are."""
    numbers = (np.arange(start, start + frames) / 2**20).astype(np.float32)
    return np.stack([numbers, -numbers], axis=1)


class Speaker:
    """A device that plays as fast as it is asked to, and a ring that is filled from a source."""

    def __init__(self, source: Sound) -> None:
        self.ring, self.source, self.sent = Ring(), source, 0
        self.ring.play(UP)

    def feed(self) -> None:
        count = min(self.ring.room, len(self.source) - self.sent, RATE)
        self.ring.write(self.source[self.sent : self.sent + count])
        self.sent += count

    def hear(self, frames: int, block: int = BLOCK, fed: bool = True) -> Sound:
        heard = []
        for _ in range(-(-frames // block)):
            if fed:
                self.feed()
            out = np.full(2 * block, np.nan, np.float32)
            play(self.ring.memory, out)
            heard.append(out.reshape(-1, 2))
        return np.concatenate(heard)[:frames]


def smooth(sound: Sound, frames: int = AT_ONCE) -> bool:
    """Does it nowhere change faster than a ramp of so many frames does?"""
    return float(np.abs(np.diff(sound[:, 0])).max()) <= 0.5 * 1.6 / frames


@pytest.mark.parametrize("block", [1, 64, 256, 1_000, 4_096])
def test_every_frame_is_heard_once_and_in_order_once_the_sound_is_up(block: int) -> None:
    speaker = Speaker(counted(1, 3 * RING))
    heard = speaker.hear(2 * RING, block)
    assert (heard[UP:] == counted(1, 2 * RING)[UP:]).all()
    assert speaker.ring.read == -(-2 * RING // block) * block
    assert speaker.ring.starved == 0


def test_a_start_comes_up_from_nothing() -> None:
    heard = Speaker(steady(RATE)).hear(RATE // 2)
    assert heard[0, 0] < 1e-3
    assert (np.diff(heard[:UP, 0]) >= 0).all()
    assert smooth(heard, UP)
    assert (heard[UP:] == 0.5).all()


def test_nothing_is_played_before_there_is_enough_to_go_on_with() -> None:
    speaker = Speaker(steady(RATE))
    speaker.ring.write(steady(REFILL - 1))
    assert not speaker.hear(10 * BLOCK, fed=False).any()
    speaker.ring.write(steady(1))
    assert speaker.hear(10 * BLOCK, fed=False).any()
    assert speaker.ring.starved == 0
    assert speaker.ring.first == 10 * BLOCK


def test_a_sound_that_is_shorter_than_that_is_heard_all_the_same() -> None:
    speaker = Speaker(steady(0))
    speaker.ring.play(1)
    speaker.ring.write(counted(1, 1_000))
    speaker.ring.end()
    heard = speaker.hear(2_048, fed=False)
    assert (heard[:1_000] == counted(1, 1_000)).all()
    assert not heard[1_000:].any()
    assert speaker.ring.over


def test_a_ring_that_runs_dry_fades_and_comes_back_when_it_is_filled() -> None:
    speaker = Speaker(steady(10 * RATE))
    speaker.hear(RATE)
    dry = speaker.hear(RING + RATE, fed=False)
    assert smooth(dry)
    assert not dry[-RATE:].any()
    assert speaker.ring.starved == 1
    read = speaker.ring.read
    assert speaker.ring.written - read <= RESERVE  # nothing is thrown away that can be faded with
    again = speaker.hear(RATE)
    assert smooth(again)
    assert (again[-1_000:] == 0.5).all()
    assert speaker.ring.starved == 1


def test_a_ring_that_is_filled_in_drops_is_no_rattle() -> None:
    """Whatever comes late: each time it has to fade it waits until there is enough again."""
    speaker = Speaker(steady(60 * RATE))
    speaker.hear(RATE)
    heard = []
    for _ in range(2_000):  # half as fast as it is heard
        speaker.ring.write(steady(min(BLOCK // 2, speaker.ring.room)))
        heard.append(speaker.hear(BLOCK, fed=False))
    sound = np.concatenate(heard)
    assert smooth(sound)
    starts = np.count_nonzero((sound[1:, 0] > 0) & (sound[:-1, 0] == 0))
    assert 3 < starts <= 2_000 * BLOCK / (REFILL + RESERVE) + 1


def test_a_pause_is_silent_and_takes_nothing_away() -> None:
    speaker = Speaker(counted(1, 10 * RATE))
    speaker.hear(RATE)
    speaker.ring.pause(RATE // 10)
    falling = speaker.hear(RATE)
    read = speaker.ring.read
    assert not falling[RATE // 10 + BLOCK :].any()
    assert not speaker.hear(5 * RATE).any()
    assert speaker.ring.read == read
    assert speaker.ring.silent
    speaker.ring.play(RATE // 10)
    back = speaker.hear(RATE)
    assert (back[RATE // 10 :] == counted(1 + read, RATE)[RATE // 10 :]).all()


@pytest.mark.parametrize("curve", [SOFT, EVEN])
@pytest.mark.parametrize("seconds", [0.5, 20])
def test_an_ending_is_on_time_and_never_rises(curve: int, seconds: float) -> None:
    speaker, frames = Speaker(steady(40 * RATE)), round(seconds * RATE)
    speaker.hear(RATE)
    speaker.ring.fade_out(frames, curve)
    heard = speaker.hear(frames + RATE)[:, 0]
    assert (np.diff(heard) <= 0).all()
    assert heard[0] > 0.499
    assert not heard[frames:].any()
    assert heard[frames - 3] > 0
    half = heard[frames // 2] / 0.5
    assert half == pytest.approx(0.5 if curve == SOFT else 10**-1.5, rel=0.01)
    assert speaker.ring.over
    assert not speaker.hear(RATE).any()


def test_an_ending_that_is_taken_back_is_undone_at_once() -> None:
    speaker = Speaker(steady(40 * RATE))
    speaker.hear(RATE)
    speaker.ring.fade_out(10 * RATE, SOFT)
    faded = speaker.hear(9 * RATE)
    assert faded[-1, 0] < 0.02
    speaker.ring.take_back()
    back = speaker.hear(RATE)
    assert smooth(back)
    assert (np.diff(back[:, 0]) >= 0).all()
    assert (back[RATE // 2 :] == 0.5).all()


def test_an_ending_is_on_time_where_sound_is_missing() -> None:
    speaker = Speaker(steady(40 * RATE))
    speaker.hear(RATE)
    speaker.hear(RING + RATE, fed=False)
    assert speaker.ring.silent
    speaker.ring.fade_out(RATE, SOFT)
    assert not speaker.hear(RATE - BLOCK, fed=False).any()
    assert not speaker.ring.over
    speaker.hear(2 * BLOCK, fed=False)
    assert speaker.ring.over


@pytest.mark.parametrize(("first", "second"), [(EVEN, SOFT), (SOFT, EVEN)])
def test_an_ending_of_another_curve_begins_where_the_one_before_is_not_undone_yet(
    first: int, second: int
) -> None:
    """Halfway down, one curve is 30 dB below the other."""
    speaker = Speaker(steady(40 * RATE))
    heard = [speaker.hear(RATE, 240)]
    speaker.ring.fade_out(2 * RATE, first)
    heard.append(speaker.hear(RATE, 240))
    speaker.ring.take_back()
    heard.append(speaker.hear(RATE // 8, 240))
    speaker.ring.fade_out(2 * RATE, second)
    heard.append(speaker.hear(3 * RATE, 240))
    assert smooth(np.concatenate(heard))
    assert (np.diff(heard[-1][:, 0]) <= 0).all()
    speaker.ring.take_back()
    speaker.hear(RATE, 240)
    speaker.ring.fade_out(2 * RATE, second)
    middle = speaker.hear(RATE, 240)[-1, 0]
    assert (middle < 0.05) == (second == EVEN)  # the next one has its own


def test_a_skip_goes_on_with_what_is_written_next() -> None:
    speaker = Speaker(counted(1, RATE))
    speaker.hear(RATE // 2)
    first = speaker.ring.jump()
    speaker.source, speaker.sent = counted(500_000, 5 * RATE), 0
    heard = speaker.hear(2 * RATE)
    quiet = np.flatnonzero(~heard.any(axis=1))
    last, back = int(quiet[0]), int(quiet[-1])
    assert (heard[:last, 0] < 0.1).all()  # still the old
    assert (heard[back + 1 + UP :, 0] > 0.4).all()
    start = int(np.flatnonzero(heard[back:, 0])[0]) + back
    assert (heard[start + UP :] == counted(500_000, 5 * RATE)[UP : UP + len(heard) - start - UP]).all()
    assert speaker.ring.read >= first


def test_a_volume_moves_without_a_click_and_is_exact_where_it_rests() -> None:
    speaker = Speaker(steady(40 * RATE))
    speaker.hear(RATE)
    for gain in (0.25, 0.0, 1.0):
        speaker.ring.set_volume(gain)
        heard = speaker.hear(RATE // 2)
        assert smooth(heard)
        np.testing.assert_array_equal(heard[AT_ONCE:], np.float32(0.5 * gain))


@pytest.mark.parametrize("wrong", [3.0, -3.0, np.nan, np.inf])
def test_nothing_is_louder_than_the_ceiling(wrong: float) -> None:
    speaker = Speaker(steady(RATE, wrong))
    speaker.ring.set_ceiling(0.4)
    speaker.ring.set_volume(2.0)  # no gain is above 1
    heard = speaker.hear(RATE // 2)
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= np.float32(0.4)


def test_a_device_that_is_opened_again_begins_at_nothing() -> None:
    speaker = Speaker(steady(10 * RATE))
    speaker.hear(RATE)
    speaker.ring.starts_from_nothing()
    assert smooth(speaker.hear(RATE))


def test_another_process_sees_the_same_ring() -> None:
    ring = Ring()
    ring.write(counted(1, 100))
    assert (opened(ring.handle) == ring.memory).all()


def test_a_ring_takes_no_more_than_it_holds() -> None:
    ring = Ring()
    ring.write(steady(RING - 1))
    with pytest.raises(ValueError, match="do not fit"):
        ring.write(steady(2))
