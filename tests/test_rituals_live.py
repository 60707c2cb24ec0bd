"""A ritual that is heard now: a key, or another terminal, ends a movement, and the next one comes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PATIENCE
from players import Playing, answers

from lullaby.cli import main
from lullaby.cli.playing.key_words import KeyWords
from lullaby.player.client import ask

KEYED = """
bed = "brook:-4"
[[movement]]
do      = "music"
until   = "a key"
at_most = 00:30:00
[[movement]]
do  = "score"
name = "room"
score = "plain"
for = 00:05:00
[[movement]]
do  = "quiet"
for = 00:05:00
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a door is a Unix socket")


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch) -> Iterator[Playing]:
    with tempfile.TemporaryDirectory(prefix="lullaby-") as name:
        home = Path(name)
        monkeypatch.setenv("LULLABY_HOME", name)
        (home / "scores/rituals").mkdir(parents=True)
        (home / "scores/rituals/keyed.toml").write_text(KEYED)
        heard = home / "heard.f32"
        command = [sys.executable, "-m", "lullaby", "play", "keyed", "--null", "1", "--heard", str(heard)]
        process = subprocess.Popen(
            command,
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        player = Playing(process, heard)
        try:
            player.until(answers, "it does not begin")
            yield player
        finally:
            process.kill()
            process.communicate(timeout=PATIENCE)


def test_a_movement_that_lasts_until_a_key_ends_with_it(
    plays: Playing, capsys: pytest.CaptureFixture[str]
) -> None:
    state = ask({"do": "state"}, PATIENCE)
    assert state["movement"] == "music"
    assert main(["next"]) == 0
    assert capsys.readouterr().out == "Keyed goes on with room.\n"
    assert ask({"do": "state"}, PATIENCE)["at"] == pytest.approx(1800, abs=5)
    assert main(["next"]) == 0, "a scene within the movement is passed over"
    assert "with quiet" in capsys.readouterr().out
    assert main(["next"]) == 1, "there is nothing after the last"
    assert "no movement after this one" in capsys.readouterr().err
    assert plays.process.poll() is None


def test_a_key_in_the_terminal_does_the_same() -> None:
    class Asked:
        done: list[object]

        def do(self, request: object) -> dict[str, object]:
            self.done = [request]
            return {}

    class Player:
        class night:  # noqa: N801
            class score:  # noqa: N801
                ritual = object()

    words = Asked()
    assert KeyWords(Player(), words, 60.0).press("n") == "Next movement."  # type: ignore[arg-type]
    assert words.done == [{"do": "skip"}]
