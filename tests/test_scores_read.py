"""What a person wrote is what the night is told."""

from __future__ import annotations

import dataclasses
import pickle
from pathlib import Path

import pytest
from score_kinds import KINDS

from lullaby.errors import WrittenWrongly
from lullaby.score import (
    SILENT,
    ReverbSettings,
    Score,
    Until,
    find_score,
    find_voice,
    read_score,
    read_voice,
    score_files,
    score_of,
    voice_files,
    voice_paths,
)
from lullaby.time import RATE

BROKEN = Path(__file__).parent / "broken"

HARBOUR = """\
# scores/harbour-rain.toml — a small room above the water; the keeper tells one story,
# then lets you go.
title  = "Harbour in the Rain"
length = 08:00:00
seed   = 1889
level  = -33                      # LUFS of the opening

[voices]
rain   = "rain-on-slate"
sea    = { voice = "harbour-swell", send = "silent", level = -6 }
keeper = "old-keeper"

[scene.listening]                 # make room for the story; written first, and heard second
at   = 00:01:30
over = 00:00:20
rain = { level = -27, drops = 4 }
sea  = "silent"

[scene.arriving]
at   = 00:00:00
rain = { level = -18, drops = 9 }
sea  = -26

[follow]
rain = { n2 = { level = -8 }, n3 = "silent", rem = "silent" }

[[tell]]
at     = 00:02:00
story  = "the-lamp-at-the-pier"
voice  = "keeper"
until  = "asleep"
"""

MINUTE = 60 * RATE


@pytest.fixture(autouse=True)
def _nothing_else_to_find(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("lullaby.places.shipped", lambda what: tmp_path / "shipped" / what)


def written(text: str) -> Score:
    """The score in a text that stands beside the voices of tests/broken."""
    return score_of(text, BROKEN / "harbour-rain.toml", KINDS)


def short(text: str, scene: str = "at = 0\nrain = -18") -> Score:
    """A score of one voice and one scene, with this text above it."""
    return written(f'{text}\n[voices]\nrain = "rain-on-slate"\n[scene.one]\n{scene}\n')


def wrong(text: str, scene: str = "at = 0\nrain = -18") -> str:
    with pytest.raises(WrittenWrongly) as caught:
        short(text, scene)
    return caught.value.what


def test_a_score_says_what_was_written():
    score = written(HARBOUR)
    assert (score.name, score.title, score.seed) == ("harbour-rain", "Harbour in the Rain", 1889)
    assert score.description == "a small room above the water; the keeper tells one story, then lets you go."
    assert score.length == 8 * 3600 * RATE
    assert score.level == -33.0
    assert [part.name for part in score.voices] == ["rain", "sea", "keeper"]
    assert [part.kind.name for part in score.voices] == ["rain", "sea", "teller"]
    assert len(score.sources) == 4
    assert score.sources[0] == HARBOUR


def test_what_is_not_written_keeps_its_default():
    score = short("")
    assert (score.title, score.seed, score.level, score.high_cut) == ("harbour-rain", 0, -33.0, 16_000.0)
    assert (score.fade_in, score.fade_out, score.length) == (3 * RATE, MINUTE, 480 * MINUTE)
    assert score.room == ReverbSettings(t60=1.6, damping=0.5, size=1.0, early=-12.0, level=0.0)
    assert (score.all_night, score.tellings, score.follow) == (None, (), {})


def test_every_default_is_what_a_score_may_write_itself():
    score = short("")
    for what, usual in (("room", score.room), ("weather", score.weather)):
        values = {name: value for name, value in dataclasses.asdict(usual).items() if value != ()}
        row = "\n".join(f"{name} = {value}" for name, value in values.items())
        assert values
        told = short(f"[{what}]\n{row}")
        assert told == dataclasses.replace(score, sources=told.sources)


def test_scenes_stand_by_time_however_they_are_written():
    arriving, listening = written(HARBOUR).scenes
    assert (arriving.name, arriving.at, arriving.over) == ("arriving", 0, 0)
    assert (listening.name, listening.at, listening.over) == ("listening", 90 * RATE, 20 * RATE)


def test_a_scene_names_only_what_it_changes():
    arriving, listening = written(HARBOUR).scenes
    assert arriving.changes == {"rain": {"level": -18.0, "drops": 9.0}, "sea": {"level": -26.0}}
    assert listening.changes["rain"] == {"level": -27.0, "drops": 4.0}
    assert "keeper" not in listening.changes


@pytest.mark.parametrize("said", ['"silent"', '{ level = "silent" }'])
def test_silent_is_written_either_way(said: str):
    scene = short("", f"at = 0\nrain = {said}").scenes[0]
    assert scene.silent == {"rain"}
    assert scene.changes["rain"] == {"level": SILENT}


def test_a_bare_number_is_a_level():
    assert short("", "at = 0\nrain = -18").scenes == short("", "at = 0\nrain = { level = -18 }").scenes


def test_a_scene_that_does_not_say_takes_half_a_minute():
    assert short("", "at = 60\nrain = -18").scenes[0].over == 30 * RATE
    assert short("", "at = 0\nover = 5\nrain = -18").scenes[0].over == 5 * RATE


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("00:01:30", 90),
        ('"01:30"', 90),
        ('"1:30:00"', 5400),
        ("90", 90),
        ("90.5", 90.5),
        ("00:01:30.25", 90.25),
    ],
)
def test_a_time_may_be_written_as_a_clock_a_text_or_seconds(said: str, seconds: float):
    assert short("", f"at = {said}\nrain = -18").scenes[0].at == round(seconds * RATE)


