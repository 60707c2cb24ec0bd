"""Whatever goes wrong, again and again: it is told once each, is no step in the sound, and never louder."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from at_work import Playing
from nights import night_of
from numpy.typing import NDArray

from lullaby.kernels.playback import AT_ONCE
from lullaby.player import outlet as outlets
from lullaby.player import producer as producers
from lullaby.player.ring import opened
from lullaby.player.unfolding import PIECE, Unfolding
from lullaby.player.ways import null_device
from lullaby.time import RATE

STEADY = 'length = 08:00:00\nfade_in = 0.5\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'
LEVEL = 0.05
SPEED = 8.0
AWAY = ("The sound device went away; it goes on when that is back.", "The sound device is back.")


class Plug:
    """Where a device can be pulled out and put in again. What it plays on is in this process, so that neither
    costs anything."""

    def __init__(self) -> None:
        self.is_in = True
        self.starts = list[int]()
        """The frames of what was heard at which a device began to play."""
        self.child: Child | None = None

    def child_process(self, module: str, asked: Mapping[str, Any], fds: object = ()) -> Child:
        self.child = Child(self, dict(asked))
        return self.child

    def pull(self) -> None:
        self.is_in = False
        assert self.child is not None
        self.child.end(0.0)


class Child:
    """What the player takes for a process that plays."""

    pid = 0

    def __init__(self, plug: Plug, asked: dict[str, Any]) -> None:
        self._device = contextlib.ExitStack()
        self.ended = not plug.is_in
        self._said: list[dict[str, Any]] = [{"why": "there is no such device"}]
        if plug.is_in:
            into = Path(asked["into"])
            plug.starts.append(into.stat().st_size // 8 if into.exists() else 0)
            facts = self._device.enter_context(null_device(opened(asked["ring"]), asked))
            self._stall = facts.pop("stall")
            self._said = [{"plays": facts}]

    def said(self) -> dict[str, Any] | None:
        return self._said.pop() if self._said else None

    def tell(self, word: str) -> None:
        if word == "stall":
            self._stall()

    def end(self, patience: float) -> None:
        self.ended = True
        self._device.close()


class Bed:
    """A player whose sound is one steady level, so that what is heard is its envelope."""

    def __init__(self, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def piece(unfolding: Unfolding) -> NDArray[np.float32]:
            frames = min(PIECE, unfolding.night.length - unfolding._made)
            unfolding._made += frames
            return np.full((frames, 2), LEVEL, np.float32)

        monkeypatch.setattr(Unfolding, "_piece", piece)
        self.plug, self.into, self.jumped = Plug(), into, 0.0
        monkeypatch.setattr(outlets, "ChildProcess", self.plug.child_process)
        monkeypatch.setattr(outlets, "STEADY", 0.0)
        monkeypatch.setattr(outlets, "FIRST_AGAIN", 0.05)
        monkeypatch.setattr(outlets, "DEAD", 0.5)

    def clock(self) -> float:
        return SPEED * time.monotonic() + self.jumped

    @contextlib.contextmanager
    def playing(self) -> Iterator[Playing]:
        with Playing(night_of(STEADY, gain=0.5), None, self.into, SPEED, clock=self.clock) as one:
            one.heard(2.0)
            self._began = self.clock() - one.player.frame / RATE
            yield one
            self.is_at_the_clocks_place(one)
        sound = one.sound[:, 0]
        for start, stop in zip(self.plug.starts, [*self.plug.starts[1:], len(sound)], strict=True):
            part = sound[start:stop]
            assert abs(part[0]) < LEVEL / 100
            assert np.abs(np.diff(part)).max() <= 1.6 * LEVEL / AT_ONCE
        assert sound.max() <= np.float32(LEVEL)
        assert one.error is None
        frames = [next(iter(entry.values())) for entry in one.entries]
        assert all(type(frame) is int for frame in frames)
        assert frames == sorted(frames)

    def is_at_the_clocks_place(self, one: Playing) -> None:
        one.until(lambda: abs(self.clock() - self._began - one.player.frame / RATE) < 2)


@pytest.fixture
def bed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bed:
    return Bed(tmp_path / "heard.f32", monkeypatch)


def is_back(one: Playing, times: int) -> None:
    one.until(lambda: len(one.said("back")) == times and one.player.state == "playing")
    one.until(lambda: one.last(RATE // 100).max(initial=0) == np.float32(LEVEL))


def test_a_device_is_pulled_out_and_put_in_again_20_times(bed: Bed) -> None:
    with bed.playing() as one:
        for time_ in range(1, 21):
            bed.plug.pull()
            one.until(lambda: one.player.state == "lost")
            bed.plug.is_in = True
            is_back(one, time_)
    assert one.notes == list(AWAY * 20)
    assert len(one.said("lost")) == len(one.said("back")) == 20
    assert len(one.said("device")) == 1


def test_a_device_that_was_away_for_long_comes_up_where_the_night_is_by_then(bed: Bed) -> None:
    """At once: what is heard first is no sound of ten minutes ago, which would have to be skipped."""
    with bed.playing() as one:
        bed.plug.pull()
        one.until(lambda: one.player.state == "lost")
        bed.jumped += 600.0
        bed.plug.is_in = True
        is_back(one, 1)
    (back,) = one.said("back")
    assert back["to"] - back["back"] >= 600 * RATE
    assert jumps(one) == []


def test_a_device_that_is_back_in_a_pause_stays_silent_until_somebody_goes_on(bed: Bed) -> None:
    with Playing(night_of(STEADY, gain=0.5), None, bed.into, SPEED, clock=bed.clock) as one:
        one.heard(2.0)
        one.player.ask(one.player.pause)
        one.until(lambda: one.player.ring.silent)
        frame = one.player.frame
        bed.plug.pull()
        one.until(lambda: one.player.state == "lost")
        bed.plug.is_in = True
        one.until(lambda: len(one.said("back")) == 1)
        given = one.player.ring.heard
        one.until(lambda: one.player.ring.heard > given + 4 * RATE)
        assert one.player.state == "paused"
        assert one.player.frame == frame
        assert not one.last(3 * RATE).any()
        one.player.ask(one.player.resume)
        one.until(lambda: one.last(RATE // 100).max(initial=0) == np.float32(LEVEL))
    assert one.error is None


def test_whatever_is_made_nothing_is_louder_than_the_ceiling_of_the_night(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Unfolding._piece
    monkeypatch.setattr(Unfolding, "_piece", lambda unfolding: make(unfolding) * np.float32(100))
    night = night_of(STEADY, gain=0.5)
    with Playing(night, None, bed.into, SPEED, clock=bed.clock) as one:
        one.heard(2.0)
    assert one.sound.max() == np.float32(night.ceiling) < 1


def test_a_night_whose_device_stays_away_ends_when_it_would_have(bed: Bed) -> None:
    """By its timer, by a fade that had begun, and by its own end."""
    for ends in (
        lambda player: player.end_in(8.0),
        lambda player: player.fade_out(8.0),
        lambda player: player.seek(player.night.length - 8 * RATE),
    ):
        bed.plug.is_in = True
        with Playing(night_of(STEADY, gain=0.5), None, bed.into, SPEED, clock=bed.clock) as one:
            one.heard(2.0)
            one.player.ask(partial(ends, one.player))
            one.until(lambda: one.player.left < 8)
            one.heard(0.5)
            bed.plug.pull()
            one.wait()
        assert one.error is None
        assert one.notes == list(AWAY[:1])
        assert "end" in one.entries[-1]


def test_a_device_whose_callbacks_stop_silently_is_opened_again_10_times(bed: Bed) -> None:
    with bed.playing() as one:
        for time_ in range(1, 11):
            one.outlet.tell("stall")
            is_back(one, time_)
    assert one.notes == list(AWAY * 10)
    assert len(one.said("lost")) == len(one.said("back")) == 10


def test_a_clock_that_jumps_10_times_is_followed(bed: Bed) -> None:
    """As it does while the machine sleeps."""
    with bed.playing() as one:
        for time_ in range(1, 11):
            bed.jumped += 600.0
            one.until(lambda: len(jumps(one)) == time_)  # noqa: B023
            bed.is_at_the_clocks_place(one)
            is_back(one, 0)
    assert one.notes == []
    assert len(jumps(one)) == 10


def jumps(one: Playing) -> list[dict[str, Any]]:
    """What a busy machine is late by is less."""
    return [entry for entry in one.said("late") if entry["to"] - entry["late"] > 300 * RATE]


def test_a_producer_that_fails_10_times_falls_silent_and_recovers(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(producers, "AGAIN", 0.1)
    step, broken, rows = Unfolding.step, False, 0

    def fails(unfolding: Unfolding) -> None:
        if broken:
            unfolding._at_hand.clear()
            unfolding._made = unfolding.taken
            raise ZeroDivisionError("a test")
        step(unfolding)

    with bed.playing() as one:
        monkeypatch.setattr(Unfolding, "step", fails)
        one.player._faults._seconds = lambda: 60.0 * rows  # whatever is between them
        for time_ in range(1, 11):
            rows, broken = time_, True
            one.until(lambda: not one.last(RATE // 2).any())
            broken = False
            is_back(one, 0)
            bed.is_at_the_clocks_place(one)
    assert one.notes == ["The sound could not be made (ZeroDivisionError: a test); it is tried again."] * 10
    assert len(one.said("fault")) >= 10


def test_a_device_that_stays_away_is_tried_ever_more_seldom() -> None:
    """In the first minute, and in each one after it."""
    tried = list[float]()

    class Away:
        pid, ended = 0, True

        def __init__(self, *_: object) -> None:
            tried.append(now)

        def said(self) -> dict[str, Any]:
            return {"why": "there is no such device"}

        def tell(self, word: str) -> None: ...

        def end(self, patience: float) -> None: ...

    now, ring = 0.0, outlets.Ring()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outlets, "ChildProcess", Away)
        outlet = outlets.Outlet(ring, outlets.Way("null"))
        outlet.open(now)
        while now < 10 * 60:
            now += 0.1
            outlet.look(now)
    minutes = np.histogram(tried, bins=np.arange(0, 660, 60))[0]
    assert minutes[0] <= 10
    assert minutes[1:].max() <= 4
    assert minutes.min() >= 3


def test_a_fade_whose_device_was_away_meanwhile_is_silent_on_time(bed: Bed) -> None:
    with Playing(night_of(STEADY, gain=0.5), None, bed.into, SPEED, clock=bed.clock) as one:
        one.heard(2.0)
        one.player.ask(partial(one.player.fade_out, 80.0))
        one.heard(8.0)
        bed.plug.pull()
        one.until(lambda: one.player.state == "lost")
        bed.jumped += 40.0
        bed.plug.is_in = True
        one.until(lambda: len(one.said("back")) == 1)
        over = one.player.ring.heard + round(one.player.left * RATE)
        one.until(lambda: one.player.ring.over)
        late = (one.player.ring.heard - over) / RATE
        one.wait()
    assert abs(late) < 4.0, "a tenth of what it was away"
