"""python -m benchmarks.one_tree WHAT HOURS: a child of `against`. It measures the lullaby that it finds, this
checkout's or another's, and prints its figures as JSON. HOURS are of a night that is kept; 0: it only
compiles and loads what is needed, and what it prints counts for nothing.

Whatever it needs of lullaby was there before the part that it looks back on, so that one yardstick is laid to
both.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import lullaby
from benchmarks import keeping
from benchmarks.following import DAYS, ends_by_itself
from benchmarks.instruments import SOUNDING, tune
from benchmarks.live import STORY, UNTOLD, first_sounds, needed
from benchmarks.loop import beside_the_loop
from benchmarks.peers.ours import score as patch
from benchmarks.startup import first_page
from lullaby.evening.request import DEFAULT
from lullaby.night import Night
from lullaby.night.plan import VOICE_MEMORY
from lullaby.score import score_of
from lullaby.time import PAGE, Span, frames, page_span
from lullaby.voices.core.controls import Controls
from lullaby.voices.kinds import KINDS

FIRST = 7
"""The first minute measured: not the night's beginning, where a page has no lead-in."""
EVERY = 3
"""Of the default night, one minute in so many is measured."""
TELLING = range(3, 8)
"""Minutes of the night below in which somebody speaks."""

TOLD = """
length = 01:00:00
[voices]
harp = "harp-by-the-window"
teller = "neighbour"
[scene.all]
at = 00:00:00
harp = 0
[[tell]]
at = 00:01:30
story = "{story}"
voice = "teller"
"""
Figures = dict[str, float]


def speeds(hours: float) -> Figures:
    """CPU seconds of a page, and the same in units of the fixed loop."""
    night = lullaby.load(DEFAULT, sleeper="none", stories=False)
    p1, told = lullaby.load(patch("p1"), sleeper="none"), _told()
    numbers = range(1, night.length // PAGE, EVERY)
    enough = 0.0 if hours else math.inf
    together = Night(score_of(keeping.all_night(DEFAULT, 1), "all.toml", KINDS)).plan.tracks

    def voices(turn: int) -> None:
        page = page_span(FIRST + turn)
        span = Span(page.start - frames(VOICE_MEMORY), page.stop)
        for one in together:
            for _ in one.voice.render(one.key, span, one.controls):
                pass

    def whole(turn: int) -> None:
        for number in numbers if turn >= 0 else numbers[-1:]:
            night.page(number)

    return {
        **_timed("voices", voices, enough),
        **_timed("night", whole, math.inf, len(numbers)),
        **_timed("p1", lambda turn: p1.page(3 + turn), enough),
        **_timed("told", lambda turn: told.page(TELLING[turn % len(TELLING)]), enough),
    }


def _timed(name: str, work: Callable[[int], object], enough: float, pages: int = 1) -> Figures:
    taken: list[float] = []

    def turn(number: int) -> None:
        began = time.thread_time()
        work(number)
        taken.append(time.thread_time() - began)

    loops = beside_the_loop(turn, enough)
    return {name: median(taken[1:]) / pages, f"{name} in loops": loops / pages}


def _told() -> Night:
    """A night with a teller, and an instrument of which eight notes sound at any moment."""
    path = Path(os.environ["LULLABY_HOME"]) / "told.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TOLD.format(story=STORY))
    night = lullaby.load(path, sleeper="none")

    def playing(controls: Controls) -> Controls:
        gap = controls.number("ring", 0) * (100 / 60) / SOUNDING  # until it is 100 dB down
        return replace(controls, notes=tune(controls.number("pitch", 0), gap, 1.0, 1, 60 * TELLING.stop))

    night.plan = replace(
        night.plan,
        tracks=tuple(
            track if track.tells else replace(track, controls=playing(track.controls))
            for track in night.plan.tracks
        ),
    )
    return night


def along(hours: float) -> Figures:
    """What it costs more that the night follows a sleeper and ends by itself, in percent."""
    found = lullaby.load(DEFAULT, stories=False).score
    return {"follows": 100 * (median(ends_by_itself(found, day) for day in DAYS[: None if hours else 1]) - 1)}


def kept(hours: float) -> Figures:
    """Seconds by the clock of a night kept by all cores."""
    found = keeping.kept(DEFAULT, hours or 0.05, (".opus", ".m4b"))
    return {f"keeps {one.ending}": one.wall_s for one in found}


def starts(hours: float) -> Figures:
    """CPU seconds until the first page is there, and seconds by the clock until something is heard."""
    return {
        "first page": first_page(DEFAULT)[0]["cpu_s"],
        "first sound": median(first_sounds(("play",), 3 if hours else 1)),
    }


def memory(hours: float) -> Figures:
    """Megabytes (PSS) of all processes that play, at the most: while a story is spoken, and without one."""
    if not hours:
        return {}
    return {"memory told": needed(("tell", STORY)), "memory untold": needed(("play", *UNTOLD))}


WHAT: dict[str, Callable[[float], Figures]] = {
    "speeds": speeds,
    "following": along,
    "keeping": kept,
    "starting": starts,
    "memory": memory,
}

if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[1]](float(sys.argv[2]))))
