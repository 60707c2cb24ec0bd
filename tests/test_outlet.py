"""The process that plays: how long it is waited for, and how it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PATIENCE
from numpy.typing import NDArray

from lullaby.kernels.shared_numbers import AT_ONCE, Slot
from lullaby.player import outlet as outlets
from lullaby.player import output
from lullaby.player.child_process import ChildProcess
from lullaby.player.device import Device, meant
from lullaby.player.outlet import BEGINS, DEAD, STARTS, STEADY, Outlet, Way
from lullaby.player.ring import Ring
from lullaby.time import RATE

LEVEL = 0.5
PLAYS = {"plays": {"way": "null", "device": "null", "latency": 0.5}}


class Slow:
    """A process that says what it is told to, and an outlet that waits for it. Time goes by as asked."""

    pid, ended = 1, False

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._says: list[dict[str, Any]] = []
        self.now, self.ring = 0.0, Ring()
        monkeypatch.setattr(outlets, "ChildProcess", lambda *_: self)
        self.outlet = Outlet(self.ring, Way("null"))
        self.lost = 0
        self.outlet.watched = Watched(self)
        self.outlet.open(self.now)

    def said(self) -> dict[str, Any] | None:
        return self._says.pop(0) if self._says else None

    def tell(self, word: str) -> None: ...

    def end(self, patience: float) -> None: ...

    def says(self, what: dict[str, Any]) -> None:
        self._says.append(what)
        self.passes(0.1)

    def passes(self, seconds: float) -> int:
        """So much time, in which somebody looks ten times a second: how often it was lost by then."""
        for _ in range(round(10 * seconds)):
            self.now += 0.1
            self.outlet.look(self.now)
        return self.lost

    def plays(self, frames: int) -> None:
        """The callback is called."""
        self.ring.memory[Slot.HEARD] += frames
        self.ring.memory[Slot.CALLS] += 1
        self.passes(0.1)


class Watched:
    def __init__(self, slow: Slow) -> None:
        self._slow = slow

    def plays(self, facts: dict[str, Any]) -> None: ...

    def lost(self, why: str) -> None:
        self._slow.lost += 1


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


@pytest.mark.parametrize("seconds", [20.0, 2 * STARTS])
def test_a_process_has_as_long_for_its_next_word_as_it_says(slow: Slow, seconds: float) -> None:
    """A sound system that hangs is given up after a third of a minute, and not after two."""
    slow.says({"within": 1.0})
    slow.says({"within": seconds})
    assert slow.passes(seconds - 1) == 0
    assert slow.passes(2) == 1


def test_a_device_that_has_taken_what_it_can_hold_has_longer_for_its_next_callback(slow: Slow) -> None:
    slow.says(PLAYS)
    slow.plays(RATE // 2)
    assert slow.passes(BEGINS - 1) == 0
    slow.plays(RATE)  # more than it holds: it has played some
    assert slow.passes(DEAD - 0.2) == 0
    assert slow.passes(0.5) == 1


def test_a_device_is_not_dead_for_as_long_as_nobody_looked(slow: Slow) -> None:
    """The machine slept, and with it whoever plays."""
    slow.says(PLAYS)
    slow.plays(3 * RATE)
    slow.now += 600.0
    assert slow.passes(0.5) == 0
    slow.plays(RATE)
    assert slow.passes(DEAD - 0.2) == 0
    assert slow.passes(0.5) == 1


def test_a_device_that_comes_and_goes_is_tried_ever_more_seldom(slow: Slow) -> None:
    """One that plays for a second each time would else be opened without end; one that stays is trusted."""

    def away(plays: int) -> float:
        """Seconds until it is tried again, after it has played for so many tenths of a second."""
        slow.says(PLAYS)
        for _ in range(plays):
            slow.plays(RATE)
        before, opens = slow.lost, slow.outlet.opens
        while slow.lost == before:
            slow.passes(0.1)
        lost = slow.now
        while slow.outlet.opens == opens:
            slow.passes(0.1)
        return slow.now - lost

    waits = [away(10) for _ in range(5)]
    assert all(later > 1.5 * sooner for sooner, later in pairwise(waits))
    away(round(10 * STEADY) + 10)
    assert away(10) < 2 * waits[1]


def until(what: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < given_up
        time.sleep(0.005)


def gone(child: ChildProcess) -> None:
    """The player is: nobody holds the other end of the process's input."""


