"""An alarm is heard, whatever else went wrong; and it is the hour that was meant."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import players
import pytest
from at_work import Playing
from conftest import PATIENCE, SoundServer
from nights import night_of
from numpy.typing import NDArray

from lullaby.cli import main
from lullaby.cli.options.hours import hour_of, next_time
from lullaby.errors import AskedWrongly
from lullaby.player import alarm as alarms
from lullaby.player import outlet as outlets
from lullaby.player import pulse, system_volume
from lullaby.player.alarm import Alarm, Ringing
from lullaby.player.device import Device
from lullaby.player.outlet import Outlet
from lullaby.player.system_volume import SystemVolume
from lullaby.player.unfolding import Unfolding
from lullaby.time import RATE

SETS = "from lullaby.player.alarm import *; print(start(Path({!r})), flush=True); time.sleep(600)"
STEADY = 'length = 01:00:00\n[voices]\na = "pink-noise"\n[scene.a]\nat = 0\na = 0\n'
SOUND = np.tile(np.sin(np.arange(2 * RATE) * 0.05).astype(np.float32)[:, None], (1, 2))


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("berlin")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has one time zone a process")
@pytest.mark.parametrize(
    ("now", "asked", "due"),
    [
        ("2026-11-26 22:00", "07:00", "2026-11-27T07:00:00+01:00"),
        ("2026-11-26 06:59", "07:00", "2026-11-26T07:00:00+01:00"),
        ("2026-11-26 07:00", "07:00", "2026-11-27T07:00:00+01:00"),
        ("2026-03-28 22:00", "02:30", "2026-03-29T03:30:00+02:00"),  # an hour that does not exist
        ("2026-03-28 22:00", "07:00", "2026-03-29T07:00:00+02:00"),  # and a night that is an hour shorter
        ("2026-10-24 22:00", "02:30", "2026-10-25T02:30:00+02:00"),  # an hour that comes twice
    ],
)
def test_an_alarm_is_set_for_the_hour_that_is_meant(now: str, asked: str, due: str) -> None:
    found = next_time(hour_of(asked), datetime.fromisoformat(now).astimezone())
    assert found == datetime.fromisoformat(due)


@pytest.mark.parametrize("text", ["25:00", "7", "07:00:00", "soon", "٠٧:٠٠x", "-1:00"])
def test_what_is_no_hour_is_said(text: str) -> None:
    with pytest.raises(AskedWrongly, match="is no time of day"):
        hour_of(text)


def soon(**how: object) -> Alarm:
    due = datetime.now(UTC) + timedelta(seconds=0.2)
    return replace(Alarm(due.isoformat(), 1.0, ways=("null",)), **how)  # type: ignore[arg-type]


def heard(path: Path) -> NDArray[np.float32]:
    data = path.read_bytes() if path.exists() else b""
    return np.frombuffer(data[: len(data) // 8 * 8], np.float32).reshape(-1, 2)


def until(what: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < given_up
        time.sleep(0.01)


def test_it_comes_up_from_nearly_nothing_and_rings_until_it_is_taken_back(tmp_path: Path) -> None:
    alarm = soon(into=str(tmp_path / "heard.f32"))
    where = tmp_path / "alarm"
    alarms.save(alarm, SOUND, where)
    assert where.stat().st_mode & 0o077 == 0
    assert (where / "alarm.json").stat().st_mode & 0o077 == 0
    ringing = threading.Thread(target=alarms.main, args=([str(where)],))
    ringing.start()
    until(lambda: bool(len(heard(tmp_path / "heard.f32")) > 3 * RATE))
    alarms.forget(where)
    ringing.join(PATIENCE)
    assert not ringing.is_alive()
    sound = np.abs(heard(tmp_path / "heard.f32")).max(axis=1)
    sound = sound[int(np.flatnonzero(sound)[0]) :]
    assert sound[: RATE // 10].max() < 0.03
    assert 0.5 < sound[RATE * 3 // 2 :].max() <= 0.71


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 5_000, None])
def test_a_damaged_sound_is_replaced_by_a_tone(content: bytes | None, tmp_path: Path) -> None:
    alarms.save(soon(), SOUND, tmp_path)
    if content is None:
        (tmp_path / "sound.wav").unlink()
    else:
        (tmp_path / "sound.wav").write_bytes(content)
    sound = alarms.sound_of(tmp_path)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"due": "soon", "rise": 1, "ways": []}', "null", '{"due": 1']
)
def test_a_damaged_alarm_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "alarm.json").write_text(text)
    assert alarms.load(tmp_path) is None
    assert alarms.main([str(tmp_path)]) == 1


def test_where_one_device_is_gone_another_rings(tmp_path: Path) -> None:
    """The first way knows no such device, the second is no way at all."""
    into = tmp_path / "heard.f32"
    alarm = soon(ways=("miniaudio", "nonsense", "null"), device="headphones that are gone", into=str(into))
    ringing = Ringing(alarm, SOUND)
    ringing.run(lambda: len(heard(into)) < RATE and len(ringing.tried) < 8, PATIENCE)
    assert ringing.tried[0] == ("miniaudio", "headphones that are gone")
    assert ("null", "headphones that are gone") in ringing.tried
    assert heard(into).any()


def test_every_device_there_is_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was rehearsed comes first; what nobody named, only where nothing else is heard."""
    card = Device(3, "HDMI", False, 2, 48e3)
    monkeypatch.setattr(alarms, "devices", lambda: [card])
    ringing = Ringing(Alarm("", 1.0, device="bed"), SOUND)
    assert list(ringing.places()) == [
        ("usual", "bed"), ("usual", None), ("portaudio", "bed"), ("portaudio", None),
        ("miniaudio", "bed"), ("miniaudio", None), card.address,
    ]  # fmt: skip


