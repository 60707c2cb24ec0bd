"""Credits say what a night is made of, and never that it may be published where nobody said so."""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import SCORES

from lullaby import places
from lullaby.night.credits import LICENCES, Source, credits, terms_of
from lullaby.score import Score, find_score, score_of
from lullaby.voices.kinds import KINDS

SCORE = """
title = "Mine"
length = 00:01:00
fade_in = 1
fade_out = 1
[voices]
mine = "mine"
again = "mine"
rain = "rain-on-slate"
[scene.all]
at = 0
mine = 0
again = -3
rain = -6
"""


def with_licence(folder: Path, licence: str | None) -> Score:
    """A night with a voice of the listener's own."""
    (folder / "voices").mkdir()
    line = f'licence = "{licence}"\n' if licence else ""
    (folder / "voices" / "mine.toml").write_text(f'# Mine.\nkind = "noise"\n{line}')
    (folder / "night.toml").write_text(SCORE)
    return score_of(SCORE, str(folder / "night.toml"), KINDS)


@pytest.mark.parametrize("name", SCORES)
def test_every_shipped_night_may_be_published_and_names_its_voices(name: str):
    score = find_score(name, KINDS)
    made_of = credits(score)
    assert made_of.may_publish is True
    assert all(part.voice.name in made_of.lines[0] for part in score.voices if not part.kind.speaks)
    assert made_of.text.endswith("This sound may be published, and sold.")


def test_a_voice_of_ones_own_is_named_once_with_its_licence(tmp_path: Path):
    made_of = credits(with_licence(tmp_path, "CC-BY-NC-4.0"))
    assert made_of.may_publish is True
    assert made_of.text.count("mine (voice), CC-BY-NC-4.0") == 1
    assert "not sold" in made_of.lines[-1]
    assert made_of.lines[0].startswith("Voices of lullaby: rain-on-slate.")


def test_settings_of_ones_own_need_no_licence(tmp_path: Path):
    made_of = credits(with_licence(tmp_path, None))
    assert made_of.may_publish is True
    assert "worked out, not recorded" in made_of.text


def test_a_recording_without_a_licence_is_not_known():
    score = find_score("plain", KINDS)
    made_of = credits(score, [Source("waves.wav", "clip"), Source("tune", "tune", "CC0")])
    assert made_of.may_publish is None
    assert "if it is not your own work, ask whoever made it" in made_of.text
    assert "not known: see waves.wav" in made_of.lines[-1]


def test_one_no_is_a_no():
    score = find_score("plain", KINDS)
    sources = [
        Source("a", "clip"),
        Source("b", "clip", "All rights reserved", "Ann"),
        Source("c", "tune", "CC0"),
    ]
    made_of = credits(score, sources)
    assert made_of.may_publish is False
    assert made_of.lines[-1] == "This sound may not be published: see b."
    assert "b (clip) by Ann, All rights reserved: may not be published." in made_of.lines


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("CC0-1.0", "cc0"),
        ("CC0 1.0 Universal", "cc0"),
        ("CC BY 4.0", "cc-by"),
        ("cc-by-sa-4.0 International", "cc-by-sa"),
        ("CC-BY-NC-SA-4.0", "cc-by-nc-sa"),
        ("GPL-3.0-or-later", "gpl"),
        ("GPLv3+", "gpl"),
        ("MIT License", "mit"),
        ("BSD-3-Clause", "bsd-clause"),
        ("all rights reserved.", "all-rights-reserved"),
    ],
)
def test_a_licence_is_known_however_it_is_written(written: str, name: str):
    assert terms_of(written) is LICENCES[name]


def test_every_licence_of_the_table_is_found_by_its_own_name():
    for name, terms in LICENCES.items():
        assert terms_of(name) is terms


def test_an_unknown_licence_is_quoted_and_not_guessed_at(tmp_path: Path):
    made_of = credits(with_licence(tmp_path, "see the back of the sleeve"))
    assert made_of.may_publish is None
    assert "see the back of the sleeve: lullaby does not know this licence" in made_of.text


def test_credits_are_safe_to_show():
    score = find_score("plain", KINDS)
    made_of = credits(score, [Source("a\x1b[2J\nb" + "c" * 500, "clip", "CC0\u202e")])
    assert all(line.isprintable() and len(line) < 400 for line in made_of.lines)
    assert len(made_of.lines) == 3


def test_nothing_shipped_is_taken_for_the_listeners():
    assert places.shipped("voices").is_dir()
    for name in SCORES:
        made_of = credits(find_score(name, KINDS))
        assert len([line for line in made_of.lines if not line.startswith("Tunes: ")]) == 2


MUSIC = """title = "Mine"
length = 00:10:00
[voices]
harp = "harp-by-the-window"
[music]
melody = "harp"
tunes = ["brahms-wiegenlied", "mine"]
[scene.all]
at = 0
harp = 0
"""


@pytest.mark.parametrize(
    ("composer", "may", "says"),
    [
        ("Traditional", True, "Mine (tune), public domain: may be published, sold too."),
        ("Ann Writer", None, "Mine (tune) by Ann Writer: names no licence"),
        ("", None, "Mine (tune): names no licence"),
    ],
)
def test_a_tune_that_was_brought_is_named_and_a_shipped_one_too(
    tmp_path: Path, composer: str, may: bool | None, says: str
):
    shipped = next(path.stem for path in (places.shipped("scores") / "tunes").glob("*.abc"))
    (tmp_path / "tunes").mkdir()
    text = f"X:1\nT:Mine\nC:{composer}\nM:4/4\nK:C\nC8|]\n" if composer else "X:1\nT:Mine\nM:4/4\nK:C\nC8|]\n"
    (tmp_path / "tunes" / "mine.abc").write_text(text)
    score = score_of(MUSIC.replace("brahms-wiegenlied", shipped), str(tmp_path / "night.toml"), KINDS)
    made_of = credits(score)
    assert made_of.may_publish is may
    assert says in made_of.text
    (line,) = (line for line in made_of.lines if line.startswith("Tunes: "))
    assert line.endswith("All are out of copyright.")
