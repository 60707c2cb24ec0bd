"""Saving a score or a tune of the listener's own: checked first, whole or not at all, never over another."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from lullaby import places
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain, quoted


class Taken(AskedWrongly):
    """The error of a name under which the listener has a score already."""


_LONGEST = 60
"""Characters of a name that is made from a title."""


def own_path(name: str, option: str = "--name", text: str | None = None, *, over: bool = False) -> Path:
    """Where a score of this name will stand; an AskedWrongly where it may not, or where another one stands,
    unless it is to be written `over`. `option` is how the name was given."""
    from lullaby.score import checks

    try:
        checks.file_name(name)
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{quoted(name)} {plain(unfit.what)}") from None
    path = places.home() / "scores" / f"{name}.toml"
    if not over and os.path.lexists(path) and not _says(path, text):
        raise _taken(path, option)
    from lullaby.score import voice_paths
    from lullaby.voices.kinds import KINDS

    if name in voice_paths() or name in KINDS:
        what = f"{quoted(name)} is the name of a voice, which a score of that name would hide."
        raise AskedWrongly(f"{what}\n    {option} NAME keeps it under another name.")
    if (places.shipped("scores") / path.name).is_file():
        what = f"lullaby comes with a score called {quoted(name)}, which this one would hide."
        raise AskedWrongly(f"{what}\n    {option} NAME keeps it under another name.")
    return path


def _says(path: Path, text: str | None) -> bool:
    """Does this very text stand there already, from the same command before?"""
    with contextlib.suppress(OSError):
        return text is not None and path.is_file() and path.read_bytes() == text.encode()
    return False


def save_score(text: str, name: str, option: str = "--name", *, over: bool = False) -> Path:
    """Writes the text as the listener's own score of this name, `over` another one or not, and says where it
    is."""
    from lullaby.score import score_of
    from lullaby.score.source import LARGEST
    from lullaby.voices.kinds import KINDS

    path = own_path(name, option, text, over=over)
    if _says(path, text):
        return path
    score_of(text, path, KINDS)
    content = text.encode()
    if len(content) > LARGEST:
        raise AskedWrongly(f"{plain(str(path))}: as a score this would be larger than 1 MiB.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        (places.put if over else places.put_new)(path, content, 0o644)
    except FileExistsError:
        raise _taken(path, option) from None
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from error
    return path


def new_tune_path(asked: str) -> Path:
    """Where a tune is to be kept that was given a path; an AskedWrongly where it may not."""
    path = Path(asked)
    if path.suffix != ".abc":
        raise AskedWrongly(f"{plain(asked)}: a tune is kept in a file that ends in .abc.")
    if os.path.lexists(path):
        raise _taken(path, "-o", "FILE.abc")
    return path


def save_tune(text: str, path: Path | None, name: str) -> Path:
    """Writes the text as a tune at this path, or as the listener's own of this name, and says where it is."""
    from lullaby.score import checks

    option, what = ("-o", "FILE.abc") if path else ("--name", "NAME")
    if path is None:
        try:
            path = places.home() / "scores" / "tunes" / f"{checks.file_name(name)}.abc"
        except checks.Unfit as unfit:
            raise AskedWrongly(f"{quoted(name)} {plain(unfit.what)}") from None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        places.put_new(path, text.encode(), 0o644)
    except FileExistsError:
        raise _taken(path, option, what) from None
    except OSError as error:
        raise CouldNot(f"{plain(str(path))}: {places.why_not(error)}") from error
    return path


def _taken(path: Path, option: str, name: str = "NAME") -> Taken:
    what = f"{plain(str(path))} is there already, and is left as it is."
    return Taken(f"{what}\n    {option} {name} keeps this one under another name.")


def name_from(title: str, fallback: str) -> str:
    """A name that a title becomes: "Beach by @eMPee" → "beach-by-empee"."""
    from lullaby.score import checks

    for words in (title, fallback):
        name = re.sub(r"[\W_]+", "-", words.casefold()).strip("-")[:_LONGEST]
        while len(name.encode(errors="replace")) > checks.MOST_BYTES - 10:
            name = name[:-1]
        if name := name.strip("-"):
            return name
    return "imported"
