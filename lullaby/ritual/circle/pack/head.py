"""The first thing in a pack: what it is, when it begins, and every file that is in it."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lullaby.errors import CouldNot, WrittenWrongly
from lullaby.ritual.circle.pack import starts
from lullaby.score.checks import Unfit, text
from lullaby.score.plain_text import plain, shown
from lullaby.sleep.json_text import json_from
from lullaby.time import RATE

VERSION = 1
_MOST_TOLD, _MOST_TURNS = 1_000, 100
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Credit:
    """What is known of a story that is told: for credits."""

    title: str = ""
    by: str = ""
    author: str = ""
    ships: bool = False


@dataclass(frozen=True)
class Packed:
    """A file in the pack."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Head:
    engine: str
    starts: datetime.datetime
    title: str
    sound: str = ""
    """A hash of all that the night's sound depends on."""
    told: tuple[Credit, ...] = ()
    turns: tuple[tuple[str, str], ...] = ()
    """Who tells and who plays, of those who agreed to be named: ("tell", "anna")."""
    files: Mapping[str, Packed] | None = None

    @property
    def as_json(self) -> str:
        facts = {
            "lullaby": "pack",
            "version": VERSION,
            "rate": RATE,
            "engine": self.engine,
            "starts": starts.written(self.starts),
            "title": self.title,
            "sound": self.sound,
            "told": [[one.title, one.by, one.author, one.ships] for one in self.told],
            "turns": [list(turn) for turn in self.turns],
            "files": {
                name: {"sha256": one.sha256, "bytes": one.bytes}
                for name, one in sorted((self.files or {}).items())
            },
        }
        return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def head_from(content: bytes, where: str) -> Head:
    """The head in this content; a WrittenWrongly says what of it is none."""
    try:
        table = json_from(content.decode(), where)
    except UnicodeDecodeError:
        raise WrittenWrongly(where, "this is not UTF-8 text.") from None
    if not isinstance(table, dict) or table.get("lullaby") != "pack":
        raise WrittenWrongly(where, "this is not a pack that lullaby wrote.")
    version = table.get("version")
    if type(version) is not int or version < 1:
        raise WrittenWrongly(
            where, f"its version is {shown(version)}, and only {VERSION} is understood here."
        )
    if version > VERSION:
        raise CouldNot(f"{where}: a newer lullaby wrote this pack. Update lullaby, and open it then.")
    if table.get("rate") != RATE or type(table["rate"]) is not int:
        raise WrittenWrongly(where, f"its rate is {shown(table.get('rate'))}, and only {RATE} is understood.")
    return Head(
        engine=_text(table.get("engine"), "engine", where, 100),
        starts=starts.read(table.get("starts"), where),
        title=_text(table.get("title"), "title", where),
        sound=_text(table.get("sound"), "sound", where, 64),
        told=_told(table.get("told"), where),
        turns=_turns(table.get("turns"), where),
        files=_files(table.get("files"), where),
    )


def _text(value: object, key: str, where: str, longest: int = 200) -> str:
    try:
        return text(value, longest)
    except Unfit as unfit:
        raise WrittenWrongly(where, f'"{key}" {plain(unfit.what)}') from None


def _told(value: object, where: str) -> tuple[Credit, ...]:
    if not isinstance(value, list) or len(value) > _MOST_TOLD:
        raise WrittenWrongly(where, f'"told" is a list of stories, not {shown(value)}.')
    found = []
    for row in value:
        if not isinstance(row, list) or len(row) != 4 or type(row[3]) is not bool:
            raise WrittenWrongly(where, "a story is [title, by, author, does it ship].")
        title, by, author = (_text(said, "told", where) for said in row[:3])
        found.append(Credit(title, by, author, row[3]))
    return tuple(found)


def _turns(value: object, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or len(value) > _MOST_TURNS:
        raise WrittenWrongly(where, f'"turns" is a list of turns, not {shown(value)}.')
    found = []
    for row in value:
        if not isinstance(row, list) or len(row) != 2 or row[0] not in ("tell", "play"):
            raise WrittenWrongly(where, 'a turn is ["tell", name] or ["play", name].')
        found.append((row[0], _text(row[1], "turns", where)))
    return tuple(found)


def _files(value: object, where: str) -> dict[str, Packed]:
    if not isinstance(value, dict):
        raise WrittenWrongly(where, f'"files" is a table, not {shown(value)}.')
    found: dict[str, Packed] = {}
    for name, row in value.items():
        told: Any = row if isinstance(row, dict) else {}
        digest, size = told.get("sha256"), told.get("bytes")
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest) or type(size) is not int or size < 0:
            raise WrittenWrongly(where, f"of {plain(name[:80])} it says neither hash nor size.")
        found[name] = Packed(digest, size)
    return found
