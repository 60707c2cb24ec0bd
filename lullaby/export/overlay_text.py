"""The pages of a book as well-formed XML, and their tags and text by place.

Pages of EPUB 2, and broken ones, become what EPUB 3 asks for: UTF-8, HTML's own document type, no entities
but those of XML.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

_PROLOG = re.compile(r"\ufeff?\s*(?:<\?xml[^>]*\?>)?\s*")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_ENTITY = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]{1,40})|#(?:\d{1,7}|[xX][0-9A-Fa-f]{1,6}));|&")
_KNOWN = ("amp", "lt", "gt", "quot", "apos")
_TAG = re.compile(r"</?[A-Za-z_](?:[^\"'<>]++|\"[^\"]*+\"|'[^']*+')*+>")
_LONGEST_TAG = 1 << 16
_ASIDES = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))
"""How what is neither text nor a tag begins, and ends."""
_NAME = re.compile(r"</?([A-Za-z_][^\s/>]*)")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=]+)))?")
_BLOCKS = "p div ul ol dl table blockquote section hr h1 h2 h3 h4 h5 h6 pre"
_ENDS_A_PARAGRAPH = frozenset(_BLOCKS.split())
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


class Kind(Enum):
    TEXT = "text"
    START = "start"
    END = "end"
    EMPTY = "empty"
    OTHER = "a comment, or what else is no text"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    start: int
    stop: int
    name: str = ""
    """In lower case, without its prefix."""
    written: str = ""
    """As it stands there."""
    attributes: Mapping[str, str] = field(default_factory=dict)


def tokens_of(text: str) -> list[Token]:
    """All of it, in order."""
    found: list[Token] = []
    place = begun = 0
    while (place := text.find("<", place)) >= 0:
        aside = next((ends for begins, ends in _ASIDES if text.startswith(begins, place)), None)
        if aside is not None:
            stop = text.find(aside, place + 2)
            token = Token(Kind.OTHER, place, len(text) if stop < 0 else stop + len(aside))
        elif tag := _TAG.match(text, place, place + _LONGEST_TAG):
            token = _tag(tag[0], place)
        else:
            place += 1
            continue
        if place > begun:
            found.append(Token(Kind.TEXT, begun, place))
        found.append(token)
        place = begun = token.stop
    if begun < len(text):
        found.append(Token(Kind.TEXT, begun, len(text)))
    return found


def _tag(tag: str, start: int) -> Token:
    named = _NAME.match(tag)
    assert named is not None
    written, stop = named[1], start + len(tag)
    name = written.rpartition(":")[2].lower()
    if tag.startswith("</"):
        return Token(Kind.END, start, stop, name, written)
    facts = {
        one[1]: html.unescape(one[2] or one[3] or one[4] or "")
        for one in _ATTRIBUTE.finditer(tag[named.end() : -1].rstrip("/"))
    }
    kind = Kind.EMPTY if tag.endswith("/>") else Kind.START
    return Token(kind, start, stop, name, written, facts)


def edited(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """The text with these stretches of it replaced; none may overlap."""
    pieces, place = [], 0
    for start, stop, put in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        pieces += [text[place:start], put]
        place = stop
    return "".join([*pieces, text[place:]])


def well_formed(text: str, page: bool = True) -> str | None:
    """The same as XML in UTF-8, mended where it has to be; None where that cannot be done. `page`: of XHTML,
    with HTML's document type."""
    prolog = _PROLOG.match(text)
    body = text[prolog.end() if prolog else 0 :]
    if kind := _DOCTYPE.search(body, 0, _LONGEST_TAG):
        body = body[: kind.start()] + body[kind.end() :]
    body = body.lstrip()
    head = _HEAD + ("<!DOCTYPE html>\n" if page else "")
    for mended in (_numbered(body), _rebuilt(body) if page else ""):
        if mended and is_xml(head + mended):
            return head + mended
    return None


def is_xml(text: str) -> bool:
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, ValueError):
        return False
    return True


def _numbered(text: str) -> str:
    """The text with entities that only HTML names as numbers, and without an & that begins none."""

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if found[0] == "&":
            return "&amp;"
        if name is None or name in _KNOWN:
            return found[0]
        known = html.unescape(found[0])
        return "".join(f"&#{ord(c)};" for c in known) if known != found[0] else f"&amp;{found[0][1:]}"

    return _ENTITY.sub(number, text)


def _closed(stack: list[str], opened: Counter[str], name: str) -> list[str]:
    """The ends of all elements up to the last of this name, where one is open."""
    ends: list[str] = []
    while opened[name]:
        closed = stack.pop()
        opened[closed] -= 1
        ends.append(f"</{closed}>")
        if closed == name:
            break
    return ends


def _rebuilt(text: str) -> str:
    """Every tag closed, every value in quotes."""
    pieces: list[str] = []
    stack: list[str] = []
    opened = Counter[str]()
    for token in tokens_of(text):
        raw = text[token.start : token.stop]
        if token.kind is Kind.TEXT:
            pieces.append(_numbered(raw).replace("<", "&lt;").replace("]]>", "]]&gt;"))
        elif token.kind is Kind.END:
            pieces += _closed(stack, opened, token.name)
        elif token.kind in (Kind.START, Kind.EMPTY):
            pieces += _closed(stack, opened, "head") if token.name == "body" else []
            pieces += _closed(stack, opened, "p") if token.name in _ENDS_A_PARAGRAPH else []
            facts = {
                name: value
                for name, value in token.attributes.items()
                if ":" not in name or name.startswith(("xml:", "epub:", "xmlns:"))
            }
            if token.name == "html":
                facts |= {
                    "xmlns": "http://www.w3.org/1999/xhtml",
                    "xmlns:epub": "http://www.idpf.org/2007/ops",
                }
            facts = {name: value for name, value in facts.items() if re.fullmatch(r"[A-Za-z_][\w:.-]*", name)}
            said = "".join(f" {name}={quoteattr(value)}" for name, value in facts.items())
            ends = token.kind is Kind.EMPTY or token.name in _VOID
            pieces.append(f"<{token.name}{said}{'/' if ends else ''}>")
            if not ends:
                stack.append(token.name)
                opened[token.name] += 1
    return "".join([*pieces, *(f"</{name}>" for name in reversed(stack))])
