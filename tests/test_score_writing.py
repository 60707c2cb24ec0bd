"""A score that is written down is the score that it was, and no text in it breaks out of its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import SCORES

from lullaby.evening.mix import mix
from lullaby.night.plan import make_plan
from lullaby.score import SILENT, Score, Until, check_score, find_score, score_of
from lullaby.score.model import Telling
from lullaby.score.writing import Draft, DraftScene, DraftVoice, draft_of, toml_of
from lullaby.time import LONGEST, RATE
from lullaby.voices.kinds import KINDS

HOSTILE = [
    'a"b',
    "a\\",
    "\\u0041",
    'x"\n[voices]\nevil = "rain"\n#',
    "tab\there",
    "\x1b[31mred\x1b[0m",
    "\u202eturned",
    "two\u2028lines\u2029here",
    "nul\x00byte",
    "'''",
    '"""',
    "half \ud800 a letter",
    "crlf\r\nlevel = -14",
    "a.b.c",
    "#",
    "]",
    "ünïcödé 🌧",
    "x" * 500,
    " ",
    "",
]


def again(score: Score) -> Score:
    """The score, written and read."""
    return score_of(toml_of(draft_of(score)), score.path, KINDS)


def same_night(one: Score, other: Score) -> None:
    """The same curves, levels and settings for every voice, and the same night about them."""
    left, right = make_plan(one, one.seed, None), make_plan(other, other.seed, None)
    assert left.tracks == right.tracks
    for name in ("title", "length", "seed", "level", "fade_in", "fade_out", "high_cut", "room", "follow"):
        assert getattr(one, name) == getattr(other, name)
    assert [(s.name, s.at, s.over, s.silent) for s in one.scenes] == [
        (s.name, s.at, s.over, s.silent) for s in other.scenes
    ]


def simple(**more: object) -> Draft:
    scenes = (DraftScene("one", 0, None, {"rain": {"level": -6.0}}),)
    draft: dict[str, object] = {"title": "t", "voices": {"rain": DraftVoice("open-rain")}, "scenes": scenes}
    return Draft(**(draft | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SCORES)
def test_a_shipped_score_written_again_is_the_same_night(name: str):
    score = find_score(name, KINDS)
    same_night(score, again(score))


def test_a_mix_typed_at_the_prompt_can_be_kept():
    score = mix(
        ["rain:-6", "rain", "evening-bowl", "shore:-12.5"], ["rain.drops=2", "shore.uneven=0.1"], RATE * 77
    )
    text = toml_of(draft_of(score))
    same_night(score, score_of(text, "mix.toml", KINDS))
    assert "trim" not in text, "what a voice's own file says is not said again"
    assert "drops = 2" in text


def test_what_equals_the_voice_file_is_left_out():
    text = toml_of(draft_of(mix(["evening-bowl"], ["pitch=174"], RATE * 60)))
    assert 'evening-bowl = "evening-bowl"' in text


def test_silence_odd_times_and_a_whole_day_come_back():
    scenes = (
        DraftScene("one", 0, 3 * RATE, {"rain": {"level": -6.125}}, "softly"),
        DraftScene("two", 100 * RATE + 4800, RATE // 2 + 1, {"rain": "silent"}),
        DraftScene("three", 80_000 * RATE, None, {"rain": {"level": SILENT, "drops": 12_345.678 / 1e3}}),
    )
    score = score_of(toml_of(simple(scenes=scenes, length=LONGEST)), "x.toml", KINDS)
    assert score.length == LONGEST
    assert [(s.at, s.over) for s in score.scenes][:2] == [(0, 3 * RATE), (100 * RATE + 4800, RATE // 2 + 1)]
    assert [bool(s.silent) for s in score.scenes] == [False, True, True]
    assert score.scenes[2].changes["rain"]["drops"] == 12.345678


def test_follow_tellings_and_the_room_are_written_too(tmp_path: Path):
    text = toml_of(
        simple(
            voices={"rain": DraftVoice("open-rain")},
            room={"t60": 0.8, "level": SILENT},
            follow={"rain": {"n2": {"level": -8.0}, "n3": "silent"}},
            tellings=(Telling(RATE, "lamp", tmp_path / "lamp.md", "keeper", Until.END),),
            all_night="company",
            length=3600 * RATE,
        )
    )
    assert 'rain = { n2 = { level = -8 }, n3 = "silent" }' in text
    assert 'level = "silent"' in text
    assert '[[tell]]\nat    = 00:00:01\nstory = "lamp"\nvoice = "keeper"\nuntil = "end"' in text


def test_it_looks_like_a_score_made_by_hand():
    draft = simple(
        title="Plain", description=("Rain, and nothing else.",), level=-36.0, length=60 * RATE, seed=3
    )
    assert toml_of(draft) == (
        "# Rain, and nothing else.\n"
        "#\n"
        "# Times run from lights-out. Levels are dB. A scene names only what it changes.\n"
        'title  = "Plain"\n'
        "length = 00:01:00\n"
        "seed   = 3\n"
        "level  = -36                      # LUFS of the opening\n"
        "\n[voices]\n"
        'rain = "open-rain"\n'
        "\n[scene.one]\n"
        "at   = 00:00:00\n"
        "rain = { level = -6 }\n"
    )


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_breaks_out_of_its_place(text: str, tmp_path: Path):
    draft = simple(
        title=text,
        description=(text, text),
        remarks=(text,),
        all_night=text,
        scenes=(
            DraftScene(text, 0, None, {"rain": {"level": -6.0}}, text),
            DraftScene(text, 90 * RATE, 30 * RATE, {"rain": "silent"}, text),
        ),
    )
    path = tmp_path / "hostile.toml"
    path.write_text(toml_of(draft), "utf-8")
    assert check_score(path, KINDS) == []
    score = find_score(str(path), KINDS)
    assert [part.name for part in score.voices] == ["rain"]
    assert len(score.scenes) == 2
    assert score.level == -33.0
