"""A private database (SQLite): a file that nobody else may read, which a kill at any moment leaves whole.

    with opened(path, SCHEMA) as db, db:                # one transaction
        db.execute("insert into dreams values (?, ?)", (day, text))

Every change is on the disk before the command that made it ends (a write-ahead log, synchronous FULL), and
what is deleted is overwritten.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from lullaby.errors import CouldNot
from lullaby.people.private import close_to_others, make_private_folder, say_nothing
from lullaby.score.plain_text import plain

PATIENCE = 30.0
"""Seconds that a change waits for another process's."""

_ALSO = ("", "-wal", "-shm", "-journal")
"""The endings of the files that SQLite keeps beside one another."""


@contextlib.contextmanager
def opened(path: Path, schema: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """The database at this path, made where it is missing. `schema`: one script for each version, in order;
    those that are missing are run, each whole or not at all. A CouldNot says what is wrong with the file or
    the disk; nothing is ever thrown away for it."""
    if not path.parent.is_dir():  # one that is there may be for other things, too; the file is private itself
        make_private_folder(path.parent)
    db = None
    try:
        if not path.exists():
            with contextlib.suppress(FileExistsError):
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        close_to_others(path, say_nothing)
        try:
            db = _connected(path)
        except sqlite3.OperationalError as error:
            if not is_full(error):
                raise
            db = _connected(path, alone=True)
        _brought_up_to_date(db, path, schema)
        yield db
    except (sqlite3.Error, OSError) as error:
        raise CouldNot(_why(path, error)) from error
    finally:
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.close()


def _connected(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """A connection. `alone`: nobody else may have the database meanwhile, and no file is needed in which
    processes share where its pages are: so what is there can be read on a disk without any room."""
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level="IMMEDIATE")
    try:
        db.execute("pragma busy_timeout = 30000")
        if alone:
            db.execute("pragma locking_mode = exclusive")
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        db.execute("pragma secure_delete = on")
        db.execute("pragma foreign_keys = on")
        db.execute("pragma user_version").fetchone()  # the first look opens the log
    except BaseException:
        db.close()
        raise
    return db


def is_full(error: sqlite3.Error) -> bool:
    """Is the disk full, or a quota? SQLite says so, or that input or output failed."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


@contextlib.contextmanager
def looked_into(path: Path, schema: Sequence[str]) -> Iterator[sqlite3.Connection | None]:
    """The database to read from; None where there is none yet, and none is made."""
    if not os.path.lexists(path):
        yield None
        return
    with opened(path, schema) as db:
        yield db


def compacted(path: Path, schema: Sequence[str]) -> None:
    """Gives the room of what was deleted back to the disk, so that no page of it is left in the file or its
    log."""
    with opened(path, schema) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        db.execute("vacuum")
        db.execute("pragma wal_checkpoint(truncate)")


def removed(path: Path) -> bool:
    """Takes the whole database away, with all that SQLite keeps beside it; False where there was none."""
    there = os.path.lexists(path)
    for ending in _ALSO:
        try:
            Path(f"{path}{ending}").unlink(missing_ok=True)
        except OSError as error:
            raise CouldNot(_why(path, error)) from error
    return there


def _brought_up_to_date(db: sqlite3.Connection, path: Path, schema: Sequence[str]) -> None:
    (version,) = db.execute("pragma user_version").fetchone()
    if version > len(schema):
        raise CouldNot(
            f"{plain(str(path))}: a newer lullaby wrote this, and it is left as it is. Update lullaby."
        )
    while version < len(schema):
        db.execute("begin immediate")
        try:
            (version,) = db.execute("pragma user_version").fetchone()  # another process may have been quicker
            if version < len(schema):
                for statement in schema[version].split(";"):
                    if statement.strip():
                        db.execute(statement)
                db.execute(f"pragma user_version = {version + 1}")
                version += 1
            db.execute("commit")
        except BaseException:
            if db.in_transaction:  # on a full disk SQLite has taken it back already
                db.execute("rollback")
            raise


def _why(path: Path, error: sqlite3.Error | OSError) -> str:
    where = plain(str(path))
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return f"{where}: this is damaged, and is left as it is. Put a copy in its place, or move it away."
    if primary == sqlite3.SQLITE_FULL:
        return f"{where}: the disk is full. Make room on it; nothing that was there is lost."
    if primary == sqlite3.SQLITE_IOERR:
        return f"{where}: the disk takes no more: it is full, or it fails. Nothing that was there is lost."
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{where}: another lullaby is writing in it and does not end. Try again when it has."
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"{where}: this may not be written. LULLABY_HOME names another folder."
    if isinstance(error, OSError):
        return f"{where}: this could not be kept ({(error.strerror or type(error).__name__).lower()})."
    return f"{where}: this could not be kept ({plain(str(error))})."