def test_a_night_may_be_a_whole_day_and_no_longer():
    assert short('length = "24:00:00"').length == 24 * 3600 * RATE
    assert "too much" in wrong('length = "24:00:01"')
    assert short("length = 1").length == RATE
    assert "too little" in wrong("length = 0.9")


def test_fades_that_are_not_written_fit_a_short_night():
    for length in (1, 2, 5, 30, 62, 63, 64, 600):
        score = short(f"length = {length}")
        assert score.fade_in >= RATE // 2
        assert score.fade_out >= RATE // 2
        assert score.fade_in + score.fade_out <= score.length
    assert short("length = 10\nfade_in = 8").fade_out == 2 * RATE
    assert short("length = 10\nfade_out = 9").fade_in == RATE


def test_a_voice_keeps_its_file_s_values_unless_the_score_sets_them():
    rain, sea, keeper = written(HARBOUR).voices
    assert rain.values["drops"] == 6.0
    assert rain.values["tilt"] == -4.5
    assert sea.values["level"] == -6.0
    assert sea.voice.values["level"] == -3.0
    assert sea.values["send"] == SILENT
    assert sea.values["chord"] == (110.0, 165.0, 220.0)
    assert keeper.values["level"] == -2.0


def test_a_room_may_be_wished_for_or_away():
    assert short("[room]\nt60 = 0.8\nearly = -20").room == ReverbSettings(t60=0.8, early=-20.0)
    assert short('[room]\nlevel = "silent"').room.level == SILENT


def test_follow_is_kept_by_voice_and_state():
    assert written(HARBOUR).follow == {
        "rain": {"n2": {"level": -8.0}, "n3": {"level": SILENT}, "rem": {"level": SILENT}}
    }


def test_only_evidence_makes_a_voice_louder():
    follow = short("[follow]\nrain = { wake = 6, awake = { level = 3 } }").follow
    assert follow["rain"] == {"wake": {"level": 6.0}, "awake": {"level": 3.0}}
    for state in ("drowsy", "n1", "n2", "n3", "rem"):
        assert "louder" in wrong(f"[follow]\nrain = {{ {state} = 0.5 }}")


