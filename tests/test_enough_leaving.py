"""Leaving: everything is taken along, and nothing is left behind; where that fails, nothing is lost."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from clocks import Jumping, at
from players import playing
from typed import Say, is_asked_wrongly

from lullaby import places
from lullaby.journal.book import journal_file
from lullaby.people import leaving

CANARY = "a heron in a lift shaft"


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of this machine, who has never used lullaby: everything is in its usual place."""
    for name in ("LULLABY_HOME", "LULLABY_CACHE", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    (tmp_path / "user" / "letters").mkdir(parents=True)
    (tmp_path / "user" / "letters" / "one.txt").write_text("mine")
    return tmp_path / "user"


@pytest.fixture
def clock() -> Jumping:
    return at("2026-11-30T15:00")


@pytest.fixture
def lullaby(user: Path, clock: Jumping, capsys: pytest.CaptureFixture[str]) -> Say:
    return clock.typing(capsys)


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def use(lullaby: Say) -> None:
    """A little of everything that is kept."""
    assert lullaby("people", "add", "mina").code == 0
    assert lullaby("consent", "--fears", "lifts", "--for", "mina").code == 0
    assert lullaby("morning", "--dream", CANARY, "--rested", "well", "--for", "mina").code == 0
    assert lullaby("morning", "--rested", "well").code == 0
    assert lullaby("enough", "set", "--nightly", "45", "--for", "mina").code == 0
    assert lullaby("enough", "month", "start").code == 0
    assert lullaby("without", "--for", "mina").code == 0
    assert lullaby("new", "score", "mine").code == 0
    for name in ("speech/ab/abc.wav", "kernels/0/one.nbi"):
        path = places.cache() / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"again")


def test_leaving_leaves_nothing_behind(user: Path, lullaby: Say, tmp_path: Path) -> None:
    before = tree(user)
    use(lullaby)
    assert tree(user) != before
    said = lullaby("leave", "--to", str(tmp_path / "mine"), "--yes")
    assert said.code == 0, said.err
    assert tree(user) == before


def test_everything_is_taken_along_for_its_owner_alone(user: Path, lullaby: Say, tmp_path: Path) -> None:
    use(lullaby)
    facts = lullaby("leave", "--to", str(tmp_path / "mine"), "--yes", "--json").facts
    mine = tmp_path / "mine"
    assert facts["exported_to"] == str(mine)
    assert json.loads((mine / "journal of mina.json").read_text())["dreams"][0]["text"] == CANARY
    assert CANARY in (mine / "journal of mina.md").read_text()
    assert json.loads((mine / "journal.json").read_text())["mornings"][0]["rested"] == "well"
    assert "lifts" in (mine / "people" / "mina.toml").read_text()
    assert (mine / "scores" / "mine.toml").is_file()
    db = sqlite3.connect(mine / "enough" / "mina.db")
    assert db.execute("select value from limits").fetchall() == [("45",)]
    db.close()
    for path in (mine, *mine.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert not (mine / "speech").exists()


def test_without_a_yes_nothing_is_touched(user: Path, lullaby: Say, tmp_path: Path) -> None:
    use(lullaby)
    before = tree(user)
    is_asked_wrongly(lullaby, "leave", "--to", str(tmp_path / "mine"), says="--yes does it")
    is_asked_wrongly(lullaby, "leave", "--to", str(tmp_path / "mine"), says=f"its cache, {places.cache()}")
    assert tree(user) == before
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("when", ["copying", "reading it back", "writing it readably"])
def test_where_the_export_fails_nothing_is_lost(
    user: Path, lullaby: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    use(lullaby)
    before = tree(user)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    if when == "copying":
        monkeypatch.setattr("shutil.copyfile", full)
    elif when == "reading it back":
        monkeypatch.setattr("shutil.copyfile", lambda source, copy: Path(copy).write_bytes(b"torn"))
    else:
        monkeypatch.setattr("lullaby.places.put_new", full)
    said = lullaby("leave", "--to", str(tmp_path / "mine"), "--yes")
    assert said.code == 1
    assert "Traceback" not in said.err
    after = tree(user)
    assert {k: v for k, v in after.items() if not k.endswith(("-wal", "-shm"))} == {
        k: v for k, v in before.items() if not k.endswith(("-wal", "-shm"))
    }


def test_a_damaged_journal_is_said_before_anything_is_copied(
    user: Path, lullaby: Say, tmp_path: Path
) -> None:
    use(lullaby)
    journal_file("mina").write_bytes(b"no database at all" * 100)
    said = lullaby("leave", "--to", str(tmp_path / "mine"), "--yes")
    assert said.code == 1
    assert "damaged" in said.err
    assert not (tmp_path / "mine").exists()


def test_where_it_would_be_taken_away_again_it_is_not_exported_to(
    user: Path, lullaby: Say, tmp_path: Path
) -> None:
    use(lullaby)
    inside = places.home() / "mine"
    is_asked_wrongly(lullaby, "leave", "--to", str(inside), "--yes", says="is taken away: name another")
    (tmp_path / "mine").mkdir()
    is_asked_wrongly(lullaby, "leave", "--to", str(tmp_path / "mine"), "--yes", says="is there already")
    assert places.home().is_dir()


def test_what_is_not_lullabys_is_left_where_it_is(
    lullaby: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have named a folder in which they keep other things."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path / "shared"))
    monkeypatch.setenv("LULLABY_CACHE", str(tmp_path / "caches"))
    use(lullaby)
    (tmp_path / "shared" / "taxes.ods").write_text("mine")
    (tmp_path / "caches" / "browser").mkdir()
    said = lullaby("leave", "--to", str(tmp_path / "mine"), "--yes", "--json")
    left = {str(tmp_path / "shared" / "taxes.ods"), str(tmp_path / "caches" / "browser")}
    assert set(said.facts["left"]) == left
    assert [path.name for path in (tmp_path / "shared").iterdir()] == ["taxes.ods"]
    assert [path.name for path in (tmp_path / "caches").iterdir()] == ["browser"]


def test_what_plays_is_ended_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: Jumping
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("LULLABY_HOME", str(home))
    with playing(home) as player:
        monkeypatch.setenv("LULLABY_CACHE", str(tmp_path / "cache"))
        (home / "heard.f32").rename(tmp_path / "heard.f32")  # it is the test's own
        said = clock.typing(capsys)("leave", "--to", str(tmp_path / "mine"), "--yes")
        assert said.code == 0, said.err
        assert player.process.wait(60) == 0
    assert not home.exists()


def test_the_names_of_what_lullaby_keeps_are_all_known(lullaby: Say, user: Path) -> None:
    use(lullaby)
    lullaby("calibrate", "--comfortable", "-10")
    assert [path.name for path in places.home().iterdir() if not leaving.is_own(path.name)] == []
