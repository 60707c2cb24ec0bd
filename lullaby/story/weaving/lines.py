"""The language that the material of woven stories is written in, and its reading.

A file holds sections; a section holds blocks, which are paragraphs, apart by an empty line; a block holds
lines of one or a few sentences.

    keepsake: a round of green glass        what is known of the whole file
    == turn: The Green Glass                a section, and its heading where it has one
    [winter -rain] It was cold.             told in winter, unless it rains
    ~ The stove ticked.                     may be left out
    | The stove had been lit.               instead of the line above
    {name} {sat|leaned} by it.              a word that is known, a choice
    She looked<, for she had time>.         the end may be left out
    It was late + and the lamp was lit.     one sentence, or two
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from lullaby.story.weaving.paraphrases import varied

TAGS: dict[str, frozenset[str]] = {
    "season": frozenset(("spring", "summer", "autumn", "winter")),
    "weather": frozenset(("clear", "rain", "wind", "mist", "snow", "grey")),
    "age": frozenset(("small", "young", "grown")),
}
"""What a line may depend on, by sort. Every other tag is of the sort "other", and all of those must hold."""


@dataclass(frozen=True, slots=True)
class Slot:
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    options: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """Something that may be left out."""

    inside: Clause


Piece: TypeAlias = "str | Slot | Choice | Tail"
Clause: TypeAlias = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Tags:
    """When something is told."""

    one_of: tuple[frozenset[str], ...] = ()
    none_of: frozenset[str] = frozenset()

    def hold(self, here: frozenset[str]) -> bool:
        return not any(map(here.isdisjoint, self.one_of)) and self.none_of.isdisjoint(here)


ALWAYS = Tags()


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """One way to say a line: clauses, each with the word that joins it to the one before."""

    clauses: tuple[tuple[str, Clause], ...]
    apart: tuple[bool, ...]
    """Which clauses begin a sentence as they are written."""
    tags: Tags
    number: int
    size: int
    """About how many words it has."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    wordings: tuple[Wording, ...]
    optional: bool
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    lines: tuple[Line, ...]
    tags: Tags = ALWAYS
    here: str = ""
    """What stands here is told elsewhere in the material: the "@spot" of a plot."""

    @property
    def size(self) -> int:
        return sum(line.wordings[0].size for line in self.lines)


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    name: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, eq=False)
class File:
    name: str
    known: dict[str, str]
    sections: dict[str, Section] = field(default_factory=dict)

    def blocks(self, name: str) -> tuple[Block, ...]:
        section = self.sections.get(name)
        return section.blocks if section else ()


_TAGGED = re.compile(r"\[([a-z0-9 -]+)\]\s*")
_JOINT = re.compile(r" \+ (and|but|so|for|or) ")
_LINES = 100_000
"""More than any file has: lines of two files never share a number."""


def file_of(name: str, text: str, place: int) -> File:
    """The material in this text; `place` sets the numbers of its lines apart from those of other files."""
    known: dict[str, str] = {}
    sections: dict[str, Section] = {}
    head, *rest = re.split(r"^== ", text, flags=re.M)
    for row in head.splitlines():
        if row.strip():
            key, _, value = row.partition(":")
            known[key.strip()] = value.strip()
    number = place * _LINES
    for part in rest:
        title, _, body = part.partition("\n")
        section, _, heading = title.partition(":")
        blocks = []
        for paragraph in re.split(r"\n\s*\n", body.strip("\n")):
            rows = [row.strip() for row in paragraph.splitlines() if row.strip()]
            number += len(rows) + 1
            if rows:
                blocks.append(_block(rows, number))
        sections[section.strip()] = Section(section.strip(), heading.strip(), tuple(blocks))
    return File(name, known, sections)


def _block(rows: list[str], number: int) -> Block:
    tags = ALWAYS
    if rows[0].startswith("@"):
        return Block((), here=rows[0][1:].strip())
    alone = _TAGGED.fullmatch(rows[0])
    if alone:
        tags, rows = tags_of(alone[1]), rows[1:]
    lines: list[tuple[bool, list[Wording]]] = []
    for at, row in enumerate(rows):
        if row.startswith("| "):
            lines[-1][1].append(_wording(row[2:], number - at))
        else:
            optional = row.startswith("~ ")
            lines.append((optional, [_wording(row[2:] if optional else row, number - at)]))
    return Block(tuple(Line(tuple(w), optional, w[0].number) for optional, w in lines), tags)


def tags_of(text: str) -> Tags:
    wanted: dict[str, set[str]] = {}
    others: list[frozenset[str]] = []
    none_of = set()
    for tag in text.split():
        if tag.startswith("-"):
            none_of.add(tag[1:])
            continue
        sort = next((sort for sort, tags in TAGS.items() if tag in tags), "")
        if sort:
            wanted.setdefault(sort, set()).add(tag)
        else:
            others.append(frozenset((tag,)))
    return Tags((*map(frozenset, wanted.values()), *others), frozenset(none_of))


