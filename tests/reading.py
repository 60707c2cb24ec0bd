"""Reading hypnograms in the tests: the nights of a file, or what is said of one that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypnogram_samples import (
    put,
)

from lullaby.errors import LullabyError, WrittenWrongly
from lullaby.sleep.hypnograms import Hypnogram, read_hypnograms


def read(folder: Path, name: str, content: str | bytes) -> list[Hypnogram]:
    return read_hypnograms(put(folder, name, content))


def refused(folder: Path, content: str | bytes, name: str = "file") -> str:
    with pytest.raises(WrittenWrongly) as caught:
        read(folder, name, content)
    return said_well(caught.value, folder)


def said_well(error: LullabyError, folder: Path) -> str:
    """The complaint without the folder: one line that begins with the file, and perhaps a hint."""
    text = str(error)
    lines = text.split("\n")
    assert len(lines) <= 2, text
    assert lines[0].startswith(str(folder)), text
    assert all(c.isprintable() for line in lines for c in line), text
    assert len(text) < 700, text
    assert not borrowed(error), text
    return text.replace(f"{folder}/", "")


def borrowed(error: LullabyError) -> list[str]:
    """Words of other people's exceptions that are repeated to whoever brought the file."""
    found, cause = [], error.__context__
    while cause is not None:
        if not isinstance(cause, LullabyError | OSError):
            found += [getattr(cause, "msg", str(cause))[:30].lower(), type(cause).__name__.lower()]
        cause = cause.__context__
    return [words for words in found if len(words) > 3 and words in str(error).lower()]
