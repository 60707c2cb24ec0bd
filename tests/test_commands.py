"""What a person types does what it says; facts on stdout, everything else on stderr, codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typed import Say, typing

from lullaby.cli.line import Line
from lullaby.cli.progress import Progress
from lullaby.cli.warmup import Stopwatch
from lullaby.kernels import jit
from lullaby.score import find_voice
from lullaby.voices.kinds import KINDS

FIRST = """# first-night.toml — a little rain, and then less of it.
title = "A Little Rain"
length = 00:02:00
seed = 5
[voices]
rain = "rain-on-slate"
hush = "pink-noise"
[scene.arriving]
at = 0
rain = -4
[scene.going]
at = 00:01:00
rain = { level = "silent" }
hush = -20
"""


@pytest.fixture
def lullaby(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Types a command in an empty folder, with a default night of two minutes."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    (tmp_path / "home/scores").mkdir(parents=True)
    (tmp_path / "home/scores/first-night.toml").write_text(FIRST)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr("lullaby.cli.scores.DEFAULT", "first-night")
    monkeypatch.setattr("lullaby.cli.tonight.DEFAULT", "first-night")

    return typing(capsys)


def child(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lullaby", *words], capture_output=True, text=True, **how)


def test_bare_lullaby_says_what_tonight_would_be(lullaby: Say):
    said = lullaby()
    assert said.code == 0
    for words in ("A Little Rain", "00:02:00", "-33 LUFS", "opens with rain", "22:17", "lullaby render"):
        assert words in said.out
    assert said.err == ""


def test_a_night_is_rendered_into_this_folder_under_title_and_date(lullaby: Say):
    said = lullaby("render", "--to", "10")
    assert said.code == 0
    assert [p.name for p in Path().iterdir()] == ["A Little Rain 2026-11-30.m4b"]
    assert "A Little Rain 2026-11-30.m4b: 00:00:10" in said.out


def test_render_tells_programs_what_it_made(lullaby: Say):
    said = lullaby(
        "render", "first-night", "--from", "00:00:30", "--to", "40.5", "--seed", "9",
        "--date", "2026-02-03", "--bits", "24", "--json", "-o", "night.wav",
    )  # fmt: skip
    assert said.code == 0
    facts = said.facts
    assert (facts["frames"], facts["bits"], facts["seed"], facts["date"]) == (504_000, 24, 9, "2026-02-03")
    with soundfile.SoundFile("night.wav") as file:
        assert (file.frames, file.subtype) == (504_000, "PCM_24")
    assert facts["bytes"] == Path("night.wav").stat().st_size


def test_the_same_words_make_the_same_file(lullaby: Say):
    for name in ("a.flac", "b.flac"):
        lullaby("render", "--to", "3", "-o", name)
    assert Path("a.flac").read_bytes() == Path("b.flac").read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rendr",), 'Did you mean "render"?'),
        (("render", "nonesuch"), 'there is no score and no voice "nonesuch"'),
        (("render", "no/such.toml"), "there is no such file"),
        (("render", "--from", "5", "--to", "5"), "--from 5 is not before --to 5"),
        (("render", "--from", "00:05:00"), "outside the night: it lasts until 00:02:00"),
        (("render", "--from", "soon"), '"soon" is not a time'),
        (("render", "--to", "inf"), '"inf" is not a time'),
        (("render", "--to=-3"), '"-3" is not a time'),
        (("render", "-o", "night.ogg"), "There are: .m4b, .opus, .flac, .mp3, .wav, .mp4"),
        (("render", "-o", "night"), "a name without an ending"),
        (("render", "--seed", "-1"), "--seed is a whole number from 0"),
        (("render", "--date", "today"), '"today" is not a date'),
        (("render", "--bits", "12"), "invalid choice"),
        (("render", "--bits", "24"), "only .flac and .wav have bits"),
        (("render", "--for-use", "podcats"), 'Did you mean "podcast"?'),
        (("render", "--jobs", "0"), "--jobs goes from 1"),
        (("render", "--set", "drops=3"), "--set is for voices mixed by name"),
        (("render", "--length", "60"), "--length is for voices mixed by name"),
        (("render", "rain", "first-night"), "first-night is a whole night; name it alone"),
        (("render", "rain", "seee"), 'there is no voice "seee"'),
        (("render", "rain", "--length", "90000"), "--length goes from 00:00:01"),
        (("render", "--events", "night.csv", "--to", "2"), "ends in .tsv"),
        (("hear",), "required: VOICE"),
        (("hear", "rian"), 'there is no voice "rian"'),
        (("hear", "rain", "--seconds", "nan"), "--seconds goes from 0.5"),
        (("hear", "rain", "--seconds", "90000"), "--seconds goes from 0.5"),
        (("hear", "rain:loud"), "level"),
        (("hear", "rain:"), "the level is missing"),
        (("hear", "rain", "--set", "drops"), "--set drops=20"),
        (("hear", "rain", "--set", "drps=20"), 'Did you mean "drops"?'),
        (("hear", "rain", "--set", "drops=9999"), "is too high"),
        (("hear", "rain", "pink-noise", "--set", "pink-noise.drops=9"), 'pink-noise has no "drops"'),
        (("picture", "first-night", "-o", "night.jpg"), "ends in .png"),
        (("check", "nothing-here.toml"), "there is no such file"),
        (("voices", "--jsn"), "voices does not know"),
    ],
)
def test_asked_wrongly_is_a_sentence_and_two(lullaby: Say, words: tuple[str, ...], says: str):
    said = lullaby(*words)
    assert said.code == 2
    assert says in said.out + said.err
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 3
    assert list(Path().iterdir()) == []


def test_the_default_night_is_a_shipped_one():
    from lullaby.cli.scores import DEFAULT
    from lullaby.places import shipped

    assert (shipped("scores") / f"{DEFAULT}.toml").is_file()


def test_voices_are_told_with_their_settings(lullaby: Say):
    said = lullaby("voices", "--json")
    rain = next(voice for voice in said.facts if voice["name"] == "rain-on-slate")
    assert rain["kind"] == "rain"
    assert Path(rain["file"]).is_file()
    drops = next(setting for setting in rain["settings"] if setting["name"] == "drops")
    assert drops["unit"] == "per second"
    assert drops["low"] < drops["value"] < drops["high"]
    assert drops["moves"] is True
    assert "rain-on-slate" in lullaby("voices").out


def test_one_broken_voice_hides_none_of_the_others(lullaby: Say):
    broken = Path(os.environ["LULLABY_HOME"]) / "voices"
    broken.mkdir()
    (broken / "odd.toml").write_text('kind = "noyse"\n')
    said = lullaby("voices", "--json")
    assert said.code == 2
    assert len(said.facts) > 5
    assert 'there is no kind "noyse"' in said.err


def test_scores_are_told(lullaby: Say):
    said = lullaby("scores", "--json")
    first = next(score for score in said.facts if score["name"] == "first-night")
    assert (first["title"], first["seconds"]) == ("A Little Rain", 120)
    assert first["description"] == "a little rain, and then less of it."
    assert "A Little Rain, 00:02:00" in lullaby("scores").out


def test_a_voice_is_heard_at_unity(lullaby: Say):
    from lullaby.night.loudness import Meter

    said = lullaby("hear", "pink-noise", "--seconds", "10", "-o", "pink.wav")
    assert said.code == 0
    sound, _ = soundfile.read("pink.wav", dtype="float32")
    assert len(sound) == 480_000
    meter = Meter()
    meter.feed(sound[48_000:-96_000].T)
    assert meter.integrated == pytest.approx(-27, abs=1.2)


def test_a_level_and_a_setting_are_heard(lullaby: Say):
    from lullaby.night.loudness import Meter

    def loudness(*words: str) -> float:
        assert lullaby("hear", *words, "--seconds", "6", "-o", "heard.wav").code == 0
        meter = Meter()
        meter.feed(soundfile.read("heard.wav", dtype="float32")[0][48_000:-96_000].T)
        return meter.integrated

    usual = loudness("noise")
    assert loudness("noise:-6") == pytest.approx(usual - 6, abs=0.05)
    assert loudness("noise", "--set", "level=-6") == pytest.approx(usual - 6, abs=0.05)

    def lows() -> float:
        power = np.abs(np.fft.rfft(soundfile.read("heard.wav")[0][:, 0])) ** 2
        return float(power[: len(power) // 24].sum() / power.sum())

    assert lows() > 0.3
    told = ("--set", "pink-noise.bed.tilt=0", "--set", "from=4000")
    assert loudness("noise", *told) == pytest.approx(usual, abs=0.5)  # another colour is as loud
    assert lows() < 0.01


def test_the_same_voice_may_be_named_twice(lullaby: Say):
    said = lullaby("hear", "rain", "rain:-3", "--seconds", "1", "-o", "twice.wav")
    assert (said.code, Path("twice.wav").exists()) == (0, True)


def test_a_caution_is_said_once_and_not_in_the_pipe(lullaby: Say):
    said = lullaby("hear", "beats", "slow-pulse", "--seconds", "1", "-o", "beats.wav")
    assert said.err.count("Not with epilepsy") == 1
    assert "epilepsy" not in said.out


def test_check_says_right_with_facts(lullaby: Say):
    home = Path(os.environ["LULLABY_HOME"])
    said = lullaby("check", str(home / "scores/first-night.toml"))
    assert said.code == 0
    assert "right. A Little Rain, 00:02:00, 2 scenes; rain, hush." in said.out
    Path("one.toml").write_text('[voices]\nrain = "rain"\n[scene.a]\nat = 0\nrain = 0\n')
    assert "one scene; rain." in lullaby("check", "one.toml").out


def test_check_says_all_mistakes_and_two(lullaby: Say):
    Path("odd.toml").write_text(FIRST.replace("seed = 5", "sed = 5").replace("rain = -4", "rain = -400"))
    said = lullaby("check", "odd.toml", "--json")
    assert said.code == 2
    assert len(said.facts[0]["mistakes"]) == 2
    plain = lullaby("check", "odd.toml").out
    assert 'there is no "sed"' in plain
    assert "-400" in plain


def test_check_listens_to_a_voice_and_says_its_trim(lullaby: Say):
    Path("loud.toml").write_text('# Loud.\nkind = "noise"\ntrim = 9\n')
    said = lullaby("check", "loud.toml", "--json")
    facts = said.facts[0]
    assert said.code == 0
    assert facts["lufs"] > -22
    Path("mended.toml").write_text(f'# Mended.\nkind = "noise"\ntrim = {facts["trim"]}\n')
    mended = lullaby("check", "mended.toml", "--json").facts[0]
    assert mended["lufs"] == pytest.approx(-27, abs=0.1)
    assert "trim" not in mended
    assert "lufs" not in lullaby("check", "loud.toml", "--no-listen", "--json").facts[0]


def test_warmup_leaves_nothing_to_compile(lullaby: Say, monkeypatch: pytest.MonkeyPatch):
    assert lullaby("warmup").code == 0
    compiled: list[str] = []
    monkeypatch.setattr(jit, "tuning", [compiled.append])
    said = lullaby("warmup", "--json")
    assert said.facts["compiled"] == {}
    assert said.facts["ready"] > 10
    lullaby("render", "--to", "5", "-o", "a.flac")
    assert compiled == []


def test_a_stopwatch_counts_each_kernel_for_itself(monkeypatch: pytest.MonkeyPatch):
    now = iter([0.0, 1.0, 4.0, 9.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(now))
    watch = Stopwatch()
    watch.begins("outer")
    watch.begins("inner")
    watch.ends("inner")
    watch.ends("outer")
    assert watch.seconds == {"inner": 3.0, "outer": 6.0}


def test_doctor_holds_what_a_report_needs(lullaby: Say):
    said = lullaby("doctor", "--json")
    facts = said.facts
    assert said.code == 0
    assert all(facts["versions"][name] for name in ("lullaby", "numba", "llvmlite", "av"))
    assert facts["instruments"]["cache is writable"] is True
    assert facts["codecs"]["flac"] is True
    assert facts["sound devices"]
    assert "versions:" in lullaby("doctor").out


def test_doctor_survives_any_probe(lullaby: Say, monkeypatch: pytest.MonkeyPatch):
    def broken() -> Any:
        raise RuntimeError("no\nsuch luck")

    monkeypatch.setattr("lullaby.cli.doctor.PROBES", {"versions": broken, "codecs": broken})
    said = lullaby("doctor", "--json")
    assert said.code == 0
    assert said.facts["versions"] == {"failed": "RuntimeError: no such luck"}


def stopping_after(parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C as soon as so many parts are in the file."""
    from lullaby.export.unfinished import Unfinished

    add = Unfinished.add

    def stopped(self: Unfinished, *part: Any) -> None:
        if self.parts == parts:
            raise KeyboardInterrupt
        add(self, *part)

    monkeypatch.setattr(Unfinished, "add", stopped)


