"""Words that nobody says by chance, one for each private thing of each listener, and where they turn up."""

from __future__ import annotations

import base64
import datetime
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lullaby.evening.enough_gentle import spoken_of
from lullaby.journal.dreams import keep_dream
from lullaby.journal.mornings import Morning, keep_morning
from lullaby.people.bookmarks import Bookmark, keep_bookmark
from lullaby.people.enough.book import kept
from lullaby.people.enough.evenings import Facing, digest_of, set_facing
from lullaby.people.enough.pledge import make_pledge
from lullaby.people.listeners import add_person
from lullaby.people.person import Person
from lullaby.people.story_wishes import StoryWishes
from lullaby.score.avoiding import Avoid

PRIVATE = (
    "name", "word", "tune", "fear", "say", "thing", "bookmark", "dream", "mood", "holder", "facing", "file",
)  # fmt: skip
_SYLLABLES = ("Quo", "vex", "zim", "brul", "dwa", "fyo", "gnu", "hli", "jep", "kwu", "mro", "nyx")

Canaries = dict[str, str]


def canaries_of(listener: str) -> Canaries:
    """One word for each, that can be spoken, and stands in no text, no voice and no library."""
    end = {"ada": "ibbora", "bo": "undlek", "cleo": "astrip"}[listener]
    return {what: f"{start}{end}".lower() for what, start in zip(PRIVATE, _SYLLABLES, strict=True)}


def add_listener(listener: str, texts: Path, today: datetime.date, *, shared: bool = False) -> Canaries:
    """A listener of whom everything private is said once. The dream is `shared` or not."""
    words = canaries_of(listener)
    add_person(
        Person(
            listener,
            names=(words["name"].capitalize(),),
            avoid=Avoid(words=(words["word"],), tunes=(words["tune"],), fears=(words["fear"],)),
            say={words["say"].capitalize(): "MEER-ah"},
            stories=StoryWishes(favourites=(words["thing"],)),
        )
    )
    keep_bookmark(listener, words["bookmark"], Bookmark(3, 9, "9c1e", today))
    keep_dream(listener, f"A boat, and a {words['dream']} in it.", today, today, shared=shared)
    keep_morning(listener, Morning(today - datetime.timedelta(1), mood=words["mood"]), today)
    texts.mkdir(exist_ok=True)
    facing = texts / f"{words['file']}.md"
    facing.write_text(f"# A Door\n\nThe {words['facing']} was at the door. It was small, and it sat down.\n")
    assert any(words["facing"] in sentence for sentence in spoken_of(str(facing)))
    with kept(listener) as db:
        make_pledge(db, words["holder"].capitalize(), "a word", today)
        set_facing(db, today, Facing(str(facing), digest_of(facing)))
    return words


def own_files(home: Path, listener: str) -> set[Path]:
    """What is a listener's alone."""
    found = set()
    for folder in ("people", "journal", "enough"):
        for path in (home / folder).rglob("*"):
            inside = path.relative_to(home / folder).parts
            if inside[0].partition(".")[0] == listener:
                found.add(path)
    return found


def found_in(content: bytes, words: Canaries) -> set[str]:
    """Which of these stand in it, however they are written: packed, in Base64, in wide letters."""
    read = b"\n".join(_read(content)).lower()
    return {what for what, word in words.items() if any(form in read for form in _forms(word))}


def _forms(word: str) -> Iterator[bytes]:
    yield word.encode()
    yield word.encode("utf-16-le")
    yield word.encode().hex().encode()
    for shift in range(
        3
    ):  # in Base64 it looks other by where it begins; the ends depend on what is beside it
        text = base64.b64encode(b"." * shift + word.encode())
        yield text[4 if shift else 0 : -4].lower()


def _read(content: bytes, deep: int = 2) -> Iterator[bytes]:
    yield content
    if not deep:
        return
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for name in file.namelist():
                yield name.encode()
                yield from _read(file.read(name), deep - 1)
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            unpacked = unpack(content)
        except (OSError, EOFError, zlib.error):
            continue
        yield from _read(unpacked, deep - 1)
