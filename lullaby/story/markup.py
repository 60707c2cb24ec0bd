"""Tags and text of XHTML, one after the other, whole or broken, in time that grows with their length.

Python's own html.parser takes time by the square for tags that are never closed, and its XML readers give up
at the first slip. Nothing is fetched here, and no entity is known but those that HTML names.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lullaby.errors import WrittenWrongly

_LONGEST_TAG = 1 << 16
_TAG = re.compile(r"</?[A-Za-z](?:[^\"'<>]++|\"[^\"]*+\"|'[^']*+')*+>")
_NAME = re.compile(r"</?([A-Za-z][^\s/>]*)")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>=]++)))?")
_LONG_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_ENCODING = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?([A-Za-z0-9_-]+)""")
_ENCODINGS = re.compile(
    r"utf-?(?:8|16|16-?le|16-?be)|us-ascii|ascii|iso-?8859-?\d+|latin-?1|windows-?12\d\d|cp12\d\d|koi8-[ru]|gbk|gb2312|"
    r"gb18030|big5|shift[_-]jis|euc-(?:jp|kr)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    """In lower case, without its prefix."""
    attributes: Mapping[str, str]
    begins: bool
    ends: bool
    """Both of an element without anything in it: <hr/>."""


def decoded(content: bytes) -> str:
    """The text of a page, by the encoding that it names."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    named = _ENCODING.search(content, 0, 1024)
    encoding = named[1].decode("ascii") if named else "utf-8"
    if not _ENCODINGS.fullmatch(encoding) or "16" in encoding:  # what says so in single bytes is none
        encoding = "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def tags(text: str, where: str) -> Iterator[Tag | str]:
    """Every tag, and the text between them; a WrittenWrongly where entities are defined."""
    place = 0
    while place < len(text):
        start = text.find("<", place)
        if start < 0:
            yield unescaped(text[place:])
            return
        if start > place:
            yield unescaped(text[place:start])
        if text.startswith("<!--", start):
            place = _past(text, "-->", start + 4)
        elif text.startswith("<![CDATA[", start):
            place = _past(text, "]]>", start)
            yield text[start + 9 : place - 3]
        elif text.startswith("<!", start):
            place = _past_declaration(text, start, where)
        elif text.startswith("<?", start):
            place = _past(text, ">", start)
        else:
            found = _TAG.match(text, start, start + _LONGEST_TAG)
            place = found.end() if found else start + 1
            if found:
                yield _tag(found[0])
            elif re.match(r"</?[A-Za-z]", text[start : start + 3]):  # never closed: nothing of it is told
                stop = re.compile("[<>]").search(text, start + 1)
                place = (stop.start() + (stop[0] == ">")) if stop else len(text)
            else:
                yield "<"


def _past(text: str, mark: str, start: int) -> int:
    """The place after this mark; the end where it never comes."""
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _past_declaration(text: str, start: int, where: str) -> int:
    stop = _past(text, ">", start)
    if "[" in text[start:stop]:
        stop = _past(text, ">", _past(text, "]", start))
    if "<!entity" in text[start:stop].lower():
        raise WrittenWrongly(where, "it defines entities of its own.", "No book does; it is not read.")
    return stop


def _tag(text: str) -> Tag:
    name = _NAME.match(text)
    if name is None:
        return Tag("", {}, False, False)
    closes = text.startswith("</")
    attributes = {} if closes else _attributes(text[name.end() : -1])
    return Tag(name[1].rpartition(":")[2].lower(), attributes, not closes, closes or text.endswith("/>"))


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): unescaped(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(text)
    }


def unescaped(text: str) -> str:
    """The text with what HTML names in its place: &nbsp; &eacute; &#8220;."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
