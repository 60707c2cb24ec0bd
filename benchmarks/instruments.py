"""Every instrument on one core, while eight notes sound: how many times faster than they are heard."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.cpu import of_call
from lullaby.night import Night
from lullaby.score import find_voice, score_of
from lullaby.time import PAGE, RATE, page_span
from lullaby.voices.core.played import Played
from lullaby.voices.kinds import KINDS, VOICES

SOUNDING = 8
"""Notes at any moment: one begins every second, and has gone as the eighth after it begins. What cannot be
damped is struck more rarely."""
STEPS = (0, 7, 12, 16, 19, 14, 9, 4)
"""Semitones above the instrument's pitch."""
PAGES = 5
"""Pages measured of each; the median stands."""


def eight_notes(pages: int = PAGES) -> dict[str, float]:
    """Times real time, by the name of the kind."""
    return {name: _times(name, pages) for name, kind in KINDS.items() if kind.plays and name in VOICES}


def tune(pitch: float, gap: float, held: float, first: int, seconds: int) -> tuple[Played, ...]:
    """So many seconds of notes from a page on, one every `gap` seconds, each held for so many."""
    return tuple(
        Played(
            first * PAGE + round(k * gap * RATE),
            round(held * RATE),
            pitch * 2 ** (STEPS[k % len(STEPS)] / 12),
            0.6,
        )
        for k in range(int(seconds / gap))
    )


def _times(kind: str, pages: int) -> float:
    voice = find_voice(kind, KINDS)
    text = f'length = 08:00:00\n[voices]\nit = "{voice.name}"\n[scene.all]\nat = 00:00:00\nit = 0\n'
    (one,) = Night(score_of(text, voice.path.parent / "alone.toml", KINDS)).plan.tracks
    gap, held = 1.0, float(SOUNDING)
    if "release" in one.controls.steady:
        held -= one.controls.number("release", 0)
    else:  # it rings until it is 100 dB down
        gap = one.controls.number("ring", 0) * (100 / 60) / SOUNDING
    notes = tune(one.controls.number("pitch", 0), gap, held, 6, 60 * (pages + 2))
    controls = replace(one.controls, notes=notes)

    def a_page(number: int) -> None:
        for _ in one.voice.render(one.key, page_span(7 + number), controls):
            pass

    a_page(0)
    return page_span(0).seconds / of_call(a_page, pages)