def test_ctrl_c_before_anything_is_made_leaves_nothing(lullaby: Say, monkeypatch: pytest.MonkeyPatch):
    stopping_after(0, monkeypatch)
    said = lullaby("render", "-o", "night.flac")
    assert (said.code, said.err) == (130, "Stopped.\n")
    assert list(Path().iterdir()) == []


def test_ctrl_c_says_how_to_go_on(lullaby: Say, monkeypatch: pytest.MonkeyPatch):
    lullaby("render", "-o", "whole.flac")
    with monkeypatch.context() as patched:
        stopping_after(1, patched)
        said = lullaby("render", "-o", "night.flac")
    assert said.code == 130
    assert "the same command goes on from there" in said.err
    assert not Path("night.flac").exists()
    said = lullaby("render", "-o", "night.flac")
    assert said.code == 0
    assert "Going on with night.flac." in said.err
    assert Path("night.flac").read_bytes() == Path("whole.flac").read_bytes()
    assert sorted(os.listdir()) == ["night.flac", "whole.flac"]


def test_a_mix_is_a_night_and_may_be_kept(lullaby: Say):
    said = lullaby(
        "render", "rain", "pink-noise:-6", "--set", "drops=3", "--to", "5", "--save", "cabin", "-o", "a.wav"
    )
    assert said.code == 0
    path = Path(os.environ["LULLABY_HOME"]) / "scores" / "cabin.toml"
    try:
        assert lullaby("check", str(path)).code == 0
        assert lullaby("render", "cabin", "--to", "5", "-o", "b.wav").code == 0
        a, b = (soundfile.read(name, dtype="int16")[0] for name in ("a.wav", "b.wav"))
        np.testing.assert_array_equal(a, b)
        assert "level = -6" in path.read_text()
        assert "drops = 3" in path.read_text()
        same = ("render", "rain", "pink-noise:-6", "--set", "drops=3", "--save", "cabin")
        assert lullaby(*same, "--to", "3", "-o", "d.wav").code == 0  # whoever was stopped says it again
        again = lullaby("render", "rain", "--to", "2", "--save", "cabin", "-o", "c.wav")
        assert again.code == 2
        assert "is there already" in again.err
        assert "--save NAME" in again.err
        assert not Path("c.wav").exists()
    finally:
        path.unlink()


