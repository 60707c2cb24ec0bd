"""The private database: for its owner alone, whole after a kill, and empty of what was deleted."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lullaby.errors import CouldNot
from lullaby.people.database import compacted, looked_into, opened, removed

FIRST = "create table words (word text primary key)"
SECOND = "alter table words add column said int; create index by_said on words (said)"


def words(path: Path, schema=(FIRST,)):
    with opened(path, schema) as db:
        return [word for (word,) in db.execute("select word from words order by rowid")]


def put(path: Path, word: str, schema=(FIRST,)):
    with opened(path, schema) as db, db:
        db.execute("insert into words (word) values (?)", (word,))


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_nobody_else_may_read_it_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        with opened(tmp_path / "kept" / "a.db", (FIRST,)) as db, db:
            db.execute("insert into words values ('lamp')")
            there = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "kept").iterdir()}
    finally:
        os.umask(before)
    assert "a.db-wal" in there
    assert set(there.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="modes mean little there")
def test_one_that_others_could_read_is_closed_when_it_is_opened(tmp_path):
    put(tmp_path / "a.db", "lamp")
    (tmp_path / "a.db").chmod(0o644)
    assert words(tmp_path / "a.db") == ["lamp"]
    assert stat.S_IMODE((tmp_path / "a.db").stat().st_mode) == 0o600


def test_reading_makes_no_file(tmp_path):
    with looked_into(tmp_path / "a.db", (FIRST,)) as db:
        assert db is None
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_is_brought_up_to_date_with_what_is_in_it(tmp_path):
    put(tmp_path / "a.db", "lamp")
    with opened(tmp_path / "a.db", (FIRST, SECOND)) as db:
        assert db.execute("select word, said from words").fetchall() == [("lamp", None)]


def test_a_step_that_fails_half_way_is_taken_back(tmp_path):
    put(tmp_path / "a.db", "lamp")
    broken = "create table more (x); create table more (x)"
    with pytest.raises(CouldNot), opened(tmp_path / "a.db", (FIRST, broken)):
        pass
    assert words(tmp_path / "a.db") == ["lamp"]
    with opened(tmp_path / "a.db", (FIRST, SECOND)) as db:
        assert db.execute("select name from sqlite_master where name = 'more'").fetchall() == []


def test_a_file_of_a_newer_lullaby_is_left_alone(tmp_path):
    put(tmp_path / "a.db", "lamp", (FIRST, SECOND))
    with pytest.raises(CouldNot, match="newer"):
        words(tmp_path / "a.db")


def test_a_damaged_file_is_said_and_left_as_it_is(tmp_path):
    path = tmp_path / "a.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CouldNot, match="damaged"):
        words(path)
    assert path.read_bytes() == b"no database at all" * 100


def test_what_was_deleted_is_nowhere_in_the_files(tmp_path):
    path = tmp_path / "a.db"
    put(path, "a secret between us " * 40)
    put(path, "lamp")
    with opened(path, (FIRST,)) as db, db:
        db.execute("delete from words where word like 'a secret%'")
    compacted(path, (FIRST,))
    assert words(path) == ["lamp"]
    assert all(b"secret" not in file.read_bytes() for file in tmp_path.iterdir())


def test_what_is_deleted_is_overwritten_before_anything_is_compacted(tmp_path):
    path = tmp_path / "a.db"
    put(path, "a secret between us " * 40)
    with opened(path, (FIRST,)) as db, db:
        db.execute("delete from words")
    assert all(b"secret" not in file.read_bytes() for file in tmp_path.iterdir())


def test_removed_takes_along_what_a_killed_process_left(tmp_path):
    path = tmp_path / "kept" / "a.db"
    put(path, "lamp")
    for ending in ("-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").write_bytes(b"a secret between us")
    assert removed(path)
    assert list(path.parent.iterdir()) == []


def test_removed_leaves_nothing(tmp_path):
    path = tmp_path / "kept" / "a.db"
    put(path, "lamp")
    assert removed(path)
    assert list(path.parent.iterdir()) == []
    assert not removed(path)


KILLED = """
import os, signal, sys
from pathlib import Path
from lullaby.people.database import opened
with opened(Path(sys.argv[1]), (sys.argv[2],)) as db:
    with db:
        db.execute("insert into words values ('kept')")
    db.execute("insert into words values ('not yet')")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL there")
def test_a_kill_keeps_what_was_done_and_nothing_of_what_was_not(tmp_path):
    path = tmp_path / "a.db"
    child = subprocess.run([sys.executable, "-c", KILLED, str(path), FIRST])
    assert child.returncode == -signal.SIGKILL
    assert words(path) == ["kept"]


def test_many_at_once_wait_for_one_another(tmp_path):
    path = tmp_path / "a.db"
    faults: list[Exception] = []

    def write(number: int):
        try:
            for i in range(5):
                put(path, f"{number} {i}")
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(words(path)) == 40


def test_it_is_a_write_ahead_log_that_is_on_the_disk_after_each_change(tmp_path):
    with opened(tmp_path / "a.db", (FIRST,)) as db:
        assert db.execute("pragma journal_mode").fetchone() == ("wal",)
        assert db.execute("pragma synchronous").fetchone() == (2,)
        with pytest.raises(sqlite3.Error):
            db.execute("select nothing from nowhere")