def test_a_telling_says_when_what_who_and_until():
    (telling,) = written(HARBOUR).tellings
    assert (telling.at, telling.story, telling.voice) == (2 * MINUTE, "the-lamp-at-the-pier", "keeper")
    assert telling.until is Until.ASLEEP
    assert telling.path == BROKEN / "stories" / "the-lamp-at-the-pier.md"
    assert written(HARBOUR.replace('"asleep"', '"end"')).tellings[0].until is Until.END
    assert written(HARBOUR.replace('"asleep"', "00:20:00")).tellings[0].until == 20 * MINUTE


def test_an_all_night_score_says_why():
    assert short('all_night = "company for a ringing ear"').all_night == "company for a ringing ear"


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_all_night_score_without_a_reason_is_a_mistake(reason: str):
    assert "says nothing" in wrong(f'all_night = "{reason}"')


def test_rem_is_always_silent():
    for level in ("-3", "{ level = -3 }"):
        assert "in REM nothing is" in wrong(f"[follow]\nrain = {{ rem = {level} }}")
    assert short('[follow]\nrain = { rem = { level = "silent" } }').follow["rain"]["rem"] == {"level": SILENT}


def test_a_score_can_be_handed_to_another_process_and_not_be_changed():
    score = written(HARBOUR)
    assert pickle.loads(pickle.dumps(score)) == score
    with pytest.raises(dataclasses.FrozenInstanceError):
        score.seed = 2  # type: ignore[misc]


def test_a_voice_file_fills_in_every_setting_of_its_kind():
    voice = read_voice(BROKEN / "voices" / "rain-on-slate.toml", KINDS)
    assert voice.name == "rain-on-slate"
    assert voice.description == "rain on a slate roof, heard from the bed beneath it."
    assert voice.licence == "made here"
    assert voice.values == {
        "level": 0.0, "drops": 6.0, "pitch": (900.0, 3200.0), "spread": 0.7, "tilt": -4.5,
        "sway": 2.5, "sway over": 37.0,
    }  # fmt: skip


def test_a_bare_mark_ends_the_description():
    swell = read_voice(BROKEN / "voices" / "harbour-swell.toml", KINDS)
    assert swell.description == "a slow sea behind a pier."
    assert swell.values["shape"] == ((60.0, -18.0), (800.0, 0.0))


def test_the_nearest_voice_of_a_name_is_the_one(tmp_path: Path):
    for folder, drops in (("beside/voices", 1), ("home/voices", 2), ("shipped/voices", 3)):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "rain.toml").write_text(f'kind = "rain"\n[drops]\nrate = {drops}\n')
    (tmp_path / "shipped/voices/sea.toml").write_text('kind = "sea"\n')
    assert find_voice("rain", KINDS, tmp_path / "beside").values["drops"] == 1.0
    assert find_voice("rain", KINDS).values["drops"] == 2.0
    assert [voice.name for voice in voice_files(KINDS)] == ["rain", "sea"]
    assert voice_paths()["rain"] == tmp_path / "home/voices/rain.toml"


def test_a_kind_s_name_stands_for_its_default_voice(tmp_path: Path):
    folder = tmp_path / "home" / "voices"
    folder.mkdir(parents=True)
    (folder / "b.toml").write_text('kind = "rain"\n')
    (folder / "c.toml").write_text('kind = "rain"\n')
    (folder / "a.toml").write_text("kind =")
    assert find_voice("rain", KINDS).name == "b"
    (folder / "c.toml").write_text('kind = "rain"\ndefault = true\n')
    assert find_voice("rain", KINDS).name == "c"
    (folder / "rain.toml").write_text('kind = "sea"\n')
    assert find_voice("rain", KINDS).kind.name == "sea"


def test_a_score_is_found_by_path_or_by_name(tmp_path: Path):
    folder = tmp_path / "home" / "scores"
    folder.mkdir(parents=True)
    (tmp_path / "home" / "voices").symlink_to(BROKEN / "voices")
    (folder / "stories").symlink_to(BROKEN / "stories")
    path = folder / "harbour-rain.toml"
    path.write_text(HARBOUR, "utf-8")
    assert find_score("harbour-rain", KINDS) == find_score(str(path), KINDS) == read_score(path, KINDS)
    assert score_files() == {"harbour-rain": path}
