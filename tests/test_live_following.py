"""A night that follows its sleeper while it is heard: keys, a file of evidence, and the room's level."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import PATIENCE, SoundServer
from live import Heard
from nights import night_of
from numpy.typing import NDArray

import lullaby
from lullaby.cli.parser import parsed
from lullaby.cli.playing.clocks import clocks_of
from lullaby.cli.playing.driven import Driven
from lullaby.cli.playing.session import Session, follower_of
from lullaby.cli.playing.watched import Watched
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import Keys
from lullaby.errors import WrittenWrongly
from lullaby.evening import Request, prepared
from lullaby.evening.logged import asked_in
from lullaby.night import Night
from lullaby.night.faders import FaderMove
from lullaby.night.night import Growth
from lullaby.player import Outlet, Player, Way
from lullaby.player.live_follower import LiveFollower, follower_for
from lullaby.player.masking import EVERY, MOST_DB, STEP_DB, Masking
from lullaby.player.microphone import Microphone
from lullaby.player.night_log_file import NightLogFile
from lullaby.player.replay import Replay, read_replay, replay_rows
from lullaby.player.ring import Ring
from lullaby.score import SILENT
from lullaby.sleep.course import EPOCH, Course, Evidence, Run
from lullaby.sleep.follower import STALE
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE, Span, WallClock

AWAKE, N1, N2, N3, REM = Stage
ALL_NIGHT = """
title = "test"
length = 08:00:00
all_night = "a test"
[voices]
a = "pink-noise"
b = "brown-noise"
[scene.a]
at = 0
a = 0
b = -3
"""


def asleep_as(*runs: tuple[Stage, int, int], evidence: Evidence = Evidence.SIMULATED) -> Night:
    """A night all of whose sleep was foreseen: stages from one minute to another."""
    score = night_of(ALL_NIGHT).score
    course = Course.from_runs([Run(a * PAGE, b * PAGE, stage) for stage, a, b in runs], evidence)
    return Night(score, seed=3, course=course)


def rows(text: str) -> Replay:
    return Replay(replay_rows(text, "rows"))


def scored(stage: str, first: int, last: int) -> str:
    """A row every half minute, from one minute to another."""
    return "".join(f"{second},{stage}\n" for second in range(first * 60, last * 60, 30))


class Followed:
    """A night that grows as it is followed, without a sound being made: looked at twenty times a minute."""

    def __init__(self, night: Night, text: str = "", **more: object) -> None:
        self.night, self.frame = night, 0
        sources = (rows(text),) if text else ()
        self.live = LiveFollower(
            follower_for(night), lambda: self.frame, self._change, sources=sources, **more
        )  # type: ignore[arg-type]

    def _change(self, change: Callable[[Night, int], Growth | None]) -> None:
        growth = change(self.night, self.frame + RATE + 11)
        if growth is not None:
            self.night = self.night.from_frame(growth)

    def go_to(self, minute: float) -> None:
        while self.frame < minute * PAGE:
            self.live.look(self.frame)
            self.frame += 3 * RATE


def level(night: Night, minute: float) -> float:
    """dB of ten seconds."""
    start = round(minute * PAGE)
    sound = night.render(Span(start, start + 10 * RATE))
    return 10 * float(np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


def test_before_the_first_evidence_a_night_is_the_one_that_was_foreseen() -> None:
    night = lullaby.load("plain", sleeper="typical")
    followed = Followed(night, "time_s,stage\n900,n2\n")
    followed.go_to(14)
    assert followed.night is night
    followed.go_to(16)
    assert followed.night.grown
    assert followed.night.grown[0].frame > 15 * PAGE


def test_a_key_is_in_what_is_heard_within_two_seconds() -> None:
    """Somebody foreseen to be fast asleep says that they are not: sound stops receding."""
    night = asleep_as((AWAKE, 0, 2), (N1, 2, 4), (N2, 4, 300))
    heard = Heard(night)
    start = 6 * PAGE + 10 * RATE
    pressed: list[int] = []

    def press() -> None:
        pressed.append(heard.unfolding.taken)
        heard.follower.still_awake()

    heard.listen(start, 8, {start + 3 * RATE: press})
    (growth,) = heard.night.grown
    assert growth.frame - pressed[0] <= 2 * RATE
    (known,) = growth.runs
    assert (known.run.stage, known.evidence, known.seen) == (AWAKE, Evidence.PRESSED, pressed[0])
    assert level(heard.night, 8.5) > level(night, 8.5) + 0.5
    assert level(heard.night, 6) == level(night, 6)


def test_keys_of_somebody_who_lies_awake_bring_sound_back() -> None:
    """Clear evidence for three minutes, as everywhere; then a minute and a half to the level of N1."""
    followed = Followed(asleep_as((AWAKE, 0, 2), (N2, 2, 300)))
    followed.go_to(40)
    followed.live.woke()
    followed.go_to(42)
    followed.live.woke()
    followed.go_to(43.5)
    followed.live.woke()
    followed.go_to(47)
    assert level(followed.night, 47) > level(followed.night, 39) + 3


def test_evidence_from_a_file_is_heard() -> None:
    """Scored as deep asleep, where the night was to go on for somebody awake."""
    night = asleep_as((AWAKE, 0, 300))
    followed = Followed(night, "time_s,stage\n" + scored("n2", 3, 8) + scored("n3", 8, 12))
    followed.go_to(12)
    assert level(followed.night, 11) < level(night, 11) - 6
    assert level(followed.night, 2) == level(night, 2)
    seen = followed.night.course
    assert seen is not None
    assert seen.stage(11 * PAGE) is N3
    assert seen.evidence(11 * PAGE) is Evidence.INFERRED
    assert len(followed.night.grown) < 40  # not one a look


@pytest.mark.parametrize("foreseen", [AWAKE, N1, N2, REM])
@pytest.mark.parametrize("last", [N2, N3])
def test_a_source_that_falls_silent_is_never_heard(foreseen: Stage, last: Stage) -> None:
    """Whatever was foreseen: nothing is louder than it was by the last evidence, nor than was foreseen."""
    night = asleep_as((AWAKE, 0, 2), (foreseen, 2, 300))
    followed = Followed(night, "time_s,stage\n" + scored(last.label, 3, 12))
    followed.go_to(40)
    course = followed.night.course
    assert course is not None
    silent = 12 * PAGE + STALE + 2 * EPOCH
    loudness = [REM, N3, N2, N1, AWAKE]
    after = {course.stage(frame) for frame in range(silent, 40 * PAGE, EPOCH)}
    assert max(map(loudness.index, after)) <= loudness.index(foreseen)
    minutes = [11.5, 12, 13, 15, 17.1, 18, 20, 25, 32, 38]
    levels = [level(followed.night, minute) for minute in minutes]
    for before, now in pairwise(levels):
        assert now <= before + 0.5  # noise itself is uneven
    # no step where it fell silent
    start = 12 * PAGE + STALE - 30 * RATE
    slices = followed.night.render(Span(start, start + PAGE))[:, 0].reshape(-1, RATE // 2)
    rms = np.sqrt(np.mean(np.square(slices, dtype=np.float64), axis=1))
    if rms.min() > 1e-5:
        assert np.abs(np.diff(20 * np.log10(rms))).max() < 3


def test_who_goes_back_to_before_the_first_evidence_is_not_followed_there() -> None:
    followed = Followed(asleep_as((AWAKE, 0, 300)), "time_s,stage\n" + scored("n2", 5, 8))
    followed.go_to(8)
    count = len(followed.night.grown)
    followed.frame = 2 * PAGE
    followed.go_to(4)
    assert len(followed.night.grown) == count


def test_the_last_still_awake_before_sleep_is_known_afterwards() -> None:
    followed = Followed(asleep_as((AWAKE, 0, 20), (N2, 20, 300)))
    for minute in (5, 18):
        followed.go_to(minute)
        followed.live.still_awake()
    pressed = followed.frame
    followed.go_to(200)
    followed.live.woke()
    followed.go_to(201)
    followed.live.close()
    assert followed.live.awake_until() == pressed


WRONG = [
    ("", "there is no evidence in it"),
    ("time_s,stage\n", "there is no evidence in it"),
    ("stage,time_s\n", "line 1: this is no table of evidence"),
    ("time_s,awake,n1,n2,n3\n", "line 1: this is no table of evidence"),
    ("time_s,stage\n1,n2\n\n0.5,n2\n", "line 4: it is not later than the row before it"),
    ("time_s,stage\n1,n4\n", 'line 2: "n4" is not a stage: awake, n1, n2, n3, rem'),
    ("time_s,stage\nsoon,n2\n", 'line 2: "soon" is not a number of seconds'),
    ("time_s,stage\n-1,n2\n", 'line 2: "-1" s is not inside a day'),
    ("time_s,stage\n86400,n2\n", 'line 2: "86400" s is not inside a day'),
    ("time_s,stage\n1,n2,n3\n", "line 2: there are 3 cells, and 2 columns"),
    ("time_s,awake,n1,n2,n3,rem\n1,1,1,1,1,x\n", 'line 2: "x" is not a likelihood of rem'),
    ("time_s,awake,n1,n2,n3,rem\n1,1,1,-1,1,1\n", 'line 2: a likelihood is not below 0, unlike "-1"'),
    ("time_s,awake,n1,n2,n3,rem\n1,0,0,0,0,0\n", "line 2: all its likelihoods are 0"),
    ('time_s,stage\n"' + "n" * 200_000, "line 2: a cell here has more than"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_what_is_wrong_with_a_file_of_evidence_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(WrittenWrongly) as error:
        replay_rows(text, "night.csv")
    assert says in str(error.value)


def test_both_forms_of_a_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "night.csv"
    path.write_text("\ufeffTime_s, Awake,N1,n2,n3,REM\n0, 1,0,2,0.5,1e-3\n\n30.5,0,0,0,0,7\n", "utf-8")
    replay = read_replay(path)
    assert replay.until(RATE) == [(0, (1, 0, 2, 0.5, 0.001))]
    assert replay.until(RATE) == []
    assert replay.until(PAGE) == [(round(30.5 * RATE), (0, 0, 0, 0, 7))]
    ((frame, likelihoods),) = rows("time_s,stage\n2,REM\n").until(PAGE)
    assert frame == 2 * RATE
    assert max(likelihoods) == likelihoods[REM] == 0.9


# the room


def masked(night: Night, levels: Callable[[int], float | None], minutes: int) -> tuple[Night, list[float]]:
    """The night along a room of such levels by second, and the rise at each half minute."""
    masking, rises = Masking(), []
    for second in range(minutes * 60):
        frame = second * RATE
        heard = levels(second)
        if heard is not None:
            masking.hear(frame, heard)
        moves = masking.moves(night, frame)
        if moves:
            night = night.from_frame(Growth(frame, moves=moves))
        if second % 30 == 0:
            rises.append(max(track.fader.value_at(frame + RATE) for track in night.plan.tracks))
    return night, rises


def test_a_louder_room_is_masked_a_little_over_minutes_and_let_go_as_slowly() -> None:
    night, rises = masked(
        asleep_as((AWAKE, 0, 300)), lambda second: -30.0 if 120 <= second < 900 else -60.0, 30
    )
    assert max(rises) == MOST_DB
    assert rises[:5] == [0] * 5
    assert max(abs(b - a) for a, b in pairwise(rises)) <= STEP_DB
    assert rises[-1] == 0
    assert level(night, 14) == pytest.approx(level(asleep_as((AWAKE, 0, 300)), 14) + MOST_DB, abs=0.3)


def test_a_cough_is_let_pass_and_so_is_a_room_that_is_hardly_louder() -> None:
    coughs = masked(asleep_as((AWAKE, 0, 300)), lambda s: -10.0 if s % 20 < 4 else -60.0, 15)[1]
    hum = masked(asleep_as((AWAKE, 0, 300)), lambda s: -60.0 + (3 if s > 200 else 0), 15)[1]
    assert not any(coughs)
    assert not any(hum)


@pytest.mark.parametrize("stage", [N3, REM])
def test_nobody_in_deep_sleep_or_rem_is_masked(stage: Stage) -> None:
    """It waits for that to end, and what is up comes down meanwhile."""
    night = asleep_as((AWAKE, 0, 5), (stage, 5, 20), (N2, 20, 300))
    rises = masked(night, lambda second: -30.0 if second >= 360 else -60.0, 30)[1]
    assert not any(rises[: 2 * 20])
    assert max(rises) > 2
    early = masked(night, lambda second: -30.0 if 60 <= second < 420 else -60.0, 20)[1]
    assert max(early) == early[10]
    assert early[-1] == 0


@pytest.mark.parametrize("last", [None, -120.0])
def test_a_microphone_that_dies_lets_it_fall_back(last: float | None) -> None:
    rises = masked(
        asleep_as((AWAKE, 0, 300)), lambda s: -30.0 if 120 <= s < 600 else (last if s >= 600 else -60.0), 25
    )[1]
    assert max(rises) == MOST_DB
    assert rises[-1] == 0
    assert min(b - a for a, b in pairwise(rises)) >= -STEP_DB


def test_faders_moved_by_hand_stay_where_the_hand_put_them() -> None:
    night = asleep_as((AWAKE, 0, 300))
    night = night.from_frame(Growth(0, moves=(FaderMove(0, "a", -12.0), FaderMove(0, "b", SILENT))))
    after, _ = masked(night, lambda second: -30.0 if second > 120 else -60.0, 12)
    a, b = (track.fader.value_at(12 * PAGE) for track in after.plan.tracks)
    assert a == -12 + MOST_DB
    assert b == SILENT
    loud = night.from_frame(Growth(0, moves=(FaderMove(0, "a", 11.0),)))
    assert (
        masked(loud, lambda s: -30.0 if s > 120 else -60.0, 12)[0].plan.tracks[0].fader.value_at(12 * PAGE)
        == 12
    )


# through the player


def found_in(heard: NDArray[np.float32], sound: NDArray[np.float32]) -> int:
    """Where these frames begin in what was heard, bit for bit."""
    first = np.flatnonzero((heard[:, 0] == sound[0, 0]) & (heard[:, 1] == sound[0, 1]))
    for at in first.tolist():
        if at + len(sound) <= len(heard) and (heard[at : at + len(sound)] == sound).all():
            return int(at)
    raise AssertionError("this was never heard")


class Playing:
    """A night that is played into a file, followed and logged, until enough was heard."""

    def __init__(
        self, request: Request, folder: Path, start: int = 0, speed: float = 3.0, **following: object
    ) -> None:
        night = prepared(request).night
        self.path, self._into = folder / "night.jsonl", folder / "heard.f32"
        self.log = NightLogFile(self.path, night, asked_in(request), note=lambda line: None)
        outlet = Outlet(Ring(), Way("null", speed=speed, into=str(self._into)))
        self.player = Player(night, Span(start, night.length), outlet=outlet, log=self.log.write)
        self.live = LiveFollower(
            follower_for(night), lambda: self.player.frame, self.player.change, **following
        )  # type: ignore[arg-type]
        self._waiting: deque[tuple[Callable[[], bool], Callable[[], None]]] = deque()
        self.player.every_tick(self._tick)

    def when(self, this: Callable[[], bool], do: Callable[[], None]) -> None:
        """One after the other."""
        self._waiting.append((this, do))

    def _tick(self) -> None:
        self.log.grow(self.player.night)
        while self._waiting and self._waiting[0][0]():
            self._waiting.popleft()[1]()
        if not self._waiting and self.player.fade is None:
            self.player.stop()

    def play(self) -> NDArray[np.float32]:
        killer = threading.Timer(PATIENCE, self.player.stop)
        killer.start()
        self.live.start()
        try:
            self.player.run()
        finally:
            killer.cancel()
            self.live.close()
            self.log.grow(self.player.night)
            self.log.close()
        return np.fromfile(self._into, np.float32).reshape(-1, 2)


def test_a_file_of_evidence_changes_what_a_device_plays_and_the_log_gives_it_again(tmp_path: Path) -> None:
    """Foreseen to be awake for all of the night, and seen to be in REM, which is silent after a minute."""
    seen = "".join(f"{second},0.01,0.01,0.1,0.01,9\n" for second in range(120, 720, 30))
    (tmp_path / "rem.csv").write_text("time_s,awake,n1,n2,n3,rem\n" + seen)
    request = Request("plain", seed=2, sleeper=Course.from_runs([Run(0, 60 * PAGE, AWAKE)]))
    start = 10 * PAGE
    playing = Playing(request, tmp_path, start, sources=(read_replay(tmp_path / "rem.csv"),))

    def turn_down(night: Night, frame: int) -> Growth:
        return Growth(frame, moves=(FaderMove(frame, "room", -9.0),))

    playing.when(lambda: playing.player.frame > start + 8 * RATE, lambda: playing.player.change(turn_down))
    playing.when(lambda: playing.player.frame > start + 30 * RATE, lambda: None)
    heard = playing.play()
    again = lullaby.load(course=playing.path)
    (first, *_) = again.grown
    assert first.runs[0].run.stage is REM
    span = Span(start + 27 * RATE, start + 28 * RATE)
    changed, foreseen = again.render(span), prepared(request).night.render(span)
    assert np.abs(changed).mean() < 0.9 * np.abs(foreseen).mean()
    found_in(heard, changed)
    (by_hand,) = (growth for growth in again.grown if growth.moves)
    found_in(heard, again.render(Span(by_hand.frame - RATE, by_hand.frame + RATE)))


def test_a_key_changes_what_a_device_plays_and_the_log_gives_it_again(tmp_path: Path) -> None:
    """Somebody foreseen to be in REM soon says that they are awake: no silence comes."""
    score = night_of(ALL_NIGHT).score
    start = 6 * PAGE
    rem = start + 85 * RATE
    course = Course.from_runs([Run(0, PAGE, AWAKE), Run(PAGE, rem, N1), Run(rem, rem + 60 * PAGE, REM)])
    request = Request(score, seed=2, sleeper=course)
    playing = Playing(request, tmp_path, start)
    playing.when(lambda: playing.player.frame > start + 8 * RATE, playing.live.still_awake)
    playing.when(lambda: playing.player.frame > start + 59 * RATE, lambda: None)
    heard = playing.play()
    from lullaby.evening.logged import read_log, request_again

    log = read_log(playing.path)
    assert log is not None
    again = prepared(request_again(log, score)).night
    assert again.grown[0].runs[0].evidence is Evidence.PRESSED
    pressed = again.grown[0]
    assert pressed.frame - (pressed.runs[0].seen or 0) <= 2 * 3 * RATE  # at three times the speed
    span = Span(start + 56 * RATE, start + 57 * RATE)
    changed, foreseen = again.render(span), prepared(request).night.render(span)
    assert np.abs(changed).mean() > 1.5 * np.abs(foreseen).mean()
    found_in(heard, changed)
    entries = [next(iter(entry)) for entry in log.entries]
    assert {"volume", "device", "fade", "end"} <= set(entries)


def last_gain(night: Night) -> float | None:
    """To which a fader was moved last."""
    return next((growth.moves[-1].gain_db for growth in reversed(night.grown) if growth.moves), None)


@pytest.mark.sound
def test_a_microphone_in_a_louder_room_raises_what_a_device_plays(
    tmp_path: Path, sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The room is the monitor of a sound card nobody hears: quiet, then a noise is played into it. Levels
    alone leave the process that listens. As it is killed, faders fall back."""
    for name, value in sound_server.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PULSE_SOURCE", "night.monitor")
    said: list[str] = []
    microphone = Microphone(seconds=0.1, note=said.append)
    request = Request("plain", seed=2, sleeper="none")
    playing = Playing(request, tmp_path, speed=60, room=microphone)
    masking = playing.live.masking
    noise = np.random.default_rng(1).standard_normal((RATE * 60, 2)).astype(np.float32) * 0.1
    hum = np.random.default_rng(2).standard_normal((RATE * 60, 2)).astype(np.float32) * 0.001
    (tmp_path / "noise.f32").write_bytes(noise.tobytes())
    (tmp_path / "hum.f32").write_bytes(hum.tobytes())
    playing_noise: list[subprocess.Popen[bytes]] = []

    def play(name: str) -> None:
        command = ["pacat", "-d", "night", "--raw", "--format=float32le", f"--rate={RATE}", "--channels=2"]
        end()
        playing_noise.append(
            subprocess.Popen([*command, str(tmp_path / name)], env=sound_server.env, stdin=subprocess.DEVNULL)
        )

    def end() -> None:
        while playing_noise:
            child = playing_noise.pop()
            child.terminate()
            child.wait()

    play("hum.f32")
    try:
        playing.when(lambda: masking._quietest < -40, lambda: play("noise.f32"))
        playing.when(lambda: masking.rise_db >= 1, lambda: os.kill(microphone.pid, 9))
        playing.when(lambda: masking.rise_db == 0 and last_gain(playing.player.night) == 0, lambda: None)
        playing.play()
    finally:
        end()
    log = [json.loads(line) for line in playing.path.read_text().splitlines()]
    gains = [move[2] for line in log if "grown" in line for move in line["moves"]]
    assert max(gains) >= 1
    assert gains[-1] == 0
    assert any("The microphone is not heard any more" in line for line in said)
    again = lullaby.load(course=playing.path)
    loud = next(g.frame for g in again.grown if max(m.gain_db for m in g.moves) >= 1)
    span = Span(loud + RATE, loud + 2 * RATE)
    assert (again.render(span) != prepared(request).night.render(span)).any()


