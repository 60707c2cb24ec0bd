"""What a meter reads at the pillow turns levels into dBA; without it, nothing speaks of dBA."""

from __future__ import annotations

import re
import stat
import sys
import threading
from pathlib import Path

import av
import numpy as np
import pytest
from nights import laeq_minute, night_of
from typed import Say, typing

from lullaby.evening.capped import missed
from lullaby.night import Night
from lullaby.night.loudness import Meter
from lullaby.people.calibration import NOT_CALIBRATED, SOUND, Calibration
from lullaby.people.caps import caps_for
from lullaby.people.devices import calibration_for, devices, devices_file, keep_device
from lullaby.people.limits import limits_at
from lullaby.people.listeners import Person, add_person, find_person, keep_device_of, person_file
from lullaby.time import RATE


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))

    return typing(capsys, "calibrate")


def test_uncalibrated_nothing_speaks_of_dba():
    for unknown in (NOT_CALIBRATED, Calibration(comfortable=-10)):
        assert unknown.offset is None
        assert unknown.dba(-40) is None
        assert unknown.dbfs(40) is None


def test_a_meter_reading_makes_levels_dba():
    known = Calibration().updated(comfortable=-10, meter=38)
    assert known == Calibration(-10, 38, SOUND - 10)
    assert known.dba(SOUND - 10) == 38
    assert known.dba(SOUND) == 48
    assert known.dbfs(38) == SOUND - 10


def test_what_is_comfortable_later_leaves_the_device_as_it_was_measured():
    before = Calibration().updated(comfortable=-10, meter=38)
    after = before.updated(comfortable=-20)
    assert (after.comfortable, after.offset) == (-20, before.offset)
    assert after.updated(meter=28).offset == before.offset


def test_in_a_pipe_it_says_what_to_give(say: Say):
    for words in ((), ("--json",), ("--device", "x")):
        said = say(*words)
        assert (said.code, said.out) == (2, "")
        assert "--comfortable DB, --meter DBA" in said.err
    assert not devices_file().exists()


def test_pink_noise_stands_in_for_the_test_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """What calibrate says to play is as loud as it counts on."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    said = typing(capsys)("calibrate", "--comfortable", "-10").err
    found = re.search(r"pink noise of -46 dBFS.A. plays: `lullaby (hear pink-noise:\S+) --seconds 300`", said)
    assert found
    monkeypatch.chdir(tmp_path)
    assert typing(capsys)(*found[1].split(), "--seconds", "20", "-o", "x.wav").code == 0
    with av.open("x.wav") as file:
        sound = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in file.decode(audio=0)])
    meter = Meter()
    meter.feed(np.ascontiguousarray(sound.T[:, 2 * RATE : 18 * RATE] / np.float32(32768)))
    assert laeq_minute(meter) == pytest.approx(SOUND - 10, abs=0.3)


def test_in_a_terminal_it_asks(say: Say, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    answers = iter(["-12", "", "", "36,5", "", "", "loud"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    said = say()
    assert (said.code, "does not play its test sound yet" in said.err) == (0, True)
    assert devices()["default"] == Calibration(-12)
    assert "dBA" not in said.out
    assert say().code == 0
    assert devices()["default"] == Calibration(-12, 36.5, SOUND - 12)
    assert say().code == 2
    assert say().code == 2
    assert devices()["default"] == Calibration(-12, 36.5, SOUND - 12)


def test_an_answer_that_ends_changes_nothing(say: Say, monkeypatch: pytest.MonkeyPatch):
    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", ended)
    assert say().code == 2
    assert not devices_file().exists()


def test_devices_are_kept_apart_and_private(say: Say):
    name = 'bed "x" . [é]'
    assert say("--device", name, "--comfortable", "-14.5").code == 0
    facts = say("--meter", "40", "--json").facts
    assert (facts["device"], facts["meter_dba"], facts["offset_db"], facts["plays"]) == (
        "default",
        40,
        76,
        False,
    )
    assert devices() == {name: Calibration(-14.5), "default": Calibration(None, 40, SOUND)}
    assert stat.S_IMODE(devices_file().stat().st_mode) == 0o600
    devices_file().write_text("# mine\n" + devices_file().read_text())
    devices_file().chmod(0o666)
    notes: list[str] = []
    devices(notes.append)
    assert (len(notes), stat.S_IMODE(devices_file().stat().st_mode)) == (1, 0o600)
    assert say("--meter", "41").code == 0
    assert devices_file().read_text().startswith("# mine\n")


@pytest.mark.parametrize(
    "words",
    [
        ["--meter", "0"],
        ["--meter", "nan"],
        ["--meter", "200"],
        ["--meter", "x"],
        ["--comfortable", "13"],
        ["--comfortable", "-inf"],
        ["--device", "", "--meter", "40"],
        ["--device", "\x1b[2J", "--meter", "40"],
        ["--for", "../x", "--meter", "40"],
        ["--for", "nobody", "--meter", "40"],
    ],
)
def test_what_cannot_be_is_not_kept(words: list[str], say: Say):
    said = say(*words)
    assert (said.code, said.out) == (2, "")
    assert "\x1b" not in said.err
    assert not devices_file().exists()


def test_a_listeners_device_is_in_their_file(say: Say):
    add_person(Person("kid", birth_year=2025))
    said = say("--for", "kid", "--comfortable", "-10")
    assert "nobody has measured" in said.out
    assert "dBA" not in said.out
    said = say("--for", "kid", "--meter", "58")
    assert "At most 50 dBA at the cot, 40 aimed at." in said.out
    assert "8 dB too loud" in said.out
    assert find_person("kid").calibration() == Calibration(-10, 58, SOUND - 10)
    assert stat.S_IMODE(person_file("kid").stat().st_mode) == 0o600
    assert not devices_file().exists()


def test_what_was_measured_once_holds_for_whoever_listens(say: Say):
    add_person(Person("anna"))
    assert say("--meter", "40").code == 0
    keep_device_of("anna", "default", lambda known: known.updated(comfortable=-20))
    assert calibration_for(find_person("anna")) == Calibration(-20, 40, SOUND)
    assert calibration_for(None) == Calibration(None, 40, SOUND)
    assert calibration_for(find_person("anna"), "another") == NOT_CALIBRATED


def test_a_broken_file_says_where(say: Say):
    assert say("--meter", "40").code == 0
    devices_file().write_text("[device.a]\nmeter = 4\nsounding = -36\n")
    said = say("--meter", "41")
    assert said.code == 2
    assert said.err.startswith(f"{devices_file()}, [device] a: meter = 4 is too low")
    assert devices_file().read_text().startswith("[device.a]\nmeter = 4")


def test_a_home_that_cannot_be_written_is_one_line(say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "file"))
    said = say("--meter", "40")
    assert (said.code, said.err.count("\n")) == (1, 1)


def test_devices_measured_at_once_are_all_kept(say: Say):
    threads = [
        threading.Thread(target=keep_device, args=(f"d{k}", lambda known: known.updated(meter=40)))
        for k in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(devices()) == {f"d{k}" for k in range(8)}


TOOTH = (
    'all_night = "a tooth"\nlevel = -33\nlength = 600\n[voices]\nr = "pink-noise"\n[scene.a]\nat = 0\nr = 0\n'
)


@pytest.fixture
def tooth(say: Say, tmp_path: Path) -> str:
    """A score of the listener's own that plays all night."""
    (tmp_path / "home" / "scores").mkdir(parents=True)
    (tmp_path / "home" / "scores" / "tooth.toml").write_text(TOOTH)
    (tmp_path / "home" / "scores" / "broken.toml").write_text("level = [")
    return "tooth"


