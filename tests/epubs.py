"""EPUBs made for tests: small whole ones, and what is wrong with others."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""

FACTS = "<dc:title>The Lamp &amp; the Pier</dc:title><dc:creator>Ann Writer</dc:creator>"


def page(body: str, head: str = "", attributes: str = "") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
        f'<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"{attributes}>'
        f"<head><title>Not told</title>{head}</head><body>{body}</body></html>"
    )


def package(chapters: list[str], lang: str = "en", facts: str = FACTS, more: str = "", tail: str = "") -> str:
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    language = f"<dc:language>{lang}</dc:language>" if lang else ""
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{facts}{language}</metadata>"
        f'<manifest>{items}{more}</manifest><spine toc="ncx">{spine}</spine>{tail}</package>'
    )


def book(
    path: Path,
    chapters: Mapping[str, str | bytes],
    more: Mapping[str, str | bytes] | None = None,
    opf: str | None = None,
    **facts: str,
) -> Path:
    """An EPUB of these chapters; `more` stands in it as well, or instead of what usually does."""
    files: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": opf if opf is not None else package([*chapters], **facts),
        **{f"OEBPS/{name}": text for name, text in chapters.items()},
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, text in files.items():
            file.writestr(name, text)
    return path
