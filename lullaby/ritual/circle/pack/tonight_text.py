"""An evening as JSON, in a pack of a ritual: who is there, whose turn it is, and the dreams, of those who
have agreed. On another machine the ritual is composed anew for it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from lullaby.errors import WrittenWrongly
from lullaby.ritual.tonight import Episode, Present, SharedDream, Tonight, Turn
from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain, shown
from lullaby.sleep.json_text import json_from

BROUGHT = "brought"
HEMISPHERES = ("north", "south")
_MOST_PRESENT, _MOST_NAMES, _MOST_DREAMS, _LONGEST_DREAM = 128, 100, 20, 20_000
_PRESENT = {"name", "teller", "instrument", "tunes", "seat", "likes", "is_guest"}


def tonight_text(tonight: Tonight, hemisphere: str) -> str:
    facts = {
        "date": tonight.date.isoformat(),
        "mood": tonight.mood,
        "hemisphere": hemisphere,
        "present": [_present(one) for one in tonight.present],
        "tells": _turn(tonight.tells),
        "plays": _turn(tonight.plays),
        "dreams": [[one.dreamer, one.text, one.date.isoformat()] for one in tonight.dreams],
        "circle": tonight.circle,
    }
    return json.dumps(facts, indent=1, ensure_ascii=False) + "\n"


def _present(one: Present) -> dict[str, Any]:
    return asdict(one) | {"tunes": list(one.tunes), "likes": list(one.likes)}


def _turn(turn: Turn | None) -> dict[str, Any] | None:
    if turn is None:
        return None
    brings = None if turn.brings is None else f"{BROUGHT}/{turn.brings.name}"
    return {"who": _present(turn.who), "brings": brings, "goes_on": _episode(turn.goes_on)}


def _episode(episode: Episode | None) -> list[Any] | None:
    if episode is None:
        return None
    woven_for = episode.woven_for and episode.woven_for.isoformat()
    return [episode.serial, woven_for, episode.first, episode.text]


def tonight_from(content: bytes, where: str, folder: Path) -> tuple[Tonight, str]:
    """The evening in this content, and the hemisphere whose seasons count; a WrittenWrongly says what of it
    is none. What is brought lies in this folder."""
    try:
        table = json_from(content.decode(), where)
    except UnicodeDecodeError:
        raise WrittenWrongly(where, "this is not UTF-8 text.") from None
    if not isinstance(table, dict):
        raise WrittenWrongly(where, "this is no evening that lullaby wrote.")
    read = _Reading(where, folder)
    hemisphere = read.checked(table, "hemisphere", partial(checks.choice, choices=HEMISPHERES))
    present = read.rows(table, "present", _MOST_PRESENT)
    tonight = Tonight(
        read.day(table.get("date")),
        read.checked(table, "mood", checks.text),
        tuple(read.present(row) for row in present),
        read.turn(table.get("tells")),
        read.turn(table.get("plays")),
        tuple(read.dream(row) for row in read.rows(table, "dreams", _MOST_DREAMS)),
        read.checked(table, "circle", checks.name) if table.get("circle") else "",
    )
    return tonight, hemisphere


class _Reading:
    """Reads values, and says of which file a wrong one is."""

    def __init__(self, where: str, folder: Path) -> None:
        self.where, self.folder = where, folder

    def wrong(self, what: str) -> NoReturn:
        raise WrittenWrongly(self.where, plain(what))

    def checked(self, table: Mapping[str, Any], key: str, check: Any) -> Any:
        try:
            return check(table.get(key))
        except Unfit as unfit:
            self.wrong(f'"{key}" {unfit.what}')

    def rows(self, table: Mapping[str, Any], key: str, most: int) -> list[Any]:
        rows = table.get(key)
        if not isinstance(rows, list) or len(rows) > most:
            self.wrong(f'"{key}" is a list of at most {most}, not {shown(rows)}.')
        return rows

    def day(self, value: object) -> datetime.date:
        try:
            return datetime.date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            self.wrong(f"{shown(value)} is not a date.")

    def present(self, row: object) -> Present:
        if not isinstance(row, dict) or set(row) != _PRESENT:
            self.wrong("somebody who is there has a name, a teller, an instrument, tunes, a seat and likes.")
        names = {
            key: self.checked(row, key, checks.text if key == "name" or not row.get(key) else checks.name)
            for key in ("name", "teller", "instrument")
        }
        lists = {
            key: self.checked(row, key, partial(checks.entries, check=checks.name))
            for key in ("tunes", "likes")
        }
        if any(len(found) > _MOST_NAMES for found in lists.values()):
            self.wrong(f"somebody likes more than {_MOST_NAMES} things.")
        seat = self.checked(row, "seat", partial(checks.number, low=-1, high=1))
        return Present(**names, **lists, seat=seat, is_guest=self.checked(row, "is_guest", checks.flag))

    def turn(self, row: object) -> Turn | None:
        if row is None:
            return None
        if not isinstance(row, dict) or set(row) != {"who", "brings", "goes_on"}:
            self.wrong("a turn is who has it, what they bring, and which serial goes on.")
        goes_on = self.episode(row["goes_on"])
        brings = row["brings"]
        if brings is None:
            return Turn(self.present(row["who"]), None, goes_on)
        path = self.folder / str(brings)
        named = isinstance(brings, str) and brings.count("/") == 1 and brings.startswith(f"{BROUGHT}/")
        if not named or ".." in str(brings) or not path.is_file():
            self.wrong(f"{shown(brings)} is brought, and is not in it.")
        return Turn(self.present(row["who"]), path, goes_on)

    def episode(self, row: object) -> Episode | None:
        if row is None:
            return None
        if not isinstance(row, list) or len(row) != 4:
            self.wrong("what goes on is [serial, date, sentence, text].")
        names = dict(zip(("serial", "woven_for", "first", "text"), row, strict=True))
        return Episode(
            self.checked(names, "serial", checks.name),
            None if names["woven_for"] is None else self.day(names["woven_for"]),
            self.checked(names, "first", partial(checks.whole, low=0, high=1_000_000)),
            self.checked(names, "text", checks.text) if names["text"] else "",
        )

    def dream(self, row: object) -> SharedDream:
        if not isinstance(row, list) or len(row) != 3:
            self.wrong("a dream is [dreamer, text, date].")
        dreamer, text, day = row
        if not isinstance(text, str) or len(text) > _LONGEST_DREAM:
            self.wrong("a dream is a text.")
        return SharedDream(self.checked({"dreamer": dreamer}, "dreamer", checks.text), text, self.day(day))
