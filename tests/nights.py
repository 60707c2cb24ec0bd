"""Small nights for the tests: a voice alone, exactly as loud as it is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lullaby.night.desk import before_the_master
from lullaby.night.night import Night
from lullaby.score import score_of
from lullaby.voices.kinds import KINDS


def night_of(text: str, seed: int = 7) -> Night:
    """A night from the text of a score."""
    return Night(score_of(text, "test.toml", KINDS), seed=seed)


def alone_text(voice: str, minutes: float = 600, told: str = "") -> str:
    settings = f"level = 0{', ' + told if told else ''}"
    return f"""
title = "alone"
length = {int(minutes * 60)}
fade_in = 0.5
fade_out = 0.5
high_cut = 20_000
[room]
level = "silent"
[voices]
one = "{voice}"
[scene.all]
at = 0
one = {{ {settings} }}
"""


@lru_cache(maxsize=4)
def alone(voice: str, pages: int = 1, seed: int = 7, told: str = "", first: int = 0) -> NDArray[np.float32]:
    """So many minutes of one voice at unity: float32[2, frames], before gain and limiter, without fades."""
    night = night_of(alone_text(voice, told=told), seed)
    blocks = [np.array(b) for n in range(first, first + pages) for b in before_the_master(night.plan, n)]
    return np.concatenate(blocks, axis=1)


