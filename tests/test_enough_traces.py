"""What was spoken for somebody is not left on the shelf; what is heard beside the journal counts where there
is a limit; and who tries to leave loses nothing before everything is copied."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from clocks import at
from typed import Say

from lullaby import places
from lullaby.cli import main
from lullaby.evening.enough_gentle import spoken_of
from lullaby.evening.enough_heard import heard_by
from lullaby.journal.book import evening_of
from lullaby.journal.dreams import keep_dream
from lullaby.narrator import shelf
from lullaby.narrator.speech import Spoken, Word
from lullaby.people.enough.book import enough_file, kept
from lullaby.people.enough.own_limits import change
from lullaby.people.enough.unwritten import add_unwritten
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.player import alarm as alarms
from lullaby.player.alarm import Alarm

TODAY = datetime.date(2026, 11, 30)
DAY = datetime.timedelta(1)
STORY = "# The Attic\n\nThe zibbernaut came down. It was small, and it sat beside me.\n"
SHARED_CACHE = os.environ["LULLABY_CACHE"]
"""With what is compiled already."""
ELSE = ("A boat came in.", "The rain had stopped.")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LULLABY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "home"


@pytest.fixture
def lullaby(home: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    add_person(Person("mina"))
    return at("2026-11-30T15:00").typing(capsys)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "attic.md"
    path.write_text(STORY)
    return path


def spoken(*sentences: str) -> None:
    """As if they had been told: each on the shelf, with its words."""
    for sentence in sentences:
        words = tuple(Word(text, 0, n * 100, n * 100 + 99) for n, text in enumerate(sentence.split()))
        shelf.put(sentence.encode().hex()[:40], Spoken(np.ones(1_000, np.int16), words))


def on_the_shelf() -> int:
    return len(list((places.cache() / "speech").rglob("*.wav")))


# what was spoken


def test_a_story_that_is_withdrawn_is_not_on_the_shelf_any_more(lullaby: Say, story: Path) -> None:
    assert lullaby("consent", "facing", str(story), "--tonight", "--for", "mina").code == 0
    spoken(*spoken_of(str(story)), *ELSE)
    assert lullaby("consent", "withdraw", "--for", "mina").code == 0
    assert not any(b"zibbernaut" in path.read_bytes() for path in places.cache().rglob("*.json"))
    assert on_the_shelf() == len(ELSE), "and nothing else went with it"


def test_with_a_listener_goes_what_was_spoken_for_them(lullaby: Say, story: Path) -> None:
    """The story that faces a fear, and a dream that was told."""
    keep_dream("mina", "I had a zibbernaut for a neighbour.", TODAY, TODAY, shared=True)
    assert lullaby("consent", "facing", str(story), "--tonight", "--for", "mina").code == 0
    spoken(*spoken_of(str(story)), "I had a zibbernaut for a neighbour.", *ELSE)
    assert lullaby("people", "remove", "mina", "--yes").code == 0
    assert not any(b"zibbernaut" in path.read_bytes() for path in places.cache().rglob("*.json"))
    assert on_the_shelf() == len(ELSE)


def test_a_story_whose_file_is_gone_is_withdrawn_all_the_same(lullaby: Say, story: Path) -> None:
    assert lullaby("consent", "facing", str(story), "--tonight", "--for", "mina").code == 0
    story.unlink()
    assert lullaby("consent", "withdraw", "--for", "mina").code == 0
    assert lullaby("consent", "preview", "--for", "mina").code == 2


# what is heard beside the journal


def test_a_night_without_the_journal_counts_where_a_limit_does(lullaby: Say) -> None:
    assert main(["enough", "set", "--nightly", "45", "--for", "mina"]) == 0, "by the clock on the wall"
    command = [sys.executable, "-m", "lullaby", "play", "pink-noise", "--for", "mina", "--no-journal"]
    env = {**os.environ, "LULLABY_CACHE": SHARED_CACHE}
    done = subprocess.run(
        [*command, "--null", "1000", "--to", "90", "--plain"],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert lullaby("journal", "--for", "mina", "--json").facts["nights"] == []
    now = datetime.datetime.now().astimezone()
    heard = heard_by("mina", evening_of(now))
    assert heard.week_min == heard.tonight_min == heard.unmeasured_min == pytest.approx(1.5, abs=0.2)


def test_beside_the_journal_nothing_is_counted_for_who_has_no_limit(home: Path) -> None:
    add_unwritten("mina", TODAY, 600)
    assert not enough_file("mina").exists()
    assert heard_by("mina", TODAY).week_min == 0


def test_minutes_beside_the_journal_are_those_of_seven_evenings(home: Path) -> None:
    with kept("mina") as db:
        change(db, {"weekly": "240"}, TODAY - 20 * DAY, TODAY)
    for back in range(9, -1, -1):
        add_unwritten("mina", TODAY - back * DAY, 600)
    assert heard_by("mina", TODAY).week_min == 70
    assert heard_by("mina", TODAY).tonight_min == 10
    assert heard_by("mina", TODAY + 3 * DAY).week_min == 40
    assert heard_by(None, TODAY).week_min == 0


# leaving


def test_where_leaving_fails_the_alarm_still_rings(
    lullaby: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms.save(Alarm("2026-12-01T06:30:00+00:00", rise=60.0), np.zeros((10, 2), np.float32), alarms.folder())
    there = {path.name for path in alarms.folder().iterdir()}
    monkeypatch.setattr("shutil.copyfile", lambda source, copy: Path(copy).write_bytes(b"torn"))
    assert lullaby("leave", "--to", str(tmp_path / "mine"), "--yes").code == 1
    assert {path.name for path in alarms.folder().iterdir()} == there
    monkeypatch.undo()
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LULLABY_CACHE", str(tmp_path / "cache"))
    assert lullaby("leave", "--to", str(tmp_path / "mine"), "--yes").code == 0
    assert not alarms.folder().exists()
