"""Where stories stopped the last time, and what is to be said of it."""

from __future__ import annotations

import datetime
import hashlib
from contextlib import suppress

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
    if told.telling.text:  # it is of this night alone
        return None
    mark = bookmarks_of(listener).get(told.telling.story)
    return mark if mark is not None and mark.text == text_hash(told) else None


def mark(listener: str | None, tale: Tale, sentence: int | None, day: datetime.date | None) -> None:
    """Keeps where a story is to go on; with None it is over. Where that cannot be kept the night goes on."""
    told = tale.told
    if told.telling.text:
        return
    found = None if not sentence else Bookmark(sentence, len(told.beats), text_hash(told), day)
    with suppress(CouldNot, OSError):
        keep_bookmark(listener, told.telling.story, found)