@pytest.mark.parametrize(
    ("words", "device"), [(["--microphone", "by the bed"], "by the bed"), (["--microphone"], None)]
)
def test_the_microphone_that_was_named_is_the_one_that_listens(
    words: list[str], device: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    class Silent:
        def __init__(self, device: object, **_: object) -> None:
            opened.append(device)

        def levels(self) -> list[float]:
            return []

        def close(self) -> None: ...

    monkeypatch.setattr("lullaby.player.microphone.Microphone", Silent)
    evening, bedside = prepared(Request("plain", sleeper="typical")), Bedside(WallClock())
    driven = Driven(None, Watched(Keys(), bedside, None, None), 60.0)
    session = Session(clocks_of(Way("null"), bedside.clock), driven, bedside)
    live = follower_of(parsed(["play", "plain", *words]), evening, Player(evening.night), session)
    assert live is not None
    live.close()
    assert opened == [device]


def test_a_microphone_that_is_not_there_is_said_and_the_night_goes_on() -> None:
    said: list[str] = []
    microphone = Microphone("no such microphone", note=said.append)
    while not said:
        assert microphone.levels() == []
    assert microphone.levels() == []
    microphone.close()
    assert len(said) == 1
    assert "The night goes on without it." in said[0]


def test_of_a_room_one_number_a_second_is_told_and_nothing_else() -> None:
    """Whatever comes in, what goes out is its level."""
    import queue

    from lullaby.player.level_meter import Adding

    out: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    adding = Adding(RATE, out)
    for amplitude in (0.1, 0.0):
        for _ in range(100):
            adding.add(np.full((480, 1), amplitude, np.float32))
    assert [out.get(), out.get()] == [pytest.approx(-20, abs=1e-3), -120]
    assert out.empty()
    assert sys.getsizeof(adding) < 1_000
    assert EVERY == 30 * RATE