def test_two_mixes_that_differ_are_two_nights(lullaby: Say):
    prints = set()
    for words in (["--length", "9"], ["--length", "10"], ["--length", "10", "--set", "pan=0.2"]):
        said = lullaby("render", "rain", *words, "--to", "2", "--json", "-o", "a.wav")
        prints.add(said.facts["fingerprint"])
    prints.add(
        lullaby("render", "rain:-3", "--length", "10", "--to", "2", "--json", "-o", "a.wav").facts[
            "fingerprint"
        ]
    )
    assert len(prints) == 4


def test_the_date_is_never_cut_off_a_name():
    from lullaby.export import file_name

    for title in ("夜" * 200, "a" * 300, "", "... / ..."):
        name = file_name(title, "2026-11-30")
        assert name.endswith(" 2026-11-30")
        assert len(name.encode()) <= 200
        assert "/" not in name


def test_a_table_of_events_spares_what_is_theirs(lullaby: Say):
    Path("night.json").write_text('{"mine": 1}')
    said = lullaby("render", "--to", "2", "-o", "a.wav", "--events", "night.tsv")
    assert said.code == 2
    assert "is there already" in said.err
    assert Path("night.json").read_text() == '{"mine": 1}'


def test_a_mix_lasts_as_long_as_it_is_told(lullaby: Say):
    assert lullaby("render", "rain", "--length", "7", "-o", "short.wav").code == 0
    assert soundfile.info("short.wav").frames == 7 * 48_000


