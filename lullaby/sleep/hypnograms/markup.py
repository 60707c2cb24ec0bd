"""A streaming XML reader without a tree, entities or anything fetched: a gigabyte needs no more memory than a
page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NoReturn
from xml.parsers import expat

from lullaby.errors import WrittenWrongly
from lullaby.score.xml_faults import fault
from lullaby.sleep.hypnograms.opening import Opened

LONGEST_TAG = 1 << 20
"""Bytes of one tag with its attributes; more is never closed."""
LONGEST_TEXT = 4096
"""Characters between two tags whose text is asked for."""


Begun = Callable[[str, dict[str, str], int], None]
"""A tag, its attributes, and the line it stands in."""
Ended = Callable[[str, str, int], None]
"""A tag that was asked for, and the text in it."""


def read_tags(file: Opened, begun: Begun, ended: Ended, texts: Collection[str] = ()) -> None:
    """Tells of every tag as it goes by; of those in `texts` also what stands in them."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    kept: list[str] | None = None

    def place() -> str:
        return f"{file.where}, line {parser.CurrentLineNumber}"

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal kept
        kept = [] if name in texts else None
        begun(name, attributes, parser.CurrentLineNumber)

    def text(piece: str) -> None:
        if kept is not None:
            kept.append(piece)
            if sum(map(len, kept)) > LONGEST_TEXT:
                raise WrittenWrongly(place(), f"there are more than {LONGEST_TEXT} letters in one tag.")

    def end(name: str) -> None:
        nonlocal kept
        if kept is not None and name in texts:
            ended(name, "".join(kept).strip(), parser.CurrentLineNumber)
        kept = None

    def entity(*_: object) -> NoReturn:
        raise WrittenWrongly(
            place(), "it defines entities of its own.", "No sleep file does; it is not read."
        )

    def doctype(_name: str, system: str | None, public: str | None, _inside: bool) -> None:
        if system or public:
            raise WrittenWrongly(
                place(), "it leans on another file (DOCTYPE).", "Nothing is fetched; remove it."
            )

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = entity
    parser.StartDoctypeDeclHandler = doctype
    fed = 0
    try:
        for chunk in file.chunks():
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise WrittenWrongly(place(), f"a tag is longer than {LONGEST_TAG >> 20} MiB.")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        what = f"this is not whole XML: {fault(error)}"
        raise WrittenWrongly(f"{file.where}, line {error.lineno}", f"{what}.", "Is the file whole?") from None
    except (LookupError, ValueError):  # an encoding nobody knows, or one of several bytes
        raise WrittenWrongly(place(), "its encoding is not understood.", "Save it as UTF-8.") from None
