"""How words sound that a machine may misread: the table [say] of a story, or of a listener."""

from __future__ import annotations

import re
import unicodedata

from lullaby.score import checks
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import quoted
from lullaby.score.toml_table import TomlTable

LONGEST, MOST = 100, 2_000
"""Characters of a spelling, and words in one table, at most."""
_LONGEST_WORD = 60
_FORMS = 'It is a respelling, like "MEER-ah", or phonemes between slashes, like "/mˈɪɹə/".'
_RESPELLING = re.compile(r"[^\W\d_]+(?:[-–·'’ .]+[^\W\d_]+)*[.]?")
_OTHER_SOUNDS = set(" .|‿-'ˈˌːˑ↗↘")
"""Signs among phonemes that are no letters."""


def read_spellings(table: TomlTable) -> dict[str, str]:
    """The words of this table, each with how it sounds; what is wrong is noted."""
    if len(table.values) > MOST:
        table.note(f"there are {len(table.values)} words in it.", f"At most {MOST} can be respelled.")
        return {}
    found: dict[str, str] = {}
    for word in table.values:
        if not _is_word(word):
            table.note(f"{quoted(word)} is not a word.", 'A word stands before its sound: Mira = "MEER-ah".')
            continue
        if how := table.take(word, "", spelling):
            found[word] = how
    return found


def _is_word(word: str) -> bool:
    return (
        len(word) <= _LONGEST_WORD
        and any(c.isalpha() for c in word)
        and word == word.strip()
        and all(c.isalnum() or unicodedata.category(c) == "Mn" or c in " -'’.&" for c in word)
    )


def spelling(value: object) -> str:
    """A respelling, or phonemes between slashes."""
    text = checks.text(value, LONGEST)
    if text.startswith("/") or text.endswith("/"):
        inside = text[1:-1]
        if len(text) < 3 or not (text.startswith("/") and text.endswith("/")):
            raise Unfit("begins or ends with a slash, and not both.", _FORMS)
        if not any(c.isalpha() for c in inside):
            raise Unfit("has no sound in it.", _FORMS)
        if wrong := next((c for c in inside if not _is_sound(c)), ""):
            raise Unfit(f"has {quoted(wrong)} in it, which is no phoneme.", _FORMS)
        return text
    if not text.strip():
        raise Unfit("is empty.", _FORMS)
    if not _RESPELLING.fullmatch(unicodedata.normalize("NFC", text)):
        raise Unfit("is no respelling: letters and hyphens make one.", _FORMS)
    return text


def _is_sound(c: str) -> bool:
    return c.isalpha() or unicodedata.category(c) in ("Mn", "Lm", "Sk") or c in _OTHER_SOUNDS
