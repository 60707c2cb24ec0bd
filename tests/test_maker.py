"""Sound made in a process of its own: it is the same sound, and what happens to the process is not heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE
from nights import each_score

import lullaby
from lullaby.night.pages import GrowingPage
from lullaby.people.caps import Caps
from lullaby.player import Outlet, Player, Way, producer
from lullaby.player import maker as makers
from lullaby.player.maker import Maker, MakerGone, NotMade
from lullaby.player.making import KEPT
from lullaby.player.ring import Ring
from lullaby.time import PAGE, RATE, STEP, Span, page_span


@pytest.fixture(scope="module")
def maker() -> Iterator[Maker]:
    made = Maker()
    yield made
    made.close()


@each_score()
def test_a_page_made_elsewhere_is_the_page_bit_for_bit(score: str, maker: Maker) -> None:
    night = lullaby.load(score, seed=5, sleeper="typical", stories=False)
    for number in (0, 18):
        here = GrowingPage(night.plan, night.loudness(), number)
        there = maker.page(night.plan, night.loudness(), number)
        start = page_span(number).start
        for piece in (Span(0, 700), Span(700, RATE), Span(4 * RATE, 5 * RATE), Span(RATE, RATE + 64)):
            span = Span(start + piece.start, start + piece.stop)
            np.testing.assert_array_equal(there.sound(span), here.sound(span))


def test_limits_and_headphones_come_along(maker: Maker) -> None:
    night = lullaby.load("harbour-rain", seed=5, sleeper="typical", headphones=True, stories=False)
    night.caps = Caps(hard=night.measured_a - 20, aim=night.measured_a - 20)
    here = GrowingPage(night.plan, night.loudness(), 0)
    there = maker.page(night.plan, night.loudness(), 0)
    there.make(2 * RATE)
    np.testing.assert_array_equal(there.sound(Span(RATE, 2 * RATE)), here.sound(Span(RATE, 2 * RATE)))


def killed(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def stopped(pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows stops no process")
@pytest.mark.parametrize("how", [killed, stopped])
def test_a_maker_that_is_lost_is_replaced(how: object, monkeypatch: pytest.MonkeyPatch) -> None:
    night = lullaby.load("plain", seed=5, sleeper="none")
    made = Maker()
    filled = list[None]()
    made.meanwhile = lambda: filled.append(None)
    try:
        page = made.page(night.plan, night.loudness(), 0)
        first = page.sound(Span(0, RATE))
        pid = made.pid
        filled.clear()
        assert callable(how)
        monkeypatch.setattr(makers, "PATIENCE", 0.5)
        how(pid)
        with pytest.raises(MakerGone, match="ended or stands still"):
            page.sound(Span(RATE, 2 * RATE))
        assert len(filled) > (2 if how is stopped else 0), "what is at hand is played meanwhile"
        assert made.pid is not None, "a fresh one comes up already"
        monkeypatch.setattr(makers, "PATIENCE", PATIENCE)
        again = page.sound(Span(0, RATE))
        assert made.pid != pid
        np.testing.assert_array_equal(again, first)
    finally:
        made.close()


class Slow:
    """A maker's process that says these one after the other, each after a second; None: nothing."""

    pid, ended = 1, False

    def __init__(self, says: list[dict[str, object] | None], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self._says = 0.0, says
        monkeypatch.setattr(makers, "ChildProcess", lambda *_: self)
        monkeypatch.setattr(makers, "time", self)

    def monotonic(self) -> float:
        return self.now

    def waits(self, seconds: float) -> dict[str, object] | None:
        self.now += 1.0
        return self._says.pop(0)

    def tell(self, word: str) -> None: ...

    def end(self, patience: float) -> None: ...


ALIVE: dict[str, object] = {"alive": True}
DONE: dict[str, object] = {"done": True}
FEW, MANY = round(makers.PATIENCE) - 1, round(makers.PATIENCE) + 3


@pytest.mark.parametrize(
    ("says", "is_gone"),
    [
        ([*[None] * MANY, DONE], False),  # it loads all it takes, on a slow machine
        ([*[None] * MANY, ALIVE, *[None] * FEW, DONE], False),
        ([*[ALIVE] * 5 * MANY, DONE], False),  # it compiles
        ([ALIVE, *[None] * FEW] * 3 + [DONE], False),
        ([ALIVE, *[None] * MANY, DONE], True),
        ([*[None] * (round(makers.STARTS) + 3), DONE], True),
    ],
)
def test_a_maker_is_waited_for_while_it_loads_and_while_it_says_that_it_is_at_work(
    says: list[dict[str, object] | None], is_gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Slow(says, monkeypatch)
    if is_gone:
        with pytest.raises(MakerGone):
            Maker().ask({})
    else:
        assert Maker().ask({}) == DONE


def test_the_page_that_is_heard_is_kept_however_many_are_made_beside_it(maker: Maker) -> None:
    night = lullaby.load("plain", seed=5, sleeper="none")
    heard, *others = (maker.page(night.plan, night.loudness(), number) for number in range(6))
    for second, other in enumerate(others):
        heard.sound(Span(second * RATE, (second + 1) * RATE))
        other.make(other.span.start + STEP)
    assert len(heard.sound(Span(5 * RATE, 6 * RATE))) == RATE


def test_what_cannot_be_made_is_said_and_the_maker_goes_on(maker: Maker) -> None:
    night = lullaby.load("plain", seed=5, sleeper="none")
    page = maker.page(night.plan, night.loudness(), 0)
    with pytest.raises(NotMade, match=r"ValueError.*is not in the page"):
        page.sound(Span(2 * PAGE, 2 * PAGE + 64))
    assert len(page.sound(Span(0, 64))) == 64


def test_a_page_that_the_maker_has_forgotten_is_told_to_it_again(maker: Maker) -> None:
    """It keeps three, and changes that come quickly have many made anew."""
    night = lullaby.load("plain", seed=5, sleeper="none")
    first = maker.page(night.plan, night.loudness(), 0)
    whole = first.sound(Span(0, 2 * RATE))
    for _ in range(KEPT):
        maker.page(night.plan, night.loudness(), 0).make(64)
    np.testing.assert_array_equal(first.sound(Span(RATE, 2 * RATE)), whole[RATE:])


def test_a_maker_ends_with_whoever_asked_for_it() -> None:
    """Also where that is killed."""
    program = "from lullaby.player.maker import Maker; m = Maker(); print(m.pid, flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    child.kill()
    child.communicate()
    given_up = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}/stat").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split():
        assert time.monotonic() < given_up
        time.sleep(0.02)


def test_a_maker_that_is_killed_ten_times_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made ahead is played until a fresh one has come up; what is heard is the night."""
    monkeypatch.setattr(producer, "AGAIN", 0.01)
    night = lullaby.load("harbour-rain", seed=5, sleeper="none", stories=False)
    span = Span(0, 40 * RATE)
    into, entries = tmp_path / "heard.f32", list[dict[str, object]]()
    outlet = Outlet(Ring(), Way("null", speed=0, into=str(into)))
    made, seen = Maker(), set[int]()
    player = Player(night, span, outlet=outlet, maker=made, log=entries.append, clock=lambda: 1.0)

    def kill_each() -> None:
        if made.pid is not None and made.pid not in seen and player.ring.first >= 0 and len(seen) < 10:
            seen.add(made.pid)
            killed(made.pid)

    player.every_tick(kill_each)
    assert player.run()
    assert len(seen) == 10
    expected = night.render(span)
    data = np.frombuffer(into.read_bytes(), np.float32).reshape(-1, 2)
    sounding = np.flatnonzero(data.any(axis=1))
    heard = data[sounding[-1] + 1 - len(expected) : sounding[-1] + 1]
    assert (heard[RATE:] == expected[RATE:]).all()
    assert sum("fault" in entry for entry in entries) >= 5


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is not told apart so")
def test_a_minute_that_was_heard_takes_no_memory() -> None:
    night = lullaby.load("plain", seed=5, sleeper="none")
    made = Maker()
    try:
        page = made.page(night.plan, night.loudness(), 1)
        page.sound(Span(PAGE, PAGE + RATE))
        before = own_mb(made.pid)
        for start in range(PAGE + RATE, 2 * PAGE, RATE):
            page.sound(Span(start, start + RATE))
        assert own_mb(made.pid) - before < 8, "all of it is 23 MB"
    finally:
        made.close()


def own_mb(pid: int | None) -> float:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) / 1024 for row in rows if row.startswith("Private_Dirty:"))
