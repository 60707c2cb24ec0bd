"""Plain text as a text to be told: files that people have, and books of Project Gutenberg.

Lines that were broken by hand are joined again; chapters are found by their headings; what a publisher wrote
around a book, page numbers, pictures' captions and footnotes are left out.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import count_words
from lullaby.story import opening
from lullaby.story.headings import COUNTED, value
from lullaby.story.languages import guessed
from lullaby.story.runs import spoken
from lullaby.story.sentences import cleaned
from lullaby.story.text import Item, Part, Rest, Text

LARGEST = 32 << 20
"""Bytes: six times the complete works of Shakespeare."""

_STARTS = re.compile(r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.MULTILINE | re.IGNORECASE)
_ENDS = re.compile(
    r"^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg).*$",
    re.MULTILINE | re.IGNORECASE,
)
_FACT = re.compile(r"^(Title|Author|Language): *(\S.*)$", re.MULTILINE)
_TAGS = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl"}
_SCENE = re.compile(r"(?:[*•·#~⁂+=_—–-][ \t]*){3,}|[*#~⁂§]")
_PAGE = re.compile(r"[-–—\[({ ]*(?:pg\.? ?|p\. ?|page )?\d{1,4}(?: of \d{1,4})?[-–—\])} ]*", re.IGNORECASE)
_APART = re.compile(
    r"\[(?:illustration|footnote|transcriber|sidenote|blank page)\b.*\]?", re.IGNORECASE | re.DOTALL
)
_INSIDE = re.compile(r"\[(?:\d{1,3}|[*†]|illustration[^\[\]]*|pg\.? ?\d+)\]|\{\d{1,4}\}", re.IGNORECASE)
_EMPHASIS = re.compile(r"(?<!\w)[_*=](?=\S)([^_*=\n]{1,300}?)(?<=\S)[_*=](?!\w)")
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty the first second third last eins zwei drei "
    "vier fünf sechs sieben acht neun zehn elf zwölf un deux trois quatre cinq sept huit neuf dix "
    "premier première uno dos tres cuatro cinco seis siete ocho nueve diez primero primera due tre "
    "quattro cinque sei sette otto nove dieci primo prima een twee drie vijf zes zeven tien"
)
_NUMBER = rf"(?:(?-i:[IVXLCDM]+)|\d{{1,3}}|(?:{_NUMBER_WORDS.replace(' ', '|')})(?:-\w+)?)"
_CHAPTER = re.compile(
    rf"(?:{COUNTED})[ \t]+{_NUMBER}\b[.:—–-]*(?:\s.*)?"
    r"|(?:prologue|epilogue|preface|introduction|prolog|epilog|vorwort|einleitung|nachwort|prólogo|epílogo|"
    r"prologo|épilogue|proloog|(?:erst|zweit|dritt|viert|fünft|sechst|siebt|acht|neunt|zehnt)es kapitel)\.?",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(r"(?:\w+ )?\w+[.:]?")
"""A heading that only counts: CHAPTER I."""
_NUMERAL = re.compile(r"([IVXLC]+)\.?")
_CONTENTS = re.compile(
    r"(?:table of )?contents\.?|inhalt(?:sverzeichnis)?\.?|table des matières\.?", re.IGNORECASE
)
_PRODUCED = re.compile(r"(?:e-?text )?(?:produced|prepared|transcribed) by\b.*", re.IGNORECASE | re.DOTALL)
_LONG_HEADING, _NARROW = 90, 0.7
"""Characters of a heading at most; the share of a page's width that lines of verse stay below."""


def plain_text(path: str | os.PathLike[str]) -> Text:
    """The text in this file."""
    where, content = opening.content(path, LARGEST)
    text = plain_told(_decoded(where, content), Path(path).stem)
    if not text.words:
        raise WrittenWrongly(where, "nothing is told in it.", "A text has sentences, in paragraphs.")
    return text


