"""The name of the engine: a number that people raise, and a hash of all the sources that make sound."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lullaby.sources import hash_of

ENGINE = 2
"""Rises when the same score, seed and date would sound different."""

_PACKAGE = Path(__file__).parent.parent
SOUND_SOURCES = (
    "kernels/**/*.py",
    "voices/**/*.py",
    "music/*.py",
    "score/*.py",
    "score/abc/*.py",
    "sleep/*.py",
    "sleep/model.json",
    "night/mixer.py",
    "night/ears.py",
    "night/faders.py",
    "night/following.py",
    "night/guard.py",
    "night/loudness.py",
    "night/music.py",
    "night/narration.py",
    "night/opening.py",
    "night/pages.py",
    "night/plan.py",
    "night/reverberation.py",
    "night/sheet.py",
    "night/sinking.py",
    "night/splicing.py",
    "night/track.py",
    "night/thinning.py",
    "chance.py",
    "time.py",
)
"""The source files that decide a sample: those that make a page of a plan, and those that make the plan.

A finished page is kept by its plan, automation and all. But an unfinished file and a night's fingerprint hold
no plan: they are known by the text of the score and by whose sleep is followed. So the files that turn those
into scenes, automation and stages are hashed, too; else a file would be gone on with whose first pages were
another night."""


@lru_cache(maxsize=1)
def engine_name() -> str:
    """ "1-8c22a90f1b4e": the number for people, the rest so that no two engines ever share a page."""
    return f"{ENGINE}-{hash_of(_PACKAGE, SOUND_SOURCES)}"
