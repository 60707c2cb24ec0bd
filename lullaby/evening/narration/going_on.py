"""Where stories stopped the last time, and what is to be said of it."""

from __future__ import annotations

import datetime
import hashlib
from contextlib import suppress
from dataclasses import replace

from lullaby.errors import CouldNot
from lullaby.evening.narration.telling import Tale, Told
from lullaby.people.bookmarks import Bookmark, bookmarks_of, keep_bookmark


def text_hash(told: Told) -> str:
    """A hash of the story's sentences: a bookmark is of these."""
    said = "\n".join(
        beat.sentence.text if beat.recorded is None else beat.recorded.digest for beat in told.beats
    )
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def bookmark_of(listener: str | None, told: Told) -> Bookmark | None:
    """Where this story stopped for this listener, if it did and is the same still."""
    if told.telling.text or told.telling.serial:  # it is of this night alone, or its circle keeps it
        return None
    mark = bookmarks_of(listener).get(told.telling.story)
    return mark if mark is not None and mark.text == text_hash(told) else None


def mark(listener: str | None, tale: Tale, sentence: int | None, day: datetime.date | None) -> None:
    """Keeps where a story is to go on; with None it is over. Where that cannot be kept the night goes on."""
    told = tale.told
    if told.telling.text or told.telling.serial:
        return
    with suppress(CouldNot, OSError):
        keep_bookmark(listener, told.telling.story, bookmark_in(tale, sentence, day))


def bookmark_in(tale: Tale, sentence: int | None, day: datetime.date | None) -> Bookmark | None:
    """The bookmark at this sentence; None where the story is over."""
    told = tale.told
    return None if not sentence else Bookmark(sentence, len(told.beats), text_hash(told), day)


def serial_goes_on(told: Told) -> Told:
    """An episode of a serial, from where the one before it stopped, if the text is the same still."""
    goes_on = told.telling.goes_on
    if goes_on is None or text_hash(told) != goes_on[1]:
        return told
    return replace(told, first=goes_on[0])
