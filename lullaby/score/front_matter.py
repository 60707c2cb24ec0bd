"""The front matter of a story: what is known of it beforehand, as TOML between two lines of +++."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from lullaby.errors import WrittenWrongly
from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.source import source_of
from lullaby.score.spellings import read_spellings
from lullaby.score.toml_table import TomlTable

FENCE = "+++"
TELLINGS = ("bedtime", "daytime")
KINDS = ("tale", "talk")
KEYS = (
    "title",
    "author",
    "telling",
    "kind",
    "world",
    "age",
    "mood",
    "content",
    "lang",
    "cast",
    "say",
    "sources",
)
LONG = 600
"""Characters of a source, at most."""


@dataclass(frozen=True)
class Figure:
    """Somebody who speaks in a story, or of whom it tells."""

    name: str
    who: str


@dataclass(frozen=True)
class FrontMatter:
    title: str = ""
    author: str = ""
    telling: str = "bedtime"
    """When it is meant to be heard. What is for the day is not told after lights-out."""
    kind: str = "tale"
    world: str = ""
    age: str = ""
    mood: str = ""
    content: tuple[str, ...] = ()
    """What somebody may wish to know beforehand."""
    lang: str = ""
    cast: Mapping[str, Figure] = field(default_factory=dict)
    say: Mapping[str, str] = field(default_factory=dict)
    """How words sound that a machine may misread: a respelling each, or /phonemes/."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where the claims of a talk come from."""

    @property
    def bedtime(self) -> bool:
        """Is it meant for the hour after lights-out? A talk never is."""
        return self.telling == "bedtime" and self.kind != "talk"


def front_matter_of(
    text: str, path: str | os.PathLike[str], mistakes: list[WrittenWrongly]
) -> tuple[FrontMatter, str]:
    """The front matter of this text, and the rest, whose lines keep their numbers."""
    lines = text.split("\n")
    if lines[0].strip() != FENCE:
        return FrontMatter(), text
    last = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if last is None:
        where = f"{os.fspath(path)}, line 1"
        hint = f"It ends with {FENCE} on a line of its own."
        mistakes.append(WrittenWrongly(where, "front matter begins here and does not end.", hint))
        return FrontMatter(), text
    rest = "\n".join([*([""] * (last + 1)), *lines[last + 1 :]])
    try:
        source = source_of("\n".join(["", *lines[1:last]]), path)
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return FrontMatter(), rest
    return _read(TomlTable.whole_file(source, mistakes)), rest


def _read(table: TomlTable) -> FrontMatter:
    table.only(KEYS)
    usual = FrontMatter()
    kind = table.take("kind", usual.kind, lambda value: checks.choice(value, KINDS))
    if kind == "talk":
        table.needs("sources", "A talk says where its claims come from.")
    return FrontMatter(
        table.text("title"),
        table.text("author"),
        table.take("telling", usual.telling, lambda value: checks.choice(value, TELLINGS)),
        kind,
        table.text("world"),
        table.text("age"),
        table.text("mood"),
        table.take("content", (), lambda value: checks.entries(value, checks.text)),
        table.take("lang", "", _language),
        _cast(table.table("cast")),
        read_spellings(table.table("say", f"{table.where}, [say]")),
        _texts(table.table("sources"), LONG),
    )


def _language(value: object) -> str:
    tag = checks.text(value, 35)
    if not (tag and all(part.isalnum() and part.isascii() for part in tag.split("-"))):
        raise Unfit("is not the tag of a language, like en or de-AT.")
    return tag


def _cast(table: TomlTable) -> dict[str, Figure]:
    found = {}
    for name in table.values:
        one = table.table(name, about=name, hint='It is { name = "Talia", is = "who that is" }.')
        one.only(("name", "is"))
        if one.needs("name", ""):
            found[name] = Figure(one.text("name"), one.text("is"))
    return found


def _texts(table: TomlTable, longest: int) -> dict[str, str]:
    return {key: table.text(key, longest=longest) for key in table.values}
