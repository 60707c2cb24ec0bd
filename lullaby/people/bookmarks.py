"""Bookmarks: where stories stopped, so that another evening can go on from there. A private file for each
listener, and one for whoever is nobody in particular.

{"the-quiet-pod": {"sentence": 41, "of": 161, "text": "9c1e…", "date": "2026-11-27"}}
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.errors import LullabyError
from lullaby.people.private import locked, make_private_folder, put
from lullaby.score.plain_text import plain
from lullaby.score.source import text_at

MOST = 500
"""Bookmarks that are kept; the oldest go first."""


@dataclass(frozen=True)
class Bookmark:
    sentence: int
    """The number of the sentence to go on with."""
    sentences: int
    """Sentences of the whole story."""
    text: str
    """A hash of the story: a bookmark in another text of the same name leads nowhere."""
    date: datetime.date | None = None


def bookmarks_file(listener: str | None) -> Path:
    if listener is None:
        return places.home() / "bookmarks.json"
    return places.home() / "people" / f"{listener}.bookmarks"


def bookmarks_of(listener: str | None) -> dict[str, Bookmark]:
    """The bookmarks, oldest first. One that is no bookmark any more is none."""
    path = bookmarks_file(listener)
    try:
        table = json.loads(text_at(plain(str(path)), path))
    except (LullabyError, ValueError):
        return {}
    found: dict[str, Bookmark] = {}
    for story, row in table.items() if isinstance(table, dict) else ():
        match row:
            case {"sentence": int(sentence), "of": int(sentences), "text": str(text)}:
                if 0 < sentence < sentences:
                    found[story] = Bookmark(sentence, sentences, text, _day(row.get("date")))
    return found


def keep_bookmark(listener: str | None, story: str, mark: Bookmark | None) -> None:
    """Puts this bookmark in the place of the one that was there; None takes it out, for the story is over."""
    path = bookmarks_file(listener)
    if mark is None and story not in bookmarks_of(listener):
        return
    make_private_folder(path.parent) if listener is not None else path.parent.mkdir(
        parents=True, exist_ok=True
    )
    with locked(path.parent):
        marks = bookmarks_of(listener)
        marks.pop(story, None)
        if mark is not None:
            marks[story] = mark
        rows = {name: _row(one) for name, one in list(marks.items())[-MOST:]}
        put(path, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def _row(mark: Bookmark) -> dict[str, object]:
    date = mark.date.isoformat() if mark.date else None
    return {"sentence": mark.sentence, "of": mark.sentences, "text": mark.text, "date": date}


def _day(text: object) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
