"""Reading and writing a circle's file. What it does not say keeps its default.

# friends.toml — a circle of lullaby. It stays on this machine, for your eyes alone.
series = "the-river"

[member.anna]
teller     = "old-keeper"
instrument = "harp"
tunes      = ["brahms"]
seat       = -0.5
likes      = ["the-quiet-pod"]
listener   = "anna"
share      = true
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.people.person_writing import Rows
from lullaby.ritual.circle.member import Circle, Member
from lullaby.score import checks, quoting
from lullaby.score.source import Source, source_of
from lullaby.score.toml_table import TomlTable

MOST_MEMBERS = 64
_MOST_ENTRIES = 100
_KEYS = ("teller", "instrument", "tunes", "seat", "likes", "listener", "share")
_NOTES = {
    "seat": "-1 left … 1 right",
    "share": "their name, turns and what they bring may go into a pack",
    "listener": "theirs on this machine",
}


def circle_from(text: str, path: Path) -> Circle:
    """The circle in a text that stands, or will stand, at this path; its first mistake is raised."""
    mistakes: list[WrittenWrongly] = []
    circle = _read(source_of(text, path), mistakes)
    if mistakes:
        raise mistakes[0]
    return circle


def circle_name(value: object) -> str:
    """A circle's or a member's name, which becomes the name of a file and of a folder."""
    name = checks.file_name(value)
    if "." in name:
        raise checks.Unfit("is not a name: leave the dot out.")
    return name


def _read(source: Source, mistakes: list[WrittenWrongly]) -> Circle:
    top = TomlTable.whole_file(source, mistakes)
    top.only(("story", "series", "member"))
    tables = top.table("member", hint="Each one begins with [member.NAME].")
    if len(tables.values) > MOST_MEMBERS:
        top.note(f"there are {len(tables.values)} members; a circle has {MOST_MEMBERS} at most.")
        return Circle(source.path.stem)
    members = [_member(tables, name) for name in tables.values]
    story, series = top.name("story"), top.name("series")
    if story and series:
        top.note("it has a story and a series.", "One of them goes on, evening after evening.")
    lowered = [member.name.casefold() for member in members]
    for name in {name for name in lowered if lowered.count(name) > 1}:
        top.note(f"two members are called {name!r}, but for capital letters.", "Give one another name.")
    return Circle(source.path.stem, tuple(members), story, series)


def _member(tables: TomlTable, name: str) -> Member:
    table = tables.table(name, f"{tables.where}, [member.{quoting.key(name)}]")
    try:
        circle_name(name)
    except checks.Unfit as unfit:
        table.note(f"{name!r} {unfit.what}", unfit.hint)
    table.only(_KEYS, whose="a member")
    none: tuple[str, ...] = ()
    names = partial(_names, most=_MOST_ENTRIES)
    return Member(
        name,
        teller=table.name("teller"),
        instrument=table.name("instrument"),
        tunes=table.take("tunes", none, names),
        seat=table.number("seat", 0, -1, 1),
        likes=table.take("likes", none, names),
        listener=table.name("listener"),
        share=table.flag("share"),
    )


def _names(value: object, most: int) -> tuple[str, ...]:
    found = checks.entries(value, checks.name)
    if len(found) > most:
        raise checks.Unfit(f"is too long: at most {most} entries.")
    return found


def rows_of(circle: Circle) -> Rows:
    """Everything about this circle that is not as usual, as it is written, by table and key."""
    top = {key: quoting.text(said) for key in ("story", "series") if (said := getattr(circle, key))}
    return {"": top} | {f"member.{quoting.key(member.name)}": _rows_of(member) for member in circle.members}


def _rows_of(member: Member) -> dict[str, str]:
    usual = Member(member.name)
    told = {key: getattr(member, key) for key in _KEYS if getattr(member, key) != getattr(usual, key)}
    return {key: quoting.value(value) for key, value in told.items()}


def written(circle: Circle) -> str:
    """The whole file, in the style of the house."""
    head = f"{circle.name}.toml — a circle of lullaby. It stays on this machine, for your eyes alone."
    lines = [quoting.comment(head), "# What is not written keeps what is usual."]
    for table, rows in rows_of(circle).items():
        lines += ["", f"[{table}]"] if table else []
        width = max(map(len, rows), default=0)
        for key, value in rows.items():
            note = f"  {quoting.comment(_NOTES[key])}" if key in _NOTES else ""
            lines.append(f"{key:<{width}} = {value}{note}")
    return "\n".join(lines) + "\n"
