"""The files beside the page: how it looks, what it does, and the small moon of its tab."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lullaby.errors import CouldNot

ASSETS = {
    "style.css": "text/css; charset=utf-8",
    "script.js": "text/javascript; charset=utf-8",
    "moon.svg": "image/svg+xml",
}
"""Each by its name in an address, with its media type."""


@cache
def asset(name: str) -> tuple[bytes, str]:
    """A file's bytes and its media type; a CouldNot where the page has none of this name."""
    if name not in ASSETS:
        raise CouldNot("the page has no such file.")
    return Path(__file__).with_name(name).read_bytes(), ASSETS[name]
