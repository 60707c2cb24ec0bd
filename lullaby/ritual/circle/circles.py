"""The circles: where their files are, which there are, and how one is made, changed and taken away."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.people import database
from lullaby.people.person_writing import changed, fitting
from lullaby.people.private import (
    Note,
    close_to_others,
    locked,
    make_private_folder,
    put,
    put_new,
    say_nothing,
)
from lullaby.ritual.circle.circle_file import circle_from, circle_name, rows_of, written
from lullaby.ritual.circle.member import Circle
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain, quoted
from lullaby.score.source import text_at


def folder() -> Path:
    return places.home() / "circles"


def circle_file(name: str) -> Path:
    """The file in which this circle is, or will be, written; an AskedWrongly where none can be called so."""
    return folder() / f"{checked_name(name)}.toml"


def book_file(name: str) -> Path:
    """The database of its turns."""
    return circle_file(name).with_suffix(".db")


def brought_folder(circle: str, member: str) -> Path:
    """The folder of what this member brings."""
    return circle_file(circle).with_suffix("") / checked_name(member)


def checked_name(name: str) -> str:
    try:
        return circle_name(name)
    except Unfit as unfit:
        raise AskedWrongly(f"{quoted(name)} {plain(unfit.what)}") from None


def names() -> list[str]:
    """Every circle's name; none of the files is opened."""
    try:
        found = [path.stem for path in folder().glob("*.toml") if not path.name.startswith(".")]
    except OSError as error:
        raise CouldNot(f"{plain(str(folder()))}: this may not be looked into.") from error
    return sorted(found)


def which(name: str | None) -> str:
    """The circle that is meant: the one that is named, or the only one there is."""
    there = names()
    if name is not None:
        if checked_name(name) not in there:
            hint = choices(name, there, "There are") if there else f"lullaby circle new {plain(name)}"
            raise AskedWrongly(f"there is no circle {quoted(name)}.\n    {plain(hint)}")
        return name
    if not there:
        raise AskedWrongly("there is no circle yet.\n    lullaby circle new NAME makes one.")
    if len(there) > 1:
        raise AskedWrongly(f"which circle? --circle NAME says it.\n    There are: {plain(', '.join(there))}.")
    return there[0]


def find_circle(name: str, note: Note = say_nothing) -> Circle:
    """The circle of this name. A file or folder that others could look into is closed, and that is said."""
    path = circle_file(which(name))
    close_to_others(folder(), note)
    close_to_others(path, note)
    return circle_from(text_at(plain(str(path)), path), path)


def new_circle(circle: Circle) -> Path:
    """Keeps a new circle; an AskedWrongly where there is one of this name, but for capital letters."""
    path = circle_file(circle.name)
    text = fitting(written(circle), path)
    circle_from(text, path)
    make_private_folder(folder())
    with locked(folder()):
        if any(circle.name.casefold() == there.casefold() for there in names()):
            raise AskedWrongly(f"there is a circle {quoted(circle.name)} already.")
        put_new(path, text)
    return path


def keep_circle(name: str, change: Callable[[Circle], Circle]) -> Circle:
    """The circle with a change, kept: only lines that say something else are written, and comments stay,
    unless somebody leaves. Two at once take turns."""
    path = circle_file(which(name))
    with locked(folder()):
        text = text_at(plain(str(path)), path)
        before = circle_from(text, path)
        after = change(before)
        if set(before.names) <= set(after.names):
            new = changed(text, path, rows_of(before), rows_of(after), lambda: written(after))
        else:  # a comment may have named who leaves
            new = written(after)
        if circle_from(fitting(new, path), path) != after:
            new = written(after)
            if circle_from(fitting(new, path), path) != after:
                raise AskedWrongly("there is a character in a name that cannot be kept in a file.")
        if new != text:
            put(path, new)
    return after


def remove_circle(name: str) -> Path:
    """Takes a circle away for good, with its turns and all that was brought, and says where it was."""
    path = circle_file(which(name))
    with locked(folder()) as alone:
        database.removed(book_file(name))
        erase_folder(path.with_suffix(""))
        try:
            kept = Path(os.path.realpath(path))
            kept.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise CouldNot(f"{plain(str(path))}: {places.why_not(error, 'removed')}") from error
        places.tidy(folder(), alone=alone)
    return path


def erase_folder(path: Path) -> None:
    """Takes a folder of brought files away."""
    try:
        if path.is_symlink():
            path.unlink()
        elif path.exists():
            shutil.rmtree(path)
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error, 'removed')}") from error
    with contextlib.suppress(OSError):
        path.parent.rmdir() if path.parent != folder() else None