def test_it_says_which_scores_a_measured_device_makes_softer(say: Say, tooth: str):
    assert "Softer" not in say("--comfortable", "-3").out
    out = say("--meter", "61").out  # 40 dBA is -60 dBFS(A) there
    assert "opens at no more than 40 dBA" in out
    assert "tooth up to 27 dB" in out
    assert "plain" not in out  # it plays for a quarter of an hour
    assert say("--meter", "61", "--json").facts["softened_db"] == {"tooth": 27}
    assert "No score there is now is softer" in say("--meter", "30").out


def test_for_a_child_it_says_so_of_every_score(say: Say, tooth: str):
    add_person(Person("kim", birth_year=2018))
    facts = say("--for", "kim", "--meter", "65", "--json").facts
    assert set(facts["softened_db"]) > {"plain", "harbour-rain", tooth}
    out = say("--for", "kim", "--meter", "65").out
    assert "all night (all_night" not in out  # no child's night does
    assert re.search(r"up to \d+ dB, and \d+ more\.", out)


def test_why_names_what_a_night_is_lowered_for(say: Say, tooth: str, capsys: pytest.CaptureFixture[str]):
    def why(*words: str) -> str:
        return " ".join(typing(capsys)("why", *words, "30").out.split())

    assert "lower than that" not in why(tooth)
    assert say("--meter", "61").code == 0
    told = why(tooth)
    assert "dB lower than that: what plays all night opens at no more than 40 dBA at the pillow" in told
    lower = re.search(r"It is (\S+) dB lower", told)
    assert lower
    assert 20 < float(lower[1]) <= 27  # what calibrate said at the most
    assert "calibrate" in told
    assert "listener" not in told
    add_person(Person("kim", birth_year=2018))
    assert "a night for a child opens at no more than 40 dBA at the pillow" in why("plain", "--for", "kim")
    add_person(Person("ada", birth_year=1980, cap_dba=30))
    assert "its listener's own limit is no more than 30 dBA at the pillow" in why("plain", "--for", "ada")


def test_a_loudness_that_a_cap_forbids_is_known_beforehand():
    measured = Calibration(meter=61, sounding=SOUND - 3)
    score = night_of(TOOTH).score
    child = caps_for(limits_at(7), measured, all_night=False)
    short = missed(Night(score, seed=1, caps=child), -16)
    assert short is not None
    # 45 dBA is -55 dBFS(A), and pink noise has some 4 LUFS more than dBFS(A)
    assert short.most == pytest.approx(-51.3, abs=1)
    assert "no more than 45 dBA at the pillow" in short.says
    assert missed(Night(score, seed=1, caps=child), -60) is None
    assert missed(Night(score, seed=1), -16) is None
