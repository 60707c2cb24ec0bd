"""How words are said that a machine may misread: which of them occur in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping


def spellings_for(sentence: str, say: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The spellings of the words that stand in this sentence."""
    return tuple(
        (word, how) for word, how in say.items() if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence)
    )
