"""What a member brings for their turn: a text, a recording or a tune, copied into a private folder of theirs.

It is read by the same readers that read it when it is told, before anything is kept: what they refuse is
refused here.
"""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, WrittenWrongly
from lullaby.people.database import compacted
from lullaby.people.private import make_private_folder
from lullaby.ritual.circle.book import SCHEMA, book_of
from lullaby.ritual.circle.circles import book_file, brought_folder, circle_file, erase_folder, find_circle
from lullaby.ritual.circle.rule import Role
from lullaby.score import checks
from lullaby.score.plain_text import plain
from lullaby.story import opening

LARGEST = {"text": 64 << 20, "recording": 256 << 20, "tune": 1 << 20}
"""Bytes."""
TUNES = (".abc", ".mid", ".midi")


@dataclass(frozen=True)
class Brought:
    """Something for one turn."""

    member: str
    role: Role
    path: Path
    kind: str
    """ "text", "recording" or "tune"."""
    title: str
    sha256: str
    used: str = ""
    """The evening on which it was told or played; "" before that."""


def bring(circle_name: str, member: str, path: Path, day: datetime.date) -> Brought:
    """Keeps a copy of this file for the member's next turn, in place of what they had brought before: a tune
    to play, anything else to tell. A LullabyError says why it is not taken."""
    circle = find_circle(circle_name)
    circle.member(member)
    kind, title, name = _checked(path)
    role = Role.PLAY if kind == "tune" else Role.TELL
    if role is Role.PLAY and not circle.member(member).instrument:
        raise AskedWrongly(f"{plain(member)} has no instrument, and takes no turn to play.")
    _, content = opening.content(path, LARGEST[kind])
    folder = brought_folder(circle_name, member) / role.value
    for one in (folder.parent.parent, folder.parent, folder):
        make_private_folder(one)
    import hashlib

    kept = folder / name
    with book_of(circle_name) as db:
        before = list(folder.iterdir())
        try:
            places.put(kept, content, 0o600)
            for old in before:  # only now: a full disk costs nobody what they had brought
                if old.name != kept.name:
                    old.unlink()
        except OSError as error:
            raise CouldNot(f"{plain(str(kept))}: {places.why_not(error, 'kept')}") from error
        digest = hashlib.sha256(content).hexdigest()
        row = (member, role.value, name, kind, title, digest, day.isoformat(), None)
        db.execute("insert or replace into brought values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return Brought(member, role, kept, kind, title, digest)


def _checked(path: Path) -> tuple[str, str, str]:
    """What sort of file this is, its title, and the name it is kept under."""
    from lullaby.evening.recorded.hearing import Recording
    from lullaby.evening.recorded.told import is_recording, recording_at
    from lullaby.story.reading import read_text

    where, _ = opening.checked(path, max(LARGEST.values()))
    try:
        name = checks.file_name(path.name)
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{where}: its name {unfit.what} Give it another.") from None
    ending = path.suffix.lower()
    if ending in TUNES:
        opening.checked(path, LARGEST["tune"])
        return "tune", _tune_title(path), name
    if is_recording(path):
        opening.checked(path, LARGEST["recording"])
        with Recording(recording_at(path)).opened():
            pass
        return "recording", path.stem, name
    opening.checked(path, LARGEST["text"])
    text = read_text(path)
    if not text.words:
        raise WrittenWrongly(where, "nothing is told in it.")
    return "text", text.title or path.stem, name


def _tune_title(path: Path) -> str:
    if path.suffix.lower() != ".abc":
        raise AskedWrongly(
            f"{plain(str(path))}: bring a tune as ABC: lullaby import {plain(path.name)} makes one of it."
        )
    from lullaby.score.tunes import note_tune

    mistakes: list[WrittenWrongly] = []
    tune = note_tune(path, mistakes)
    if tune is None or mistakes:
        raise mistakes[0]
    return tune.title or path.stem


def brought_in(db: sqlite3.Connection, circle_name: str, member: str, role: Role) -> Brought | None:
    """What this member has brought for this role, told already or not; None where there is nothing, or its
    file is gone."""
    row = db.execute(
        "select file, kind, title, sha256, used from brought where member = ? and role = ?",
        (member, role.value),
    ).fetchone()
    if row is None:
        return None
    path = brought_folder(circle_name, member) / role.value / row[0]
    return Brought(member, role, path, row[1], row[2], row[3], row[4] or "") if path.is_file() else None


def take_back(circle_name: str, member: str) -> bool:
    """Takes away what this member has brought, and every trace of it; False where there was nothing."""
    find_circle(circle_name).member(member)
    path = brought_folder(circle_name, member)
    there = path.is_dir()
    erase_folder(path)
    if not book_file(circle_name).exists():
        return there
    with book_of(circle_name) as db:
        db.execute("delete from brought where member = ?", (member,))
    compacted(book_file(circle_name), SCHEMA)
    places.tidy(circle_file(circle_name).parent)
    return there
