"""The shipped stories, cut to their first sentences: told from a listener's own folder in their place."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from lullaby import places

WORDS = 120
"""About a minute of telling."""


def cut_short(home: Path, words: int = WORDS) -> None:
    """From now on whoever keeps things in this folder is told no more than the beginning of any story. What a
    night is made of stays the same otherwise; to speak a whole one takes some fifteen seconds."""
    shipped, folder = places.shipped("scores"), home / "scores"
    (folder / "stories").mkdir(parents=True, exist_ok=True)
    for path in shipped.glob("*.toml"):
        if "[[tell]]" in path.read_text("utf-8"):  # what is told lies beside the score
            shutil.copy(path, folder)
    for path in (shipped / "stories").glob("*.md"):
        (folder / "stories" / path.name).write_text(_beginning(path.read_text("utf-8"), words), "utf-8")


def _beginning(text: str, most: int) -> str:
    """The front matter, the comment and the title, and paragraphs until there are words enough."""
    front = re.match(r"(\+\+\+\n.*?\n\+\+\+\n)?", text, re.S)
    assert front
    kept, words = [], 0
    for paragraph in text[front.end() :].split("\n\n"):
        kept.append(paragraph)
        words += 0 if paragraph.startswith(("#", "<!--")) else len(paragraph.split())
        if words >= most:
            break
    return front[0] + "\n\n".join(kept).rstrip() + "\n"
