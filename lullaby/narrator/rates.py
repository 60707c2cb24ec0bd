from __future__ import annotations

from lullaby.narrator.speech import Manner


def natural_rate(manner: Manner, lang: str) -> float:
    return 175.0
