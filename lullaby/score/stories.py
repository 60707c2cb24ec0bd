"""A story: Markdown that a person wrote, with a title and paragraphs; front matter and a comment may come
first."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lullaby import places
from lullaby.errors import WrittenWrongly
from lullaby.score import checks
from lullaby.score.front_matter import FrontMatter, front_matter_of
from lullaby.score.plain_text import count_words, plain, quoted
from lullaby.score.source import LARGEST, text_at

_BEGINS, _ENDS = "<!--", "-->"
_MOST_LINES = 100
"""Lines that are said to be wrong."""
MARK = re.compile(r"\[pause(?: \d+(?:\.\d+)? s)?\]|\*\*\*")
"""A paragraph that is a pause."""
_LIKE_A_MARK = re.compile(r"\[ *pause\b[^\[\]]*\]", re.IGNORECASE)
LONGEST_PAUSE = 60
"""Seconds of a pause that a text asks for, at most."""
_HEADER = re.compile(r"---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TITLE = re.compile(r"#[ \t]+(\S.*)")


@dataclass(frozen=True)
class Story:
    """The part of a story that is spoken, without what is only there to be read."""

    name: str
    path: Path
    title: str
    description: str
    """The comment at the top."""
    paragraphs: tuple[str, ...]
    front: FrontMatter

    @property
    def words(self) -> int:
        told = (text for text in self.paragraphs if not MARK.fullmatch(text))
        return sum(count_words(text) for text in told)


def story_files(source_folder: Path) -> dict[str, Path]:
    """Stories by name: in `stories` beside the file that names one, the listener's own, the shipped."""
    found: dict[str, Path] = {}
    for folder in (source_folder, *places.folders("scores", source_folder)):
        for path in sorted((folder / "stories").glob("*.md")):
            found.setdefault(path.stem, path)
    return found


def note_wrong(
    path: str | os.PathLike[str], mistakes: list[WrittenWrongly]
) -> tuple[FrontMatter, str] | None:
    """Notes all mistakes of the story in this file; its front matter and the rest, if it can be read."""
    where = plain(os.fspath(path))
    try:
        text = text_at(where, Path(path)).replace("\r\n", "\n")
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None
    front, text = front_matter_of(text, where, mistakes)
    for number, what, hint in wrong_lines(without_comments(text)[0].split("\n")):
        if len(mistakes) >= _MOST_LINES:
            break
        mistakes.append(WrittenWrongly(f"{where}, line {number + 1}", what, hint))
    return front, text


def note_story(path: str | os.PathLike[str], mistakes: list[WrittenWrongly]) -> Story | None:
    """The story in this file, as far as it can be read; all its mistakes are noted. Without a title its name
    is one."""
    read, path = note_wrong(path, mistakes), Path(path)
    if read is None:
        return None
    front, text = read
    said, comments = without_comments(text)
    said, _ = without_header(said)
    lines = said.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    title = _TITLE.fullmatch(lines[first].strip())
    body = "\n".join(line for line in lines[first + bool(title) :] if not line.startswith("#"))
    paragraphs = tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", body) if part.strip())
    story = Story(
        path.stem,
        path,
        title[1] if title else front.title or path.stem,
        " ".join(comments[0].split()) if comments and text.lstrip().startswith(_BEGINS) else "",
        paragraphs,
        front,
    )
    if not story.words:
        where = plain(os.fspath(path))
        mistakes.append(WrittenWrongly(where, "nothing is told in it.", "Paragraphs follow the title."))
    return story


def without_header(text: str) -> tuple[str, str]:
    """The text without the header that other programs write between lines of ---, and that; lines keep their
    numbers."""
    start = len(text) - len(text.lstrip("\n"))
    header = _HEADER.match(text, start)
    if header is None or not re.match(r"[\w-]+[ \t]*:", header[1]):
        return text, ""
    return "\n" * (start + header[0].count("\n")) + text[header.end() :], header[1]


def wrong_lines(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """What is wrong with lines of a story without its comments: the line's index, what, and a hint."""
    unclosed = next((number for number, line in enumerate(lines) if _BEGINS in line), None)
    if unclosed is not None:
        yield unclosed, "a comment begins here and does not end.", "A comment ends with -->."
    for number, line in enumerate(lines):
        try:
            checks.text(line.replace("\t", " "), LARGEST)
        except checks.Unfit as unfit:
            yield number, f"this line {unfit.what}", ""
        mark = _LIKE_A_MARK.fullmatch(line.strip())
        if mark and not MARK.fullmatch(line.strip()):
            yield number, f"{quoted(mark[0])} is no pause.", "It is written [pause] or [pause 4 s]."
        elif mark and seconds_of(mark[0]) > LONGEST_PAUSE:
            yield number, f"{quoted(mark[0])} is too long.", f"A pause has {LONGEST_PAUSE} seconds at most."


def seconds_of(mark: str) -> float:
    """The seconds that a mark asks for; 0 where it names none."""
    found = re.search(r"\d+(?:\.\d+)?", mark)
    return float(found[0]) if found else 0.0


def without_comments(text: str) -> tuple[str, list[str]]:
    """The text without its comments, and these. A comment leaves its line ends behind, so that every other
    line keeps its number."""
    kept: list[str] = []
    comments: list[str] = []
    place = 0
    while (start := text.find(_BEGINS, place)) >= 0:
        stop = text.find(_ENDS, start + len(_BEGINS))
        if stop < 0:
            break
        comments.append(text[start + len(_BEGINS) : stop])
        kept += [text[place:start], "\n" * comments[-1].count("\n")]
        place = stop + len(_ENDS)
    return "".join([*kept, text[place:]]), comments
