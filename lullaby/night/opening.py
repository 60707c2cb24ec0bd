"""How loud a night opens: the minute that sets its gain, listened to once and remembered.

To listen takes as long as to make a page, and a night that is played again opens as it did. So what was
heard is kept beside the compiled kernels, in their folder, which is the owner's alone. It is found by all
that the opening's sound depends on: plan, engine, processor. What is damaged is heard anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lullaby import places
from lullaby.kernels import jit
from lullaby.kernels.cache import read_private
from lullaby.night import mixer
from lullaby.night.engine import engine_name
from lullaby.night.loudness import heard_as
from lullaby.night.parcel import narrowed, packed
from lullaby.night.plan import Plan
from lullaby.night.track import STILL
from lullaby.time import PAGE, RATE, Span
from lullaby.voices.core.unity import LUFS

SILENCE = -70.0
"""LUFS: BS.1770's own floor. A minute below it has no loudness to set, and the next one is asked."""
SHORT_FADE = 10 * RATE
"""Frames of fade that belong to an opening. What comes more softly still is not made louder for it."""
PATIENCE = 10
"""Minutes listened to before a night is taken to be as loud as its voices are at unity."""
KEPT = 1_000
"""Openings that are remembered; the oldest are forgotten first."""

Heard = tuple[float, float]
"""LUFS, and LAeq in dBFS(A)."""


def opening_heard(plan: Plan) -> Heard:
    """The loudness of the opening before any gain, heard with the storm at its height from the start: a night
    whose storm comes later opens softer, and is no louder then than another. The silences of its sleeper are
    left out, which would make the rest of the night louder."""
    if all(track.tells for track in plan.tracks):
        return LUFS, LUFS  # speech is shelved at unity
    start = plan.opening
    shorter = {name: min(getattr(plan, name), SHORT_FADE) for name in ("fade_in", "fade_out")}
    stormy = tuple(one.at_the_height_of_the_storm() for one in plan.tracks)
    heard_plan = replace(plan, tracks=stormy, gate=STILL, **shorter)
    if jit.folder is None:
        return _listened(heard_plan, start)
    path, name = jit.folder / "openings.json", _name(heard_plan, start)
    found = _remembered(path).get(name)
    if found is not None and (heard := _opened(name, found)) is not None:
        return heard
    heard = _listened(heard_plan, start)
    _remember(path, name, heard)
    return heard


def _listened(plan: Plan, start: int) -> Heard:
    for minute in range(PATIENCE):
        span = Span(start + minute * PAGE, start + (minute + 1) * PAGE)
        loudness, level = heard_as(mixer.before_the_limiter(plan, span))
        if loudness > SILENCE:
            return loudness, round(level, 1)
    return LUFS, LUFS


def _name(plan: Plan, start: int) -> str:
    """The same exactly where everything is that the opening's sound depends on."""
    needed = plan.needed(Span(start, start + PATIENCE * PAGE))
    facts = [start, packed(narrowed(plan, needed)), engine_name(), *_made_by()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _made_by() -> tuple[object, ...]:
    """The processor and numpy: all make the same bits, and none is taken at another's word for it."""
    return jit.processor(), np.__version__, os.environ.get("NPY_DISABLE_CPU_FEATURES")


def _remembered(path: Path) -> dict[str, Any]:
    """What was heard before, by name; nothing where the file is missing, damaged, or another's to write."""
    with contextlib.suppress(OSError, ValueError):
        found = json.loads(read_private(path))
        if isinstance(found, dict):
            return found
    return {}


def _remember(path: Path, name: str, heard: Heard) -> None:
    """Where it cannot be kept, or another process writes at the same time, it is heard once more."""
    known = _remembered(path)
    known.pop(name, None)
    lufs, level = (number.hex() for number in heard)
    rows = [*list(known.items())[1 - KEPT :], (name, [lufs, level, _sum(name, lufs, level)])]
    with contextlib.suppress(OSError):
        places.put(path, json.dumps(dict(rows)).encode(), 0o600)


def _opened(name: str, row: Any) -> Heard | None:
    """What was kept under this name; None where it is not as it was written."""
    with contextlib.suppress(ValueError, TypeError):
        lufs, level, checked = (str(word) for word in row)
        heard = float.fromhex(lufs), float.fromhex(level)
        if checked == _sum(name, lufs, level) and all(map(math.isfinite, heard)):
            return heard
    return None


def _sum(*words: str) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]