def let_go(child: ChildProcess) -> None:
    child.tell("end")


@pytest.mark.parametrize(("how", "fade"), [(gone, output.LAST_FADE), (let_go, output.AT_ONCE)])
def test_whatever_ends_it_while_it_sounds_it_fades_first(
    how: Callable[[ChildProcess], None], fade: int, tmp_path: Path
) -> None:
    ring, into = Ring(), tmp_path / "heard.f32"
    ring.write(np.full((ring.room, 2), LEVEL, np.float32))
    ring.play(AT_ONCE)
    way = {**asdict(Way("null", frames=256, into=str(into))), "ring": ring.handle}
    child = ChildProcess("lullaby.player.output", way, ring.fds)
    until(lambda: ring.read > RATE // 4)
    how(child)
    child.end(PATIENCE)
    assert comes_down(np.fromfile(into, np.float32)[::2], fade)


def test_an_outlet_that_is_closed_while_it_sounds_fades_first(tmp_path: Path) -> None:
    into = tmp_path / "heard.f32"
    outlet = Outlet(Ring(), Way("null", frames=256, into=str(into)))
    outlet.ring.write(np.full((outlet.ring.room, 2), LEVEL, np.float32))
    outlet.ring.play(AT_ONCE)
    outlet.open(0.0)
    until(lambda: outlet.ring.read > RATE // 4)
    outlet.close()
    assert comes_down(np.fromfile(into, np.float32)[::2], output.AT_ONCE)


def comes_down(sound: NDArray[np.float32], fade: int) -> bool:
    """Is it as loud as can be until it falls to nothing, without a step?"""
    steps = np.abs(np.diff(np.append(sound, np.float32(0))))
    return bool(sound.max() == np.float32(LEVEL) and steps.max() <= 1.6 * LEVEL / min(fade, AT_ONCE))


@pytest.mark.skipif(not hasattr(os, "sched_setscheduler"), reason="Linux alone has such priorities")
def test_a_system_that_lets_nobody_come_first_is_played_on_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[str]()

    def refuses(*_: object) -> None:
        asked.append("")
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuses)
    monkeypatch.setattr(os, "setpriority", refuses)
    output.come_first()
    assert len(asked) == 2


CARD = Device(0, "HDA: ALC257 (hw:0,0)", False, 2, 48e3)
SERVER = Device(1, "default", True, 2, 48e3)
PULSE = Device(2, "pulse", False, 2, 48e3)
BED, DESK = (Device(k, n, n == "Bed", 2, 48e3, "pulse", n.lower()) for k, n in enumerate(("Bed", "Desk")))


def test_devices_are_those_of_the_sound_server_and_of_port_audio_and_one_is_usual(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What PortAudio calls the server's own choice is no device beside the server's."""
    for sinks, beside, names, usual in (
        ([BED, DESK], [CARD, SERVER, PULSE], ["Bed", "Desk", CARD.name], "Bed"),
        ([BED, DESK], [replace(CARD, usual=True)], ["Bed", "Desk", CARD.name], "Bed"),
        ([], [CARD, SERVER, PULSE], [CARD.name, "default", "pulse"], "default"),
    ):
        monkeypatch.setattr(output, "port_audio_devices", lambda beside=beside: beside)
        found = output.all_devices(sinks)
        assert [one.name for one in found] == names
        assert [one.name for one in found if one.usual] == [usual]


def test_a_name_that_is_one_devices_own_is_not_taken_for_a_longer_one() -> None:
    there = [Device(k, name, k == 0, 2, 48e3) for k, name in enumerate(("USB Audio 2", "usb", "USB Audio"))]
    assert meant("USB Audio", there) == [there[2]]
    assert meant("usb", there) == [there[1]]
    assert meant("audio", there) == [there[0], there[2]]
    assert meant("desk", [BED, DESK]) == [DESK]