def test_a_mix_of_no_length_is_asked_wrongly(lullaby: Say):
    said = lullaby("render", "rain", "--length", "0", "-o", "none.wav")
    assert (said.code, said.err) == (2, "--length goes from 00:00:01 to 24:00:00.\n")
    assert not Path("none.wav").exists()


@pytest.mark.parametrize(
    ("word", "kind"),
    [("ocean", "sea"), ("waves", "sea"), ("river", "stream"), ("storm", "thunder"), ("fireplace", "fire"),
     ("cat", "purr"), ("heart", "heartbeat"), ("forest", "leaves")],
)  # fmt: skip
def test_what_people_call_a_sound_is_its_name_too(word: str, kind: str):
    assert find_voice(word, KINDS).name == find_voice(kind, KINDS).name


def test_what_a_night_is_made_of_may_stand_before_and_behind_options(lullaby: Say):
    asked = ("why", "rain", "--length", "60", "fire:-6", "--json", "30")
    heard = json.loads(lullaby(*asked).out)["heard"]
    assert list(heard) == ["open-rain", "hearth"]
    assert lullaby("why", "--sleeper", "none", "60").code == 0
    assert lullaby("render", "rain", "--length", "2", "sea", "-o", "one.wav", "--json").code == 0
    assert lullaby("render", "rain", "sea", "--length", "2", "-o", "other.wav").code == 0
    assert Path("one.wav").read_bytes() == Path("other.wav").read_bytes()


