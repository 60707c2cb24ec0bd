"""The listeners: where their files are, who there is, and how one is added, changed and taken away."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.people.bookmarks import bookmarks_file
from lullaby.people.calibration import Calibration, device_name
from lullaby.people.database import removed
from lullaby.people.enough.book import enough_file
from lullaby.people.kept_nights import nights_file
from lullaby.people.person import Person, avoided
from lullaby.people.person_file import person_from, read_person
from lullaby.people.person_writing import changed, fitting, rows_of, written
from lullaby.people.private import (
    Note,
    close_to_others,
    locked,
    make_private_folder,
    put,
    put_new,
    say_nothing,
)
from lullaby.score import checks
from lullaby.score.plain_text import plain, quoted
from lullaby.score.source import text_at

__all__ = [
    "Person",
    "add_person",
    "avoided",
    "find_person",
    "forget_person",
    "keep_device_of",
    "keep_person",
    "names",
    "people",
    "person_file",
]


def folder() -> Path:
    return places.home() / "people"


def person_file(name: str) -> Path:
    """The file in which this listener is, or will be, written; an AskedWrongly where no file can be called
    so."""
    try:
        checks.file_name(name)
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{quoted(name)} {plain(unfit.what)}") from None
    return folder() / f"{name}.toml"


def names() -> list[str]:
    """Every listener's name; none of the files is opened."""
    try:
        found = [path.stem for path in folder().glob("*.toml") if not path.name.startswith(".")]
    except OSError as error:
        raise CouldNot(f"{plain(str(folder()))}: this may not be looked into.") from error
    return sorted(found)


def people(note: Note = say_nothing) -> list[Person]:
    """Every listener, by name; a mistake in one of their files is raised."""
    return [find_person(name, note) for name in names()]


def find_person(name: str, note: Note = say_nothing) -> Person:
    """The listener of this name. A file or folder that others could look into is closed, and that is said."""
    path = person_file(name)
    if not os.path.lexists(path):
        raise _nobody(name)
    close_to_others(folder(), note)
    close_to_others(path, note)
    return read_person(path)


def _nobody(name: str) -> AskedWrongly:
    there = names()
    hint = choices(name, map(plain, there), "There are") if there else f"lullaby people add {plain(name)}"
    return AskedWrongly(f"there is no listener {quoted(name)}.\n    {hint}")


def add_person(person: Person) -> Path:
    """Keeps a new listener; an AskedWrongly where there is one of this name."""
    path = person_file(person.name)
    text = fitting(written(person), path)
    read = person_from(text, path)  # a mistake is said before anything is kept
    if (read.teller, read.names, read.avoid) != (person.teller, person.names, person.avoid):
        raise AskedWrongly("there is a character in a name or a word that cannot be kept in a file.")
    make_private_folder(folder())
    with locked(folder()):
        put_new(path, text)
    return path


def keep_person(name: str, change: Callable[[Person], Person]) -> Person:
    """The listener with a change, kept: only lines that say something else are written, and comments stay.
    Two at once take turns."""
    path = person_file(name)
    find_person(name)
    with locked(folder()):
        text = text_at(plain(str(path)), path)
        before = person_from(text, path)
        after = change(before)
        new = changed(text, path, rows_of(before), rows_of(after), lambda: written(after))
        if new != text:
            person_from(fitting(new, path), path)
            put(path, new)
    return after


def keep_device_of(name: str, device: str, change: Callable[[Calibration], Calibration]) -> Calibration:
    """Changes this listener's own calibration of a device and keeps it."""
    device = device_name(device)

    def changed_devices(person: Person) -> Person:
        after = change(person.calibration(device))
        return replace(person, devices={**person.devices, device: after})

    return keep_person(name, changed_devices).calibration(device)


def forget_person(name: str) -> Path:
    """Takes a listener's file away for good, with every draft that was left of one, and says where it was."""
    path = person_file(name)
    if not folder().is_dir():
        raise _nobody(name)
    with locked(folder()) as alone:
        try:
            kept = Path(os.path.realpath(path))
            path.unlink()
            nights_file(path).unlink(missing_ok=True)
            bookmarks_file(name).unlink(missing_ok=True)
            removed(enough_file(name))
        except FileNotFoundError:
            raise _nobody(name) from None
        except OSError as error:
            raise CouldNot(f"{plain(str(path))}: {places.why_not(error, 'removed')}") from error
        finally:
            places.tidy(folder(), alone=alone)
        places.tidy(kept.parent)
    return path