def tool(folder: Path, name: str, does: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for one of the system's own tools, the only one there is; what it was asked goes there."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{does}")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder / f"{name}.asked"


@pytest.mark.skipif(os.name != "posix", reason="tools of Unix")
def test_where_nothing_of_ours_is_heard_the_systems_own_player_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    does = "import os, shutil, sys; shutil.copy(sys.argv[1], sys.argv[0] + '.part')\n"
    does += "os.replace(sys.argv[0] + '.part', sys.argv[0] + '.asked')"
    played = tool(tmp_path, "aplay", does, monkeypatch)
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    alarms.folder().mkdir()
    Ringing(soon(ways=("nonsense",), rise=60.0), SOUND).run(lambda: not played.exists(), PATIENCE)
    with wave.open(str(played)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(sound) > 2 * RATE
    assert 0 < np.abs(sound[:RATE]).max() < 0.03 * 2**15
    assert np.abs(sound[:RATE]).max() < np.abs(sound[-RATE:]).max() / 2


PACTL = """
import sys
with open(sys.argv[0] + ".asked", "a") as file:
    print(*sys.argv[1:], file=file)
print("Volume: front-left: 1 / {percent}% / 0 dB" if "volume" in sys.argv[1] else "Mute: yes")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio's tool")
@pytest.mark.parametrize(("percent", "wanted", "set_to"), [(10, 60, 60), (80, 60, 80), (10, 150, 100)])
def test_a_machine_is_raised_to_the_rehearsed_level_and_never_lowered(
    percent: int, wanted: int, set_to: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tool(tmp_path, "pactl", PACTL.replace("{percent}", f"{percent}"), monkeypatch)
    assert system_volume.raise_to(SystemVolume(wanted, muted=False))
    assert asked.read_text().splitlines()[-2:] == [
        f"set-sink-volume @DEFAULT_SINK@ {set_to}%",
        "set-sink-mute @DEFAULT_SINK@ 0",
    ]


def test_what_is_rehearsed_is_what_will_ring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On that device, and the machine as loud as it was then."""
    there = [Device(0, "Desk", True, 2, 48e3), Device(1, "By the bed", False, 2, 48e3, "pulse", "bed")]
    rehearsed = list[Alarm]()
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    monkeypatch.setattr(alarms, "start", lambda where: 0)
    monkeypatch.setattr("lullaby.player.device.needs_a_library", lambda: None)
    monkeypatch.setattr("lullaby.player.device.devices", lambda: there)
    monkeypatch.setattr(system_volume, "read", lambda sink: SystemVolume(55, muted=False))
    monkeypatch.setattr(Ringing, "run", lambda self, *_: rehearsed.append(self._alarm))
    assert main(["alarm", "07:00", "--device", "by the bed"]) == 0
    (heard_now,) = rehearsed
    alarm = alarms.load(alarms.folder())
    assert alarm is not None
    assert heard_now.device == alarm.device == "bed"
    assert alarm.percent == 55
    assert alarm.rise == 120.0


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How alarms hold the machine awake, one after the other."""
    held = list[bool]()

    class Kept:
        def __init__(self, note: Callable[[str], None]) -> None: ...

        def hold(self, wanted: bool) -> None:
            held.append(wanted)

        def close(self) -> None:
            held.append(False)

    monkeypatch.setattr(alarms, "Awake", Kept)
    monkeypatch.setattr(alarms, "LOOKS", 0.05)
    return held


def in_hours(hours: int, into: Path) -> Alarm:
    return soon(due=(datetime.now(UTC) + timedelta(hours=hours)).isoformat(), into=str(into))


def test_the_machine_is_kept_awake_until_it_has_rung(held: list[bool], tmp_path: Path) -> None:
    alarms.save(in_hours(8, tmp_path / "heard.f32"), SOUND, tmp_path)
    waiting = threading.Thread(target=alarms.main, args=([str(tmp_path)],))
    waiting.start()
    try:
        until(lambda: held == [True])
    finally:
        alarms.forget(tmp_path)
        waiting.join(PATIENCE)
    assert held == [True, False]


def test_one_that_is_set_anew_is_not_waited_for_by_the_old_process(held: list[bool], tmp_path: Path) -> None:
    """Nor is what is set now taken back by it."""
    alarms.save(in_hours(8, tmp_path / "heard.f32"), SOUND, tmp_path)
    waiting = threading.Thread(target=alarms.main, args=([str(tmp_path)],))
    waiting.start()
    until(lambda: held == [True])
    anew = in_hours(9, tmp_path / "heard.f32")
    alarms.save(anew, SOUND, tmp_path)
    try:
        until(lambda: held == [True, False])
    finally:
        found = alarms.load(tmp_path)
        alarms.forget(tmp_path)
        waiting.join(PATIENCE)
    assert found == anew
    assert not heard(tmp_path / "heard.f32").any()


def test_one_that_nobody_stops_ends_by_itself_and_is_set_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Ringing.run
    monkeypatch.setattr(Ringing, "run", lambda self, wanted: run(self, wanted, 3.0))
    monkeypatch.setenv("PATH", str(tmp_path))  # no player of the system's own
    alarms.save(soon(into=str(tmp_path / "heard.f32"), rise=0.1), SOUND, tmp_path)
    ringing = threading.Thread(target=alarms.main, args=([str(tmp_path)],), daemon=True)
    ringing.start()
    ringing.join(PATIENCE)
    assert not ringing.is_alive()
    assert heard(tmp_path / "heard.f32").any()
    assert alarms.load(tmp_path) is None


def test_a_rehearsal_that_nobody_can_hear_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A machine that is muted, and one without any device: there nothing is set."""
    there = [Device(0, "Desk", True, 2, 48e3)]
    started = list[Path]()
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    monkeypatch.setattr(alarms, "start", started.append)
    monkeypatch.setattr("lullaby.player.device.needs_a_library", lambda: None)
    monkeypatch.setattr("lullaby.player.device.devices", lambda: there)
    monkeypatch.setattr(system_volume, "read", lambda sink: SystemVolume(55, muted=True))
    monkeypatch.setattr(Ringing, "run", lambda self, *_: None)
    assert main(["alarm", "07:00"]) == 0
    assert "The volume there is at 0 %: turn it up" in capsys.readouterr().err
    there.clear()
    assert main(["alarm", "08:00"]) == 1
    assert "there is no sound device" in capsys.readouterr().err
    assert len(started) == 1


@contextlib.contextmanager
def headphones_gone(home: Path) -> Iterator[dict[str, object]]:
    yield {"device": "headphones", "ways": ("portaudio", "null")}


@contextlib.contextmanager
def score_broken(home: Path) -> Iterator[dict[str, object]]:
    (home / "scores").mkdir()
    (home / "scores" / "tonight.toml").write_text("[voices\nrain = ")
    yield {}


@contextlib.contextmanager
def player_killed(home: Path) -> Iterator[dict[str, object]]:
    with players.playing(home) as player:
        player.process.kill()
        player.process.wait()
        yield {}


@contextlib.contextmanager
def player_suspended(home: Path) -> Iterator[dict[str, object]]:
    with players.playing(home) as player:
        os.kill(player.process.pid, signal.SIGSTOP)
        yield {}


@contextlib.contextmanager
def producer_failing(home: Path) -> Iterator[dict[str, object]]:
    def fails(unfolding: Unfolding) -> None:
        raise ZeroDivisionError("a test")

    with pytest.MonkeyPatch.context() as patch, a_player(home) as player:
        patch.setattr(Unfolding, "step", fails)
        player.until(lambda: bool(player.said("fault")))
        yield {}


@contextlib.contextmanager
def device_stalled(home: Path) -> Iterator[dict[str, object]]:
    with a_player(home) as player:
        player.heard(0.5)
        player.outlet.tell("stall")
        player.until(lambda: player.player.state == "lost")
        yield {}


@contextlib.contextmanager
def device_gone(home: Path) -> Iterator[dict[str, object]]:
    with pytest.MonkeyPatch.context() as patch, a_player(home) as player:
        patch.setattr(outlets, "FIRST_AGAIN", 3600.0)
        player.outlet._again = outlets.FIRST_AGAIN
        player.heard(0.5)
        assert player.outlet.pid is not None
        os.kill(player.outlet.pid, signal.SIGKILL)
        player.until(lambda: player.player.state == "lost")
        yield {}


def a_player(home: Path) -> Playing:
    return Playing(night_of(STEADY, gain=0.5), None, home / "player.f32")


@pytest.mark.skipif(os.name != "posix", reason="killed by a signal of Unix")
@pytest.mark.parametrize(
    "fault",
    [
        headphones_gone,
        score_broken,
        player_killed,
        player_suspended,
        producer_failing,
        device_stalled,
        device_gone,
    ],
)
def test_it_sounds_in_every_case_of_the_fault_table(
    fault: Callable[[Path], contextlib.AbstractContextManager[dict[str, object]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A muted mixer and a clock that jumps have tests of their own."""
    with tempfile.TemporaryDirectory(prefix="lullaby-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        monkeypatch.setenv("LULLABY_HOME", name)
        with fault(home) as how:
            alarms.save(soon(into=str(home / "alarm.f32"), **how), SOUND, alarms.folder())
            pid = alarms.start(alarms.folder())
            until(lambda: bool(np.abs(heard(home / "alarm.f32")).max(initial=0) > 0.2))
            alarms.forget(alarms.folder())
            until(lambda: not _alive(pid))


def test_a_clock_that_jumps_past_its_hour_makes_it_ring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine slept, or the clock was set: it goes by what the clock says, whenever it looks at it."""
    monkeypatch.setattr(alarms, "LOOKS", 0.05)
    jumped, looked, now = 0.0, 0, time.time

    def clock() -> float:
        nonlocal looked
        looked += 1
        return now() + jumped

    monkeypatch.setattr(alarms.time, "time", clock)
    alarm = soon(
        due=(datetime.now(UTC) + timedelta(hours=8)).isoformat(), into=str(tmp_path / "heard.f32"), rise=0.1
    )
    alarms.save(alarm, SOUND, tmp_path / "alarm")
    ringing = threading.Thread(target=alarms.main, args=([str(tmp_path / "alarm")],))
    ringing.start()
    until(lambda: looked > 8)
    assert not heard(tmp_path / "heard.f32").any()
    jumped = 8 * 3600.0
    until(lambda: bool(heard(tmp_path / "heard.f32").any()))
    alarms.forget(tmp_path / "alarm")
    ringing.join(PATIENCE)
    assert not ringing.is_alive()


def test_a_device_that_stalls_while_it_rings_is_left_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = list[Outlet]()
    opens = Outlet.open

    def open_(outlet: Outlet, now: float) -> None:
        opens(outlet, now)
        opened.append(outlet)

    monkeypatch.setattr(Outlet, "open", open_)
    into = tmp_path / "heard.f32"
    ringing = Ringing(soon(ways=("null", "null"), into=str(into)), SOUND)
    wanted = True
    thread = threading.Thread(target=ringing.run, args=(lambda: wanted,))
    thread.start()
    until(lambda: bool(heard(into).any()))
    opened[0].tell("stall")
    until(lambda: len(opened) == 2)
    before = len(heard(into))
    until(lambda: bool(heard(into)[before:].any()))
    wanted = False
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.mark.skipif(os.name != "posix", reason="killed by a signal of Unix")
def test_it_outlives_whoever_set_it(tmp_path: Path) -> None:
    into, where = tmp_path / "heard.f32", tmp_path / "alarm"
    alarms.save(soon(into=str(into)), SOUND, where)
    setter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SETS.format(str(where)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert setter.stdout is not None
    pid = int(setter.stdout.readline())
    os.killpg(setter.pid, signal.SIGKILL)  # and with it all that its terminal would take along
    setter.wait()
    setter.stdout.close()
    until(lambda: bool(heard(into).any()))
    alarms.forget(where)
    until(lambda: not _alive(pid))


def _alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:4]
    except OSError:
        return False


@pytest.mark.skipif(os.name != "posix", reason="killed by a signal of Unix")
def test_one_whose_process_was_killed_is_not_said_to_wake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    pids = list[int]()
    start = alarms.start
    monkeypatch.setattr(alarms, "start", lambda where: pids.append(start(where)))
    assert main(["alarm", "--json"]) == 0
    assert not json.loads(capsys.readouterr().out)["waits"]
    assert main(["alarm", hour_from_now(), "--unrehearsed"]) == 0
    assert "It was not rehearsed" in capsys.readouterr().err
    assert main(["alarm"]) == 0
    assert main(["alarm", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2])["waits"]
    os.kill(pids[0], signal.SIGKILL)
    until(lambda: main(["alarm"]) == 1)  # its lock goes with the last of its threads
    assert "nothing will ring. Set it again: lullaby alarm " in capsys.readouterr().err
    assert main(["alarm", "off"]) == 0


def hour_from_now() -> str:
    return f"{datetime.now() + timedelta(hours=1):%H:%M}"


def test_the_command_sets_shows_and_takes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    started: list[Path] = []
    monkeypatch.setattr(alarms, "start", started.append)
    monkeypatch.setattr(alarms, "is_waited_for", lambda where: True)
    assert main(["alarm"]) == 0
    assert main(["alarm", "07:00", "--unrehearsed", "--rise", "90"]) == 0
    assert started == [tmp_path / "alarm"]
    assert main(["alarm"]) == 0
    assert main(["alarm", "off"]) == 0
    assert alarms.load(tmp_path / "alarm") is None
    said = capsys.readouterr().out
    assert "No alarm is set" in said
    assert said.count("It wakes at 07:00") == 2
    assert "The alarm is off." in said
    for words in (["noon"], ["07:00", "--rise", "soon"], ["07:00", "--rise", "02:00:00"]):
        assert main(["alarm", *words, "--unrehearsed"]) == 2


@pytest.mark.sound
def test_a_muted_card_is_raised_and_heard_though_the_headphones_are_gone(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    env = {**sound_server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"}
    alarm = soon(ways=("portaudio", "miniaudio"), device="headphones that are gone", percent=60)
    alarms.save(alarm, SOUND, tmp_path / "alarm")
    for words in (["set-sink-mute", "night", "1"], ["set-sink-volume", "night", "10%"]):
        subprocess.run(["pactl", *words], env=env, check=True)
    command = [sys.executable, "-m", "lullaby.player.alarm", str(tmp_path / "alarm")]
    with sound_server.recording() as recorded, subprocess.Popen(command, env=env) as ringing:
        while not np.abs(recorded.sound[-RATE:]).max(initial=0) > 0.05:
            recorded.wait(0.2)
        alarms.forget(tmp_path / "alarm")
        assert ringing.wait(PATIENCE) == 0
    for words in (["set-sink-volume", "night", "100%"],):
        subprocess.run(["pactl", *words], env=env, check=True)


@pytest.mark.sound
def test_the_sink_that_rings_is_raised_and_no_other(sound_server: SoundServer, tmp_path: Path) -> None:
    env = {**sound_server.env, "PYTHONPATH": f"{Path(__file__).parent.parent}"}
    sink = ("module-null-sink", "sink_name=bed", "format=float32le", "rate=48000")
    module = sound_server.ask("load-module", *sink)
    sound_server.ask("set-default-sink", "night")
    for words in ("set-sink-mute bed 1", "set-sink-volume bed 10%", "set-sink-volume night 20%"):
        sound_server.ask(*words.split())
    alarms.save(soon(ways=("usual",), device="bed", percent=60), SOUND, tmp_path / "alarm")
    command = [sys.executable, "-m", "lullaby.player.alarm", str(tmp_path / "alarm")]
    try:
        with sound_server.recording("bed") as recorded, subprocess.Popen(command, env=env) as ringing:
            while not np.abs(recorded.sound[-RATE:]).max(initial=0) > 0.05:
                recorded.wait(0.2)
            alarms.forget(tmp_path / "alarm")
            assert ringing.wait(PATIENCE) == 0
        assert "no" in sound_server.ask("get-sink-mute", "bed")
        assert " 60% " in sound_server.ask("get-sink-volume", "bed")
        assert " 20% " in sound_server.ask("get-sink-volume", "night")
    finally:
        sound_server.ask("unload-module", module)
        sound_server.ask("set-sink-volume", "night", "100%")


@pytest.mark.sound
@pytest.mark.parametrize(("wakes", "muted"), [(False, "yes"), (True, "no")])
def test_a_mixer_that_muted_the_night_leaves_the_alarm_alone(
    sound_server: SoundServer, monkeypatch: pytest.MonkeyPatch, wakes: bool, muted: str
) -> None:
    """A sound server remembers what was muted, by the program. The alarm is another, and never muted."""
    for name in ("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_SERVER"):
        monkeypatch.setenv(name, sound_server.env[name])
    module = sound_server.ask("load-module", "module-stream-restore")
    try:
        for mutes in (True, False):
            stream = pulse.Stream(pulse.library(), "night", 1_024, 9_600, wakes=wakes)
            (line,) = sound_server.ask("list", "short", "sink-inputs").splitlines()
            if mutes:
                sound_server.ask("set-sink-input-mute", line.split()[0], "1")
            else:
                assert f"Mute: {muted}" in sound_server.ask("list", "sink-inputs")
            stream.close()
            until(lambda: not sound_server.ask("list", "short", "sink-inputs"))
    finally:
        sound_server.ask("unload-module", module)
