"""What the page says, in the language of whoever reads it: German or English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "de")
"""The first is spoken where a browser asks for none of them."""


def language_of(accepted: str) -> str:
    """The language for a browser that sends this as Accept-Language."""
    best, weight = LANGUAGES[0], 0.0
    for one in accepted[:400].split(","):
        name, _, quality = one.partition(";")
        language = name.strip().lower().partition("-")[0]
        try:
            wish = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if language in LANGUAGES and weight < wish <= 1:
            best, weight = language, wish
    return best


@cache
def words(language: str) -> Mapping[str, str]:
    """Every word of the page in this language."""
    texts: dict[str, str] = _tables()[language if language in LANGUAGES else LANGUAGES[0]]
    return texts


def reason(language: str, english: str, why: str, about: str) -> str:
    """Why something is suggested, in this language."""
    texts = _tables()["why"].get(language)
    if texts is None:
        return english
    return str(texts[why]).format(about=_tables()["days"][language].get(about, about))


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
