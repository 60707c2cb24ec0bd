"""How many words a minute a voice speaks at its own pace: within sentences, their commas included, without
the pauses between them.

Measured by `python -m benchmarks tellers --rates`, which prints this table.
"""

from __future__ import annotations

from lullaby.narrator.speech import Manner

RATES = {
    ("hibari", "en"): 207.6,
    ("espeak", "en"): 171.6,
    ("espeak", "de"): 173.9,
    ("espeak", "fr"): 211.2,
    ("espeak", "es"): 176.4,
    ("espeak", "it"): 170.0,
    ("espeak", "nl"): 178.9,
}
_USUAL = 175.0
"""Of a voice that nobody has measured."""


def natural_rate(manner: Manner, lang: str) -> float:
    """Words a minute at pace 1.0; pitch, throat and all the rest make no difference to it."""
    return RATES.get((manner.engine, lang.lower().split("-")[0]), _USUAL)
