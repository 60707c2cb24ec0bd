"""A new kind of voice is a module, a row in the one list of kinds and a voice file; nothing else names it."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from nights import KIND_OF

import lullaby
import lullaby.voices
from lullaby import places
from lullaby.chance import Key
from lullaby.cli import main
from lullaby.people.limits import kept_to, limits_at
from lullaby.score import score_of
from lullaby.score.settings import Kind
from lullaby.time import RATE, Span
from lullaby.voices.core.common_settings import channel_strip, number
from lullaby.voices.core.controls import Controls
from lullaby.voices.core.voice import Sound
from lullaby.voices.kinds import KINDS, VOICES

HOUSE = Path(lullaby.__file__).parent

OTHER_MEANINGS = {
    ("people/person_file.py", "teller"): "whose voice a listener likes best",
    ("people/person_writing.py", "teller"): "the same, written",
    ("evening/facts/listener.py", "teller"): "the same, shown",
    ("evening/facts/listener.py", "beats"): "a limit of a child's night",
    ("evening/facts/tunes.py", "beats"): "the beats of a tune",
    ("cli/commands/forms.py", "beats"): "the beats of a bar",
    ("music/statistics.py", "beats"): "the beats of a melody",
    ("cli/circle/members.py", "teller"): "whose voice speaks for a member",
    ("ritual/circle/circle_file.py", "teller"): "the same, in the circle's file",
    ("ritual/circle/pack/tonight_text.py", "teller"): "the same, in a pack",
    ("ritual/circle/known.py", "teller"): "the same, checked when it is said",
    ("ritual/amiss.py", "teller"): "the same, where it cannot be had",
    ("ritual/parts.py", "teller"): "who speaks in a ritual",
    ("score/movements.py", "teller"): "the same, as it is written",
    ("ritual/done.py", "breath"): "what a movement's breath is called in the score",
    ("ritual/sayings.py", "leaves"): "a word that is said",
    ("export/delivery.py", "stream"): "a file that is sent while it is made",
    **{
        ("evening/enough_gentle.py", kind): "what gentle nights leave out, by kind"
        for kind in ("beats", "fire", "heartbeat", "howl", "thunder", "train")
    },
}
FOREIGN = "score/foreign/"
"""What other programs call their sounds, and which kinds are nearest: a table of kinds by its nature."""

WOVEN = "story/weaving/"
"""What woven stories are about: snow, birds and fires that are told of, not heard."""


def kinds_named() -> Iterator[tuple[str, str]]:
    """Every word in the program, outside the voices, that is exactly the name of a kind."""
    for path in sorted(HOUSE.rglob("*.py")):
        where = path.relative_to(HOUSE).as_posix()
        if where.startswith(("voices/", FOREIGN, WOVEN)):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in KINDS:
                yield where, str(node.value)


def test_nothing_but_the_voices_names_a_kind() -> None:
    assert sorted({*kinds_named()} - OTHER_MEANINGS.keys()) == []


def test_every_kind_that_a_module_defines_is_in_the_list() -> None:
    found = [
        kind
        for module in pkgutil.walk_packages(lullaby.voices.__path__, "lullaby.voices.")
        for kind in vars(importlib.import_module(module.name)).values()
        if isinstance(kind, Kind)
    ]
    assert len(found) >= len(KINDS)
    assert [kind.name for kind in found if KINDS.get(kind.name) is not kind] == []


def test_every_kind_that_sounds_has_a_voice_file() -> None:
    of_the_listener = {"clip", "teller"}  # their own recordings; a speaking voice
    assert {*KINDS} - {*KIND_OF.values()} <= of_the_listener


@dataclass(frozen=True)
class Hum:
    """A sine, straight from the frame's number."""

    memory: float = 0.0

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        for block in span.blocks():
            turns = np.arange(block.start, block.stop) * (controls.number("pitch", 0) / RATE) % 1.0
            yield np.stack([0.05 * np.sin(2 * np.pi * turns)] * 2).astype(np.float32)


KIND = Kind(
    "hum",
    "a hum that nobody ever heard",
    (*channel_strip(), number("pitch", 220.0, "Hz", 20, 2_000, "higher")),
    also=("drone",),
    silent_from="n3",
    caution="This hum is made up.",
    adults_only=True,
)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home with a voice file of a kind that was just added to the list."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    monkeypatch.setitem(KINDS, "hum", KIND)
    monkeypatch.setitem(VOICES, "hum", Hum())
    (tmp_path / "voices").mkdir()
    voice = places.home() / "voices" / "made-up-hum.toml"
    voice.write_text('# A hum.\nkind = "hum"\npitch = 440  # Hz\n')
    return voice


def test_a_made_up_kind_is_listed_checked_heard_and_cautioned(
    made_up: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voices", "--json"]) == 0
    assert "made-up-hum" in [voice["name"] for voice in json.loads(capsys.readouterr().out)]
    assert main(["check", str(made_up)]) == 0
    capsys.readouterr()
    assert main(["hear", "made-up-hum", "--seconds", "0.5", "-o", str(tmp_path / "hum.wav")]) == 0
    assert (tmp_path / "hum.wav").stat().st_size > 50_000
    assert "This hum is made up." in capsys.readouterr().err


def test_a_mistake_in_a_voice_of_a_made_up_kind_is_located(
    made_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up.write_text('kind = "hum"\npich = 440\n')
    assert main(["check", str(made_up)]) == 2
    assert 'Did you mean "pitch"?' in capsys.readouterr().out


def test_a_made_up_kind_for_adults_is_left_out_of_a_childs_night(made_up: Path) -> None:
    text = (
        'title = "test"\nlength = 600\n[voices]\nrain = "open-rain"\nhum = "made-up-hum"\n'
        "[scene.all]\nat = 0\nrain = { level = 0 }\nhum = { level = 0 }\n"
    )
    score = score_of(text, "test.toml", KINDS)
    assert [part.name for part in score.voices] == ["rain", "hum"]
    assert [part.name for part in kept_to(limits_at(6), score).voices] == ["rain"]
    assert kept_to(limits_at(30), score) == score
