"""Reading a text, whatever format it is in: its ending says which."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

from lullaby.errors import WrittenWrongly
from lullaby.score.plain_text import plain, quoted, together
from lullaby.story.text import Text

_READERS = {
    ".md": ("markdown", "markdown_text"),
    ".markdown": ("markdown", "markdown_text"),
    ".txt": ("plain", "plain_text"),
    ".epub": ("epub", "epub_text"),
    ".ssml": ("ssml", "ssml_text"),
    ".xml": ("ssml", "ssml_text"),
}
"""The module that reads each, and the function in it; it is imported once it is needed."""

ENDINGS = tuple(_READERS)
_INSTEAD = {
    (".pdf", ".mobi", ".azw", ".azw3", ".fb2", ".lit"): "A program like Calibre makes an EPUB of it.",
    (".doc", ".docx", ".odt", ".rtf", ".pages", ".html", ".htm", ".xhtml"): "Save it as text or as an EPUB.",
}


def read_text(path: str | os.PathLike[str]) -> Text:
    """The text in this file; a WrittenWrongly says where it is wrong, and what about it."""
    ending = Path(path).suffix.lower()
    if ending not in _READERS:
        told = f"it ends in {quoted(ending)}" if ending else "it has no ending"
        hints = [hint for endings, hint in _INSTEAD.items() if ending in endings]
        what = f"what kind of text this is nobody can tell: {told}, not in {together(ENDINGS)}."
        raise WrittenWrongly(plain(os.fspath(path)), what, *hints)
    module, function = _READERS[ending]
    text: Text = getattr(importlib.import_module(f"lullaby.story.{module}"), function)(path)
    return text


def note_text(path: str | os.PathLike[str], mistakes: list[WrittenWrongly]) -> Text | None:
    """The text in this file; None where it cannot be read, and that is noted."""
    try:
        return read_text(path)
    except WrittenWrongly as mistake:
        mistakes.append(mistake)
        return None