def _wording(text: str, number: int) -> Wording:
    tags = ALWAYS
    tagged = _TAGGED.match(text)
    if tagged:
        tags, text = tags_of(tagged[1]), text[tagged.end() :]
    parts = _JOINT.split(text.strip())
    clauses: list[tuple[str, Clause]] = []
    apart: list[bool] = []
    for word, part in zip(["", *parts[1::2]], parts[0::2], strict=True):
        for joint, begins, clause in _joints(word, part):
            clauses.append((joint, clause_of(varied(clause))))
            apart.append(begins)
    apart[0] = True
    return Wording(tuple(clauses), tuple(apart), tags, number, len(text.split()))


_SUBJECT = r"(?:it|they|there|nobody|\{she\}|\{hs\}|\{cs\}|\{name\}|\{comp\}|\{helper\})"
_SOFT = re.compile(
    rf", (and|but) (?={_SUBJECT} )"
    r"|(?<=[a-z}>])\. (?=(?:It|They|There|He|She|The|A|An|One|In|On|This|Then|Nobody|At|Each"
    r"|\{She\}|\{Hs\}|\{Cs\}) )"
)
_UNDER = re.compile(
    r"(?:^|[.!?,:] |\+ )(?:and |but )?"
    r"(?:if|when|whenever|as|while|since|where|until|after|before|so|once|because|though)\b",
    re.I,
)
_THAT = re.compile(
    r"\b(?:so|such|that|who|which|where|when|if|because|until|as though|as if|while|how|what)\b", re.I
)


def _joints(word: str, text: str) -> list[tuple[str, bool, str]]:
    """The text in clauses: where a sentence could be parted in two, or two of them joined, without harm."""
    found: list[tuple[str, bool, str]] = []
    start, begins = 0, False
    if '"' in text:
        return [(word, False, text)]
    for joint in _SOFT.finditer(text):
        before = text[: joint.start()]
        if before.count("{") != before.count("}") or before.count("<") != before.count(">"):
            continue
        sentence = re.split(r"[.!?:] ", before[start:])[-1]
        if joint[1] and (_UNDER.search(sentence) or _THAT.search(sentence)):
            continue
        found.append((word, begins, text[start : joint.start()]))
        start, begins = joint.end(), not joint[1]
        word = joint[1] or "and"
    rest = text[start:]
    found.append((word, begins, rest))
    return [(word, begins, _lowered(clause) if begins else clause) for word, begins, clause in found]


def _lowered(clause: str) -> str:
    return re.sub(r"^(\{?)([A-Z])", lambda first: first[1] + first[2].lower(), clause)


def clause_of(text: str) -> Clause:
    pieces, at = _pieces(text, 0, "")
    if at != len(text):
        raise ValueError(f"{text!r} does not end where it should")
    return pieces


def _pieces(text: str, at: int, ends: str) -> tuple[Clause, int]:
    found: list[Piece] = []
    start = at
    while at < len(text) and text[at] not in ends:
        if text[at] == "{":
            found += [text[start:at]] if start < at else []
            piece, at = _braces(text, at + 1)
            found.append(piece)
            start = at
        elif text[at] == "<":
            found += [text[start:at]] if start < at else []
            inside, at = _pieces(text, at + 1, ">")
            found.append(Tail(inside))
            at += 1
            start = at
        else:
            at += 1
    found += [text[start:at]] if start < at else []
    return tuple(found), at


def _braces(text: str, at: int) -> tuple[Slot | Choice, int]:
    options = []
    while True:
        option, at = _pieces(text, at, "|}")
        if at >= len(text):
            raise ValueError(f"{text!r} has a brace that stays open")
        options.append(option)
        at += 1
        if text[at - 1] == "}":
            break
    if len(options) == 1:
        (name,) = options[0]
        assert isinstance(name, str)
        return Slot(name), at
    return Choice(tuple(options)), at


def words_of(clause: Clause) -> list[str]:
    """All text in it that is written out, with every choice and every end."""
    found: list[str] = []
    for piece in clause:
        if isinstance(piece, str):
            found.append(piece)
        elif isinstance(piece, Choice):
            found += [text for option in piece.options for text in words_of(option)]
        elif isinstance(piece, Tail):
            found += words_of(piece.inside)
    return found


def slots_of(clause: Clause) -> set[str]:
    found: set[str] = set()
    for piece in clause:
        if isinstance(piece, Slot):
            found.add(piece.name)
        elif isinstance(piece, Choice):
            found.update(*map(slots_of, piece.options))
        elif isinstance(piece, Tail):
            found |= slots_of(piece.inside)
    return found
