"""Markdown as a text to be told: our own stories, and whatever else people write in it.

Headings begin parts; lists are told item by item and tables row by row; quotes are told. Blocks of code,
footnotes, pictures and comments are left out. A paragraph that begins with a name of the cast and a
colon is spoken by that voice.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lullaby.errors import WrittenWrongly
from lullaby.score.front_matter import FrontMatter, front_matter_of
from lullaby.score.plain_text import plain
from lullaby.score.source import text_at
from lullaby.score.stories import LONGEST_PAUSE, seconds_of, without_comments, without_header, wrong_lines
from lullaby.story.languages import guessed
from lullaby.story.runs import Run, paragraph_of
from lullaby.story.sentences import cleaned
from lullaby.story.text import Item, Part, Rest, Text

_MARK = re.compile(r"\[pause(?: \d+(?:\.\d+)? s)?\]")
_YAML_LINE = re.compile(r"(title|author|lang|language)[ \t]*:[ \t]*[\"']?(.+?)[\"']?[ \t]*", re.IGNORECASE)
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\]\s]{1,80}\]:")
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,80}\]")
_SAYS = re.compile(r"([^:\n]{1,60}?)(?: ?\([^()\n]{0,80}\))?:[ \t]+(?=\S)")
_PROSE = re.compile(r"[^\W\d_]|[ \n.,;:!?'\"“”„‘’«»…–—-]")
_TAG = re.compile(r"<[^<>]*>")


def markdown_text(path: str | os.PathLike[str]) -> Text:
    """The text in this file; its first mistake is raised."""
    where = plain(os.fspath(path))
    mistakes: list[WrittenWrongly] = []
    content = text_at(where, Path(path)).replace("\r\n", "\n")
    front, content = front_matter_of(content, where, mistakes)
    said, _ = without_comments(content)
    mistakes += [
        WrittenWrongly(f"{where}, line {number + 1}", what, hint)
        for number, what, hint in wrong_lines(said.split("\n"))
    ]
    if mistakes:
        raise mistakes[0]
    text = markdown_told(said, front, Path(path).stem)
    if not text.words:
        raise WrittenWrongly(where, "nothing is told in it.", "Paragraphs follow the title.")
    return text


def markdown_told(said: str, front: FrontMatter = FrontMatter(), name: str = "") -> Text:  # noqa: B008
    """The text of Markdown without its comments; `name` stands in for a title."""
    said, known = _without_yaml(said)
    lang = front.lang or known.get("lang") or known.get("language") or guessed(said)
    tokens = _parser().parse(_without_footnotes(said))
    reader = _Reader(tokens, lang, {key: figure.name for key, figure in front.cast.items()})
    title, parts = reader.read()
    title = front.title or known.get("title") or title
    return Text(
        title or name.replace("-", " ").replace("_", " ").strip(),
        lang,
        parts,
        author=front.author or known.get("author", ""),
        cast=reader.cast,
        say=dict(front.say),
        titled=bool(title),
        bedtime=front.bedtime,
    )


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])


def _without_yaml(text: str) -> tuple[str, Mapping[str, str]]:
    """The text without the header that other programs write, and what that says of it."""
    text, header = without_header(text)
    found = (_YAML_LINE.fullmatch(line.strip()) for line in header.split("\n"))
    return text, {one[1].lower(): cleaned(one[2]) for one in found if one}


def _without_footnotes(text: str) -> str:
    """The text without the notes themselves: each goes on until text that is not indented follows an empty
    line."""
    kept: list[str] = []
    inside, empty = False, True
    for line in text.split("\n"):
        if _FOOTNOTE.match(line):
            inside = True
        elif line.strip() and empty and not line.startswith(("  ", "\t")):
            inside = False
        empty = not line.strip()
        kept.append("" if inside else line)
    return "\n".join(kept)


class _Reader:
    """Turns the tokens of Markdown into parts."""

    def __init__(self, tokens: Sequence[Token], lang: str, cast: Mapping[str, str]) -> None:
        self.tokens, self.lang, self.cast = tokens, lang, cast
        self._labels = {id.replace("_", " ").lower(): id for id in cast}
        self._labels |= {id.lower(): id for id in cast} | {name.lower(): id for id, name in cast.items()}
        self.parts: list[Part] = []
        self._heading, self._source, self._items = "", "", list[Item]()

    def read(self) -> tuple[str, tuple[Part, ...]]:
        """The title, where the text has one, and its parts."""
        title, skipped = self._title()
        levels = sorted({level for place, level, _ in self._headings() if place != skipped})[:2]
        row: list[str] = []
        for place, token in enumerate(self.tokens):
            before = self.tokens[place - 1] if place else token
            line = f"line {token.map[0] + 1}" if token.map else ""
            if token.type == "inline" and before.type == "heading_open":
                if int(before.tag[1]) in levels and place != skipped:
                    self._begin(_flat(_inline(token)), line)
                elif place != skipped:
                    self._tell(_inline(token), line)
            elif token.type == "inline" and before.type in ("td_open", "th_open"):
                row.append(_flat(_inline(token)))
            elif token.type == "tr_close":
                cells = ", ".join(cell for cell in row if cell)
                self._tell(cells if cells[-1:] in (*".!?…",) else f"{cells}.", line)
                row = []
            elif token.type == "inline":
                self._tell(re.sub(r"^\[[ xX]\] ", "", _inline(token)), line)
            elif token.type == "hr":
                self._items.append(Rest(scene=True))
            elif token.type == "code_block":
                for block in filter(_is_prose, re.split(r"\n\s*\n", token.content)):
                    self._tell(block.strip().replace("\n", _SOFT), line)
            elif token.type == "html_block" and not re.match(
                r"\s*<(script|style|pre)\b", token.content, re.I
            ):
                self._tell(_TAG.sub(" ", token.content), line)
        self._begin("", "")
        return title, tuple(self.parts)

    def _headings(self) -> Iterator[tuple[int, int, str]]:
        for place, token in enumerate(self.tokens):
            if token.type == "heading_open":
                yield place + 1, int(token.tag[1]), _flat(_inline(self.tokens[place + 1]))

    def _title(self) -> tuple[str, int]:
        """The heading that is the title of it all, and its place: the first, if no other stands as high."""
        first, *others = [*self._headings(), (-1, 9, "")]
        told = next((n for n, token in enumerate(self.tokens) if token.type in ("inline", "fence")), -1)
        if first[0] != told or any(level <= first[1] for _, level, _ in others):
            return "", -1
        return first[2], first[0]

    def _begin(self, heading: str, source: str) -> None:
        """Ends one part and begins the next."""
        if self._items or self._heading:
            self.parts.append(Part(self._heading, tuple(self._items), self._source))
        self._heading, self._source, self._items = heading, source, []

    def _tell(self, content: str, line: str) -> None:
        for who, text in self._by_voice(_FOOTNOTE_MARK.sub("", content)):
            place = 0
            for mark in [*_MARK.finditer(text), None]:
                told = text[place : mark.start() if mark else len(text)]
                if paragraph := paragraph_of([Run(told, who=who)], self.lang, line):
                    self._items.append(paragraph)
                if mark:
                    place, seconds = mark.end(), min(seconds_of(mark[0]), LONGEST_PAUSE)
                    self._items.append(Rest(seconds or None))

    def _by_voice(self, content: str) -> list[tuple[str, str]]:
        """The text by who speaks it: each line that begins with a name of the cast is that figure's."""
        found = [("", "")]
        for line in re.split(f"(?<=[{_SOFT}\n])", content):
            label = _SAYS.match(line) if self.cast else None
            who = self._labels.get(label[1].strip().lower()) if label else None
            if label and who is not None:
                found.append((who, line[label.end() :]))
            else:
                found[-1] = (found[-1][0], found[-1][1] + line)
        return [(who, text.replace(_SOFT, " ").strip()) for who, text in found]


_SOFT = "\x1e"
"""Stands for a line end that only the file has."""


def _inline(token: Token) -> str:
    """The text of a line or paragraph without its marks; "\\n" is a line end to be seen."""
    text: list[str] = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            text.append(child.content)
        elif child.type == "softbreak":
            text.append(_SOFT)
        elif child.type == "hardbreak" or re.fullmatch(r"<br\s*/?>", child.content):
            text.append("\n")
    return "".join(text)


def _flat(text: str) -> str:
    return cleaned(_FOOTNOTE_MARK.sub("", text.replace(_SOFT, " ")))


def _is_prose(block: str) -> bool:
    """Is an indented block a paragraph that somebody indented, rather than code?"""
    text = block.strip()
    told = sum(map(len, _PROSE.findall(text)))
    return told > 0.97 * len(text) and text.lstrip("\"'“‘„«—–-")[:1].isupper()
