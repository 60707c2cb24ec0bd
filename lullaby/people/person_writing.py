"""Writing a listener's file, and changing one that exists line by line, so that comments stay."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from lullaby.errors import AskedWrongly, WrittenWrongly
from lullaby.people.person import Person
from lullaby.people.person_file import AVOID
from lullaby.people.sleep_timer import written_timer
from lullaby.people.story_wishes import written_story_wishes
from lullaby.score import quoting
from lullaby.score.plain_text import plain
from lullaby.score.rewriting import NotInPlace, NotWritable, rewritten
from lullaby.score.source import LARGEST
from lullaby.time import RATE

Rows = Mapping[str, Mapping[str, str]]
"""Written values by table ("" is the top) and key."""

_NOTES = {
    "insomnia": "0 sleeps well … 0.8 badly",
    "chronotype": "hours by which this body's clock runs later than most",
    "latency": "times the usual minutes to fall asleep; learned",
    "favourites": "things, in words that fit into: a book about …",
    "begins": "the first night of the series",
    "cap_dba": "dBA at the pillow, where the device is calibrated",
    "longest_min": "minutes",
    "play_out_min": "minutes, where sleep does not stay",
    "after": "silent after so long",
    "between": "at these hours; else whenever something plays",
    "words": "in names and stories",
    "comfortable": "dB, relative to a night as it is written",
    "meter": "dBA at the pillow, by a sound meter …",
    "sounding": "… while so many dBFS(A) were played",
}


def rows_of(person: Person) -> Rows:
    """Everything about this listener that is not as usual, as it is written."""
    top: dict[str, str | None] = {
        "birth_year": str(person.birth_year) if person.birth_year else None,
        "teller": quoting.text(person.teller) if person.teller else None,
        "names": _list(person.names),
    }
    usual = Person("")
    sleep = {
        key: quote(getattr(person, key))
        for key, quote in (
            ("insomnia", quoting.value),
            ("chronotype", quoting.value),
            ("sex", lambda sex: quoting.text(sex.value)),
            ("bedtime", lambda hours: quoting.time(round(hours * 3600 * RATE))),
            ("latency", quoting.value),
        )
        if getattr(person, key) != getattr(usual, key)
    }
    limits = {
        "cap_dba": None if person.cap_dba is None else quoting.value(person.cap_dba),
        "longest_min": None if person.longest_min is None else str(person.longest_min),
        "play_out_min": None if person.play_out_min is None else str(person.play_out_min),
    }
    tables: dict[str, Mapping[str, str | None]] = {
        "": top,
        "sleep": sleep,
        "stories": written_story_wishes(person.stories),
        "avoid": {key: _list(getattr(person.avoid, key)) for key in AVOID},
        "say": {word: quoting.text(how) for word, how in person.say.items()},
        "limits": limits,
        "timer": written_timer(person.timer),
        **{f"device.{quoting.key(name)}": found.written for name, found in person.devices.items()},
    }
    return {
        table: {key: value for key, value in rows.items() if value}
        for table, rows in tables.items()
        if not table or table.startswith("device") or any(rows.values())
    }


def _list(values: tuple[str, ...]) -> str | None:
    return f"[{', '.join(map(quoting.text, values))}]" if values else None


def written(person: Person) -> str:
    """The whole file, in the style of the house."""
    rows = rows_of(person)
    if not any(rows.values()):  # an empty file is no listener: it may have been a longer one
        rows = {"sleep": {"bedtime": quoting.time(round(Person.bedtime * 3600 * RATE))}}
    head = f"{person.name}.toml — a listener of lullaby. It stays on this machine, for your eyes alone."
    lines = [
        quoting.comment(head),
        "# What is not written keeps what is usual.",
        *tables_written(rows),
    ]
    return "\n".join(lines) + "\n"


def tables_written(rows: Rows) -> list[str]:
    lines: list[str] = []
    for table, values in rows.items():
        if table:
            lines += ["", f"[{table}]"]
        keys = {key: quoting.key(key) for key in values}
        width = max(map(len, keys.values()), default=0)
        for key, value in values.items():
            note = f"  {quoting.comment(_NOTES[key])}" if key in _NOTES and table != "say" else ""
            lines.append(f"{keys[key]:<{width}} = {value}{note}")
    return lines


def changed(text: str, path: Path, before: Rows, after: Rows, whole: Callable[[], str]) -> str:
    """The text of this file with every row that is new, other or gone; written anew where a device goes, or
    where no row can be changed by itself."""
    if any(table.startswith("device") and table not in after for table in before):
        return whole()
    try:
        for table in dict.fromkeys((*after, *before)):
            was, now = before.get(table, {}), after.get(table, {})
            for key in dict.fromkeys((*now, *was)):
                if was.get(key) != now.get(key):
                    text = rewritten(text, _path(table), key, now.get(key))
    except NotWritable as at:
        what = "this can be read, but nothing in this file can be changed while it stands so."
        hint = "Write this line in a plainer way; the file is left as it is."
        raise WrittenWrongly(f"{plain(str(path))}, line {at.line}", what, hint) from None
    except NotInPlace:
        return whole()
    return text


def _path(table: str) -> list[str]:
    """The names in a table's head."""
    names: list[str] = []
    inside: object = tomllib.loads(f"[{table}]") if table else {}
    while isinstance(inside, dict) and inside:
        name, inside = next(iter(inside.items()))
        names.append(name)
    return names


def fitting(text: str, path: Path) -> str:
    """The text, where it is small enough to be read again."""
    if len(text.encode()) > LARGEST:
        raise AskedWrongly(f"{plain(str(path))}: this would be larger than 1 MiB.")
    return text
