"""A night heard now: what a device is given is the night, whatever goes wrong on the way."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from at_work import Playing
from conftest import PATIENCE, Recording, SoundServer
from nights import load, night_of
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.night import Night
from lullaby.night.faders import FaderMove
from lullaby.night.night import Growth
from lullaby.player import Player, Way
from lullaby.player import player as players
from lullaby.player.device import Device, called, meant
from lullaby.player.faults import MOST, Faults
from lullaby.player.outlet import Outlet, State
from lullaby.player.place import Place
from lullaby.player.ring import Ring
from lullaby.time import PAGE, RATE, Span

STEADY = 'length = 01:00:00\nfade_in = 0.5\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'
RUN = "from lullaby.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
AS_FAST_AS_IT_COMES = 0.0


def stands_still() -> float:
    """A clock that nothing can fall behind, however busy the machine is."""
    return 1.0


@pytest.fixture(scope="module")
def steady() -> Night:
    return night_of(STEADY, gain=0.5)


@pytest.fixture
def playing(tmp_path: Path) -> Callable[..., Playing]:
    def play(night: Night, span: Span | None = None, speed: float = 1.0, **how: Any) -> Playing:
        return Playing(night, span, tmp_path / "heard.f32", speed, **how)

    return play


def aligned(sound: NDArray[np.float32], night: NDArray[np.float32]) -> NDArray[np.float32]:
    """What was heard from where the night begins on: its last sounding frame is that of the night."""
    last, end = (int(np.flatnonzero(one.any(axis=1))[-1]) for one in (sound, night))
    return sound[last - end :]


def test_the_card_is_given_the_night_sample_for_sample(playing: Callable[..., Playing]) -> None:
    """From the first second, in which it comes up, to the last frame; over the edge of a page."""
    night = load("harbour-rain", seed=5, sleeper="typical")
    span = Span(PAGE - 4 * RATE, PAGE + 5 * RATE + 77)
    with playing(night, span, speed=AS_FAST_AS_IT_COMES, clock=stands_still) as one:
        one.wait()
    assert one.whole
    assert one.notes == []
    expected = night.render(span)
    heard = aligned(one.sound, expected)
    assert (heard[players.RISE : len(expected)] == expected[players.RISE :]).all()
    assert (np.abs(heard[: players.RISE]) <= np.abs(expected[: players.RISE])).all()
    assert np.abs(heard[:10]).max() < 1e-6
    assert one.player.ring.starved == 0


def test_what_was_heard_is_the_night_as_it_became(playing: Callable[..., Playing]) -> None:
    """A fader is moved while it plays: the night that the player has then is what was heard."""
    night = load("harbour-rain", seed=5)
    span = Span(3 * PAGE, 3 * PAGE + 8 * RATE)
    name = max(night.plan.tracks, key=lambda track: track.level.value_at(span.start)).name
    with playing(night, span, speed=1.0) as one:
        one.heard(0.5)
        one.player.change(lambda night, frame: Growth(frame, moves=(FaderMove(frame, name, -20.0),)))
        one.wait()
    grown = one.player.night
    assert [growth.moves[0].voice for growth in grown.grown] == [name]
    expected = grown.render(span)
    if one.player.ring.starved == 0 and not one.said("late"):  # on a machine that can
        heard = aligned(one.sound, expected)
        assert (heard[players.RISE : len(expected)] == expected[players.RISE :]).all()
    assert (expected != night.render(span)).any()


def is_smooth(sound: NDArray[np.float32], level: float) -> bool:
    """Is there no edge of a sound that begins or ends at once?"""
    tenths = np.abs(sound[: len(sound) // 480 * 480, 0]).reshape(-1, 480).max(axis=1)
    return bool(np.abs(np.diff(tenths)).max() <= 0.75 * level)


def test_pause_volume_and_stop(playing: Callable[..., Playing], steady: Night) -> None:
    with playing(steady) as one:
        one.heard(1.5)
        one.player.ask(one.player.pause)
        one.until(lambda: one.player.ring.silent)
        frame = one.player.frame
        before = one.player.ring.heard
        one.until(lambda: one.player.ring.heard > before + RATE)
        assert one.player.frame == frame
        one.player.ask(one.player.resume)
        one.heard(0.5)
        one.player.ask(partial(one.player.set_volume, -20.0))
        one.heard(0.5)
        one.player.ask(one.player.stop)
        one.wait()
    assert one.whole is False
    assert one.error is None
    sound = one.sound
    loudest = np.abs(sound).max()
    assert np.abs(sound[-RATE // 4 :]).max() < 0.1 * loudest / 2
    assert [next(iter(entry)) for entry in one.entries if "device" not in entry] == [
        "volume", "pause", "resume", "volume", "fade", "end",
    ]  # fmt: skip


def test_a_fade_that_is_taken_back_goes_on_as_loud_as_before(
    playing: Callable[..., Playing], steady: Night
) -> None:
    with playing(steady) as one:
        one.heard(1.5)
        one.player.ask(partial(one.player.fade_out, 60.0))
        one.heard(0.5)
        assert one.player.state == "fading"
        one.player.ask(one.player.more)
        one.heard(1.5)
        assert one.player.state == "playing"
        assert not one.player.ring.over


def test_more_after_the_fade_goes_on_where_the_fade_began(
    playing: Callable[..., Playing], steady: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    with playing(steady) as one:
        one.heard(1.2)

        def faded_and_taken_back() -> None:
            one.player.fade_out(1.5)
            one.until(lambda: one.player.ring.over)
            one.player.more()

        one.player.ask(faded_and_taken_back)
        one.until(lambda: len(one.said("more")) == 1)
        began = one.said("fade")[0]["fade"]
        one.until(lambda: abs(one.player.frame - began) < RATE and not one.player.ring.over)
        one.heard(1.0)
    assert all(entry["to"] - entry["late"] < RATE for entry in one.said("late"))  # it is not behind for that


def test_a_timer_ends_in_its_fade(playing: Callable[..., Playing], steady: Night) -> None:
    one = playing(steady)
    one.player.end_in(3.0, fade=1.5)
    with one:
        one.wait()
    (fade,) = one.said("fade")
    assert fade["seconds"] == pytest.approx(1.5, abs=0.4)
    assert one.whole is False


def back_again(one: Playing, times: int) -> None:
    one.until(lambda: len(one.said("back")) == times and one.player.state == "playing")
    one.heard(0.5)


def lost(one: Playing) -> None:
    """The process that plays is killed."""
    assert one.outlet.pid is not None
    os.kill(one.outlet.pid, signal.SIGKILL)


@pytest.mark.parametrize("how", [lost, lambda one: one.outlet.tell("stall")], ids=["killed", "stalled"])
def test_a_device_that_is_lost_comes_back_at_the_clocks_place(
    how: Callable[[Playing], None], playing: Callable[..., Playing], steady: Night
) -> None:
    """One line each; what is heard then comes up from nothing and is no louder than before."""
    with playing(steady) as one:
        one.heard(1.5)
        for time_ in (1, 2):
            began, frame = time.monotonic(), one.player.frame
            how(one)
            back_again(one, time_)
            passed = (time.monotonic() - began) * RATE
            assert one.player.frame - frame == pytest.approx(passed, abs=1.5 * RATE)
    assert (
        one.notes
        == [
            "The sound device went away; it goes on when that is back.",
            "The sound device is back.",
        ]
        * 2
    )
    assert np.abs(one.sound[2 * RATE :]).max() <= np.abs(one.sound[: RATE * 3 // 2]).max() * 1.3


def test_a_producer_that_fails_is_heard_as_a_fade_and_recovers(
    playing: Callable[..., Playing], steady: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    with playing(steady) as one:
        one.heard(1.0)
        unfolding = one.player.producer._unfolding
        step, failures = unfolding.step, [ZeroDivisionError("a test")] * 3

        def broken() -> None:
            if failures:
                unfolding._at_hand.clear()
                raise failures.pop()
            step()

        monkeypatch.setattr(unfolding, "step", broken)
        one.until(lambda: not failures)
        one.heard(1.5)
    assert len(one.said("fault")) == 3
    assert one.error is None
    assert is_smooth(one.sound[RATE:], float(np.abs(one.sound).max()))


def test_a_change_that_cannot_be_made_is_left_out_and_nothing_is_heard_of_it(
    playing: Callable[..., Playing], steady: Night
) -> None:
    """Neither one that fails, nor one whose answer is nonsense; noted once for each reason."""

    def fails(night: Night, frame: int) -> Growth | None:
        raise ZeroDivisionError("a test")

    def nonsense(night: Night, frame: int) -> Growth | None:
        return "sleep well"  # type: ignore[return-value]

    def moves(night: Night, frame: int) -> Growth | None:
        return Growth(frame, moves=(FaderMove(frame, "a", -3.0),))

    with playing(steady) as one:
        one.heard(1.0)
        for change in (fails, fails, nonsense, moves):
            one.player.change(change)
        one.until(lambda: len(one.player.night.grown) == 1)
        assert one.player.state == "playing"
    assert one.error is None
    assert [entry["why"] for entry in one.said("fault")][:2] == ["ZeroDivisionError: a test"] * 2
    assert len(one.said("fault")) == 3
    assert len(one.notes) == 2
    assert one.notes[0] == "A change is left out (ZeroDivisionError: a test); the night goes on as it was."
    assert one.player.ring.starved == 0 or one.said("late")


def test_only_faults_in_a_row_end_a_night() -> None:
    now, notes = 0.0, list[str]()
    faults = Faults(notes.append, lambda what, **facts: None, lambda: now)
    for _ in range(10 * MOST):
        now += 60.0
        faults.failed(ZeroDivisionError())
    assert faults.error is None
    assert len(notes) == 10 * MOST
    now += 60.0
    for _ in range(MOST):
        assert faults.error is None
        now += 1.0
        faults.failed(ZeroDivisionError())
    assert isinstance(faults.error, ZeroDivisionError)
    assert len(notes) == 10 * MOST + 1


def test_a_player_that_was_suspended_goes_on_at_the_clocks_place(
    playing: Callable[..., Playing], steady: Night
) -> None:
    """The clock has jumped by ten minutes while the process stood still."""
    jumped = 0.0

    def clock() -> float:
        return time.monotonic() + jumped

    with playing(steady, clock=clock) as one:
        one.heard(1.0)
        before = one.player.frame
        jumped = 600.0
        one.until(lambda: one.player.frame > before + 590 * RATE)
        one.heard(0.5)
        assert one.player.frame - before == pytest.approx(600 * RATE, abs=60 * RATE)
    assert len(one.said("late")) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows stops no process")
def test_a_process_that_plays_and_stands_still_is_found_dead(
    playing: Callable[..., Playing], steady: Night
) -> None:
    with playing(steady) as one:
        one.heard(1.0)
        assert one.outlet.pid is not None
        os.kill(one.outlet.pid, signal.SIGSTOP)
        back_again(one, 1)


def test_a_night_that_is_over_ends_the_player(playing: Callable[..., Playing]) -> None:
    night = night_of(
        STEADY.replace("01:00:00", "2.5").replace("fade_in", "fade_out = 0.5\nfade_in"), gain=0.5
    )
    with playing(night, speed=AS_FAST_AS_IT_COMES, clock=stands_still) as one:
        one.wait()
    assert one.whole
    assert (
        aligned(one.sound, night.render(night.span))[RATE : 2 * RATE] == night.render(Span(RATE, 2 * RATE))
    ).all()


def test_after_the_night_is_over_one_may_still_ask_for_more(playing: Callable[..., Playing]) -> None:
    """The device is let go; what is asked for then is the end of the night once more, from nothing."""
    night = night_of(STEADY.replace("01:00:00", "3").replace("fade_in", "fade_out = 0.5\nfade_in"), gain=0.5)
    with playing(night, speed=AS_FAST_AS_IT_COMES, clock=stands_still, stays=600.0) as one:
        for time_ in (1, 2):
            one.until(lambda: one.player.state == "resting")
            assert one.outlet.pid is None
            assert len(one.said("rest")) == time_
            one.player.ask(one.player.more)
            one.until(lambda: len(one.said("again")) == time_)  # noqa: B023
        one.until(lambda: one.player.state == "resting")
    assert one.error is None
    sound = np.abs(one.sound[:, 0])
    starts = np.count_nonzero((sound[1:] > 0) & (sound[:-1] == 0) & (sound[1:] < 1e-4))
    assert starts >= 3


def test_without_any_device_it_says_so() -> None:
    player = Player(night_of(STEADY), outlet=Outlet(Ring(), Way("miniaudio", device="no such thing")))
    with pytest.raises(
        CouldNot, match="there is no device no such thing; keep it as a file instead: lullaby render"
    ):
        player.wait_for_device()  # before it is said what plays
    assert player.outlet.state is State.LOST
    with pytest.raises(CouldNot, match="no such thing"):
        player.run()


def test_a_device_is_chosen_by_its_name_and_no_other_is() -> None:
    found = [Device(k, name, name == "Speaker", 2, 48e3) for k, name in enumerate(("USB Audio", "Speaker"))]
    assert called(None, found) == found[1]
    assert meant("usb", found) == [found[0]]
    assert meant("USB Audio", [*found, Device(2, "USB Audio 2", False, 2, 48e3)]) == [found[0]]
    assert meant("", found) == found
    assert meant("Bluetooth", found) == []
    assert called(None, []) is None


def test_a_device_that_was_lost_comes_back_on_no_other_whose_name_holds_its_own() -> None:
    found = [Device(0, "USB Headphones", True, 2, 48e3), Device(1, "Headphones", False, 2, 48e3)]
    assert called("Headphones", found) == found[1]
    assert called("Headphones", found[:1]) is None
    assert called(None, found) == found[0]


def test_a_night_that_is_stopped_before_its_device_opens_never_sounds(steady: Night) -> None:
    class Closed(Outlet):
        """A sound system that does not answer."""

        def open(self, now: float) -> None:
            self.opens += 1

        def look(self, now: float) -> None:
            pass

    player = Player(steady, outlet=Closed(Ring(), Way("null")))
    player.ask(player.stop)
    player.run()
    assert player.ring.heard == 0


def test_without_a_library_one_line_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "miniaudio.py").write_text("")
    for said, line in (
        ("OSError('PortAudio library not found')", "libportaudio2"),
        ("ImportError('no such module')", "libportaudio2"),
    ):
        (tmp_path / "sounddevice.py").write_text(f"raise {said}\n")
        without = "import importlib.util as u; f = u.find_spec; "
        without += "u.find_spec = lambda name, *a: None if name == 'miniaudio' else f(name, *a); "
        child = subprocess.run(
            [sys.executable, "-c", f"{without}{RUN}", "hear", "pink-noise", "--seconds", "1"],
            env={**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
            capture_output=True, text=True, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        assert child.returncode == 1
        assert line in child.stderr
        assert "-o FILE" in child.stderr
        assert len(child.stderr.splitlines()) == 1


@contextlib.contextmanager
def hearing(server: SoundServer, *words: str) -> Iterator[subprocess.Popen[str]]:
    env = {**server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"}
    command = [sys.executable, "-m", "lullaby", "hear", *words]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as child:
        yield child


def loud(heard: Recording) -> NDArray[np.bool_]:
    """Which tenths of a second hold sound."""
    sound = heard.sound[:, 0]
    tenths = sound[: len(sound) // 4_800 * 4_800].reshape(-1, 4_800)
    found: NDArray[np.bool_] = np.abs(tenths).max(axis=1) > 1e-4
    return found


@pytest.mark.sound
def test_hear_really_sounds_for_as_long_as_it_should(sound_server: SoundServer) -> None:
    with sound_server.recording() as heard, hearing(sound_server, "pink-noise", "--seconds", "3") as child:
        assert child.wait(timeout=PATIENCE) == 0
        heard.wait(0.5)
        # on a machine that is too busy to play there are gaps, and yet all of it is heard
        gaps = np.count_nonzero(np.diff(np.flatnonzero(loud(heard))) > 1)
        assert 27 <= np.count_nonzero(loud(heard)) - gaps <= 33
        assert child.communicate()[1] == ""


@pytest.mark.sound
@pytest.mark.parametrize("way", ["usual", "portaudio", "miniaudio"])
def test_what_a_sound_card_hears_is_the_night_sample_for_sample(sound_server: SoundServer, way: str) -> None:
    """After alignment; on a machine that is too busy to play in time a stretch of it, at least."""
    from scipy.signal import correlate

    with sound_server.recording() as heard:
        subprocess.run(
            [sys.executable, "-c", CARD, way],
            env={**sound_server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"},
            timeout=PATIENCE,
            check=True,
        )
        heard.wait(0.5)
        sound = heard.sound
    expected = load("harbour-rain", seed=5).render(Span(0, 6 * RATE))
    part = slice(3 * RATE, 5 * RATE)
    found = int(correlate(sound[:, 0], expected[part, 0], "valid", "fft").argmax())
    same = (sound[found : found + 2 * RATE] == expected[part]).all(axis=1)
    assert longest_run(same) > RATE


def longest_run(same: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


CARD = """
import sys
import lullaby
from lullaby.player import Player, Way
from lullaby.player.outlet import Outlet
from lullaby.player.ring import Ring
from lullaby.time import RATE, Span
night = lullaby.load("harbour-rain", seed=5, sleeper="none", stories=False)
Player(night, Span(0, 6 * RATE), outlet=Outlet(Ring(), Way(sys.argv[1], frames=512))).run()
"""


@pytest.mark.sound
def test_ctrl_c_ends_in_a_fade(sound_server: SoundServer) -> None:
    with sound_server.recording() as heard, hearing(sound_server, "pink-noise", "--seconds", "60") as child:
        while not loud(heard)[-10:].all() or len(loud(heard)) < 10:
            heard.wait(0.2)
        child.send_signal(signal.SIGINT)
        assert child.communicate(timeout=PATIENCE) == (None, "Stopped.\n")
        assert child.returncode == 130
        heard.wait(0.5)
        sound = np.abs(heard.sound).max(axis=1)
    sound = sound[sound > 0]  # without what a busy machine was too late for
    last = int(np.flatnonzero(sound > 1e-5)[-1])
    before = sound[last - RATE * 3 // 2 : last - RATE].max()
    assert sound[last - RATE // 4 :].max() < 0.5 * before
    assert sound[last - RATE // 20 :].max() < 0.05 * before


@pytest.mark.sound
def test_doctor_finds_the_sound_card(sound_server: SoundServer) -> None:
    env = {**sound_server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"}
    child = subprocess.run(
        [sys.executable, "-m", "lullaby", "doctor"], env=env, capture_output=True, text=True, check=True
    )
    assert "usual yes" in child.stdout


def test_a_machine_that_falls_behind_with_every_skip_does_not_skip_on_and_on() -> None:
    """What comes after a skip takes as long to make as the sound was behind: it stays so much behind then.
    But a machine that is stopped again and again is put right each time."""
    slow, frame, skips = Place(), 0, 0
    for second in range(1, 3_000):
        frame += RATE
        behind = slow.look(second + (8.0 * (1 + skips) if second > 100 else 0.0), frame)
        if behind:
            skips += 1
            frame += round(behind * RATE)
            slow.skips()
    assert 1 <= skips <= 4
    stopped, frame, skips = Place(), 0, 0
    for second in range(1, 3_000):
        frame += RATE
        behind = stopped.look(second + 8.0 * (second // 100), frame)
        if behind:
            skips += 1
            frame += round(behind * RATE)
            stopped.skips()
    assert skips == 29


def test_a_fade_that_is_asked_for_again_is_over_on_time(
    playing: Callable[..., Playing], steady: Night
) -> None:
    """Half way through one of ten seconds eight more are asked for: it is silent then, and no sooner."""
    with playing(steady, speed=4.0, clock=lambda: 4 * time.monotonic()) as one:
        one.heard(2.0)
        one.player.ask(partial(one.player.fade_out, 10.0))
        one.heard(5.0)
        again = one.player.ring.heard
        one.player.ask(partial(one.player.fade_out, 8.0))
        one.wait()
    sounding = int(np.flatnonzero(one.sound.any(axis=1))[-1])
    assert (sounding - again) / RATE == pytest.approx(8.0, abs=2.5)


@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_a_pause_in_a_fade_ends_when_the_fade_would_have(
    seconds: float, playing: Callable[..., Playing], steady: Night
) -> None:
    with playing(steady) as one:
        one.heard(0.5)
        one.player.ask(partial(one.player.fade_out, seconds))
        one.player.ask(one.player.pause)
        one.until(lambda: one.player.state == "paused" or bool(one.said("end")))
        one.wait()
    assert one.error is None


def test_a_mistake_in_what_is_asked_ends_no_night(playing: Callable[..., Playing], steady: Night) -> None:
    def mistaken() -> None:
        raise ZeroDivisionError("a test")

    with playing(steady) as one:
        one.heard(0.5)
        one.player.every_tick(mistaken)
        one.player.ask(mistaken)
        one.heard(0.5)
    assert one.error is None
    assert one.notes == ["Something went wrong (ZeroDivisionError: a test); the night goes on."]