def _decoded(where: str, content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise WrittenWrongly(where, f"this is not whole {encoding[:6].upper()} text.") from None
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise WrittenWrongly(f"{where}, line {line}", "there are zero bytes in it: this is no text.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            return content.decode("latin-1")


@dataclass(frozen=True)
class _Block:
    """Lines between two empty ones."""

    lines: tuple[str, ...]
    line: int
    gap: int
    """Empty lines before it."""

    @cached_property
    def flat(self) -> str:
        return cleaned(" ".join(self.lines))


def plain_told(text: str, name: str = "") -> Text:
    """The text of a file; `name` stands in for a title that it does not have."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", text)
    text, facts, skipped = _without_publisher(text)
    blocks = _without_contents(_mended([*_blocks(text, skipped)]))
    lang = _TAGS.get(facts.get("Language", "").lower()) or guessed(text)
    title = facts.get("Title", "")
    if title:
        named = {title.lower(), *(f"{by}{facts.get('Author', '')}".lower() for by in ("", "by "))}
        while len(blocks) > 1 and blocks[0].flat.rstrip(".").lower() in named:
            blocks = blocks[1:]
    elif len(blocks) > 1 and _is_title(blocks[0]):
        title, blocks = blocks[0].flat, blocks[1:]
    width = max((len(line) for block in blocks for line in block.lines), default=0)
    parts = _parts(blocks, lang, min(width, 90))
    name = name.replace("-", " ").replace("_", " ").strip()
    return Text(title or name, lang, parts, facts.get("Author", ""), titled=bool(title))


def _without_publisher(text: str) -> tuple[str, dict[str, str], int]:
    """The book without what Project Gutenberg wrote around it; what that says, and the lines before it."""
    start = _STARTS.search(text)
    stop = _ENDS.search(text, start.end() if start else 0)
    if start is None and stop is None:
        return text, {}, 0
    first = start.end() if start else 0
    facts = {found[1]: cleaned(found[2]) for found in _FACT.finditer(text[:first])}
    return text[first : stop.start() if stop else len(text)], facts, text.count("\n", 0, first)


def _blocks(text: str, skipped: int) -> Iterator[_Block]:
    lines = text.expandtabs(4).split("\n")
    if not any(not line.strip() for line in _between(lines)):
        yield from _unspaced(lines, skipped)
        return
    block: list[str] = []
    gap = 0
    for number, line in enumerate([*lines, ""], skipped + 1):
        if line.strip():
            block.append(line.rstrip())
            continue
        if block:
            yield _Block(tuple(block), number - len(block), gap)
            block, gap = [], 0
        gap += 1


def _between(lines: Sequence[str]) -> Sequence[str]:
    """The lines without empty ones at both ends."""
    told = [number for number, line in enumerate(lines) if line.strip()]
    return lines[told[0] : told[-1] + 1] if told else ()


def _unspaced(lines: Sequence[str], skipped: int) -> Iterator[_Block]:
    """Paragraphs of a text without empty lines: each line is one; or lines were broken by hand, and a
    paragraph begins where a line is indented or the one before it is short and ends a sentence."""
    told = [(number, line) for number, line in enumerate(lines, skipped + 1) if line.strip()]
    width = max((len(line) for _, line in told), default=0)
    wrapped = len(told) > 3 and width <= 100 and median(len(line) for _, line in told) > 0.75 * width
    block: list[str] = []
    first = 0
    for number, line in told:
        ended = (
            bool(block) and len(block[-1]) < 0.8 * width and block[-1].rstrip("\"'”’»)")[-1:] in (*".!?…:",)
        )
        if block and (not wrapped or line.startswith(" ") or ended):
            yield _Block(tuple(block), first, 1)
            block = []
        first = first if block else number
        block.append(line.rstrip())
    if block:
        yield _Block(tuple(block), first, 1)


def _mended(blocks: Sequence[_Block]) -> list[_Block]:
    """The blocks without page numbers, captions and notes; a paragraph that went on over a page is one."""
    kept: list[_Block] = []
    page = False
    for block in blocks:
        flat = block.flat
        if _PAGE.fullmatch(flat):
            page = True
            continue
        if _APART.fullmatch(flat) or (len(kept) < 3 and _PRODUCED.fullmatch(flat)):
            continue
        if page and kept and flat[:1].islower() and kept[-1].flat[-1:] not in (*'.!?…”"',):
            last = kept.pop()
            block = _Block((*last.lines, *block.lines), last.line, last.gap)
        page = False
        kept.append(block)
    return kept


def _is_chapter(block: _Block) -> bool:
    flat = block.flat
    is_sentence = count_words(flat) > 3 and flat[-1:] in (*'.!?…”"',) and flat != flat.upper()
    return (
        len(block.lines) <= 3
        and len(flat) <= _LONG_HEADING
        and _CHAPTER.fullmatch(flat) is not None
        and not (is_sentence and re.match(r"\S+ \S+ [a-z]", flat))
    )


def _without_contents(blocks: Sequence[_Block]) -> list[_Block]:
    """The blocks without a list of chapters at the beginning."""
    kept: list[_Block] = []
    inside = False
    for place, block in enumerate(blocks):
        if _CONTENTS.fullmatch(block.flat):
            inside = True
            continue
        rows = sum(bool(_CHAPTER.fullmatch(line.strip())) for line in block.lines)
        follows = blocks[place + 1] if place + 1 < len(blocks) else None
        if len(block.lines) > 2 and 2 * rows >= len(block.lines):
            continue
        if inside and follows and _is_chapter(block) and _is_chapter(follows) and follows.gap < 2:
            continue
        if (
            inside
            and block.gap < 2
            and len(block.lines) > 2
            and not block.flat.endswith((".", "!", "?", "”"))
        ):
            continue
        if inside and _is_chapter(block) and follows and follows.gap >= 2 and _is_chapter(follows):
            inside = False
            continue
        inside = inside and _is_chapter(block)
        kept.append(block)
    return kept


def _is_title(block: _Block) -> bool:
    flat = block.flat
    return (
        len(block.lines) <= 2
        and 0 < count_words(flat) <= 14
        and len(flat) <= _LONG_HEADING
        and flat[-1] not in ".,;:"
        and not _is_chapter(block)
        and not _NUMERAL.fullmatch(flat)
        and not _SCENE.fullmatch(flat)
    )


def _parts(blocks: Sequence[_Block], lang: str, width: int) -> tuple[Part, ...]:
    numerals = _numerals(blocks)
    parts: list[Part] = []
    heading, source = "", ""
    items: list[Item] = []
    for place, block in enumerate(blocks):
        flat = block.flat
        if _is_chapter(block) or place in numerals or _is_capitals(block):
            if not items and heading and not _is_chapter(block):  # CHAPTER I, and its title below it
                heading = f"{heading.rstrip('.')}. {_unmarked(flat)}"
                continue
            if items or heading:
                parts.append(Part(heading, tuple(items), source))
            heading, source, items = _unmarked(flat), f"line {block.line}", []
        elif heading and not items and _BARE.fullmatch(heading) and block.gap < 2 and _is_title(block):
            heading = f"{heading.rstrip('.:')}. {_unmarked(flat)}"
        elif _SCENE.fullmatch(flat):
            items.append(Rest(scene=True))
        elif paragraph := spoken(_unmarked(_lines_joined(block, width)), lang, source=f"line {block.line}"):
            items.append(paragraph)
    if items or heading:
        parts.append(Part(heading, tuple(items), source))
    return tuple(parts)


def _numerals(blocks: Sequence[_Block]) -> set[int]:
    """Where chapters begin that have only a number: I, II, III, one after the other."""
    found: list[int] = []
    for place, block in enumerate(blocks):
        numeral = _NUMERAL.fullmatch(block.flat)
        if numeral and value(numeral[1]) == len(found) + 1:
            found.append(place)
    return set(found) if len(found) > 1 else set()


def _is_capitals(block: _Block) -> bool:
    """A heading in capitals, well apart from what is before it."""
    flat = block.flat
    return (
        block.gap >= 2
        and len(block.lines) == 1
        and 4 <= len(flat) <= 60
        and flat == flat.upper()
        and sum(c.isalpha() for c in flat) >= 4
        and flat[-1] not in "!?,;:"
    )


def _lines_joined(block: _Block, width: int) -> str:
    """The paragraph on one line; verse keeps its line ends."""
    lines = block.lines
    verse = len(lines) > 1 and (
        all(line.startswith("  ") for line in lines)
        or (
            len(lines) > 2
            and max(map(len, lines)) < _NARROW * width
            and all(_begins_verse(line) for line in lines)
        )
    )
    if verse:
        return "\n".join(line.strip() for line in lines)
    joined: list[str] = []
    for line in lines:
        told = line.strip()
        goes_on = re.search(r"\w-$|\N{SOFT HYPHEN}$", told[-2:])  # a word that a line end divides
        joined.append(told if goes_on else f"{told} ")
    return "".join(joined)


def _begins_verse(line: str) -> bool:
    return line.strip().lstrip("\"'“‘_*([")[:1].isupper()


def _unmarked(text: str) -> str:
    """The text without the marks that stand for italics, pages and notes."""
    text = _EMPHASIS.sub(r"\1", _EMPHASIS.sub(r"\1", _INSIDE.sub("", text)))
    return re.sub(r" ?--+ ?", "—", text).strip("\ufeff ")