def test_what_is_never_heard_asleep_cannot_be_told_to_be(lullaby: Say):
    Path("t.toml").write_text(
        '[voices]\ntrain = "night-train"\n[scene.all]\nat = 0\ntrain = 0\n'
        "[follow]\ntrain = { n1 = -4, n3 = { level = -12 } }\n"
    )
    said = lullaby("check", "t.toml")
    assert said.code == 2
    assert said.out + said.err == (
        "t.toml, [follow]: train.n3: level = -12 would be heard, and train never is from n2 on: "
        "it could wake somebody.\n    Leave train.n3 out.\n"
    )


def test_a_recording_without_a_voice_file_is_told_what_it_needs(lullaby: Say):
    for words in (
        ("hear", "clip"),
        ("hear", "./creek.wav"),
        ("render", "creek.mp3"),
        ("why", "a.flac", "60"),
    ):
        said = lullaby(*words)
        assert said.code == 2
        assert 'kind = "clip"' in said.err


def test_a_score_with_a_recording_that_cannot_be_heard_is_not_right(lullaby: Say):
    Path("voices").mkdir()
    soundfile.write("voices/silent.wav", np.zeros((48_000, 2)), 48_000)
    soundfile.write("voices/short.wav", np.random.default_rng(1).normal(0, 0.1, (4_800, 2)), 48_000)
    for name, says in (
        ("silent", "nothing is loud enough in it to be heard"),
        ("short", "0.25 s is the least"),
    ):
        Path(f"voices/{name}.toml").write_text(f'kind = "clip"\nfile = "{name}.wav"\n')
        Path("s.toml").write_text(f'[voices]\na = "{name}"\n[scene.x]\nat = 0\na = 0\n')
        said = lullaby("check", "s.toml")
        assert (said.code, len(said.err.splitlines())) == (1, 1)
        assert says in said.err


def test_a_mistake_of_ours_asks_to_be_reported(lullaby: Say, monkeypatch: pytest.MonkeyPatch):
    def wrong(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("lullaby.score.find_score", wrong)
    said = lullaby("render")
    assert said.code == 1
    assert len(said.err.splitlines()) == 1
    assert "lullaby doctor" in said.err
    monkeypatch.setenv("LULLABY_DEBUG", "1")
    assert "Traceback" in lullaby("render").err


def test_a_pipe_that_closes_is_met_with_silence():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        gone = subprocess.run(
            [sys.executable, "-m", "lullaby", "voices", "--json"], stdout=closed, stderr=subprocess.PIPE
        )
    assert gone.stderr == b""
    assert gone.returncode == 1


def test_version_and_module_alike():
    assert child("--version").stdout.startswith("lullaby 0.")


class Stream:
    """A stream that may call itself a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.text, self._terminal = "", terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_only_a_terminal_that_likes_it_is_redrawn(monkeypatch: pytest.MonkeyPatch, plain: dict[str, str]):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    stream = Stream(terminal=True)
    Progress("Rendering", Line(stream))(5, 10)  # type: ignore[arg-type]
    assert ("\r" in stream.text) is (not plain)


def test_elsewhere_progress_is_a_plain_line_every_tenth(monkeypatch: pytest.MonkeyPatch):
    now = iter(np.arange(0.0, 1e6, 0.5).tolist())
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    stream = Stream(terminal=False)
    progress = Progress("Rendering", Line(stream))  # type: ignore[arg-type]
    for done in range(0, 1001):
        progress(done, 1000)
    lines = stream.text.splitlines()
    assert len(lines) == 10
    assert lines[-1] == "Rendering: 100 %"
    assert all("left" in line for line in lines[:-1])
    assert "\x1b" not in stream.text


def test_only_the_first_run_tunes(tmp_path: Path):
    env = {**os.environ, "LULLABY_CACHE": str(tmp_path / "cache")}
    words = ("hear", "pink-noise", "--seconds", "0.5", "-o", str(tmp_path / "a.wav"))
    first, second = (child(*words, env=env) for _ in range(2))
    assert first.returncode == second.returncode == 0
    assert first.stderr.count("Tuning instruments that are new here") == 1
    assert second.stderr == ""


def test_work_that_is_soon_done_has_no_plain_lines():
    stream = Stream(terminal=False)
    progress = Progress("Rendering", Line(stream))  # type: ignore[arg-type]
    for done in range(11):
        progress(done, 10)
    assert stream.text == ""


def test_a_tuning_is_said_once():
    from lullaby.cli.progress import TUNING, Tuning

    stream = Stream(terminal=False)
    names = list(jit.kernels)[:3]
    with Tuning(Line(stream)):  # type: ignore[arg-type]
        for name in [*names, *names]:
            for listener in jit.tuning:
                listener(name)
    assert stream.text.count(TUNING) == 1
    assert jit.tuning == []
