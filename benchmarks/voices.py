"""Every voice alone: how many times faster than time it runs, and what a frame of it costs."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.cpu import of_call
from benchmarks.worst import WORST, score_at_worst
from lullaby import load
from lullaby.night import Night
from lullaby.night.plan import VOICE_MEMORY
from lullaby.score import VoiceFile, find_voice, score_of, voice_files
from lullaby.time import PAGE, Span, frames, page_span
from lullaby.voices.kinds import KINDS

PAGES = 5
"""Pages measured of each; the median stands. One more before them loads what they need."""

LEAD = frames(VOICE_MEMORY)
FIRST = 7
"""Not the night's beginning, where a page has no lead-in."""


@dataclass(frozen=True)
class Row:
    """What one voice costs."""

    name: str
    kind: str
    default: bool
    """Does the bare name of its kind stand for it?"""
    real_time: float
    ns_a_frame: float


def all_voices(pages: int = PAGES) -> list[Row]:
    """A row for every shipped voice that sounds."""
    defaults = {kind: find_voice(kind, KINDS).name for kind in {v.kind.name for v in _track()}}
    return [
        Row(one.name, one.kind.name, defaults[one.kind.name] == one.name, *_figures(alone(one, pages)))
        for one in _track()
    ]


def at_worst(pages: int = PAGES) -> list[Row]:
    """A row for every kind that ships a voice, told whatever costs most."""
    voices = {voice.kind.name: voice for voice in _track()}
    rows = []
    for kind in WORST:
        if kind in voices:
            text = score_at_worst(kind, find_voice(kind, KINDS).name)
            rows.append(Row(f"{kind} at worst", kind, False, *_figures(_seconds(text, voices[kind], pages))))
    return rows


def whole(score: str, pages: int = PAGES) -> Row:
    """The same for a whole night: its voices, reverb and mixer."""
    night = load(score, sleeper="none")
    night.page(FIRST - 1)
    return Row(
        night.score.name, "whole night", False, *_figures(of_call(lambda k: night.page(FIRST + k), pages))
    )


def _track() -> list[VoiceFile]:
    return [voice for voice in voice_files(KINDS) if not voice.kind.speaks]


def _figures(seconds: float) -> tuple[float, float]:
    return page_span(0).seconds / seconds, seconds / PAGE * 1e9


def alone(voice: VoiceFile, pages: int) -> float:
    """CPU seconds of a page of this voice before any mixer, its lead-in included."""
    text = f'length = 08:00:00\n[voices]\nit = "{voice.name}"\n[scene.all]\nat = 00:00:00\nit = 0\n'
    return _seconds(text, voice, pages)


def _seconds(text: str, voice: VoiceFile, pages: int) -> float:
    (one,) = Night(score_of(text, voice.path.parent / "alone.toml", KINDS)).plan.tracks

    def a_page(number: int) -> None:
        span = page_span(FIRST + number)
        for _ in one.voice.render(one.key, Span(span.start - LEAD, span.stop), one.controls):
            pass

    a_page(-1)
    return of_call(a_page, pages)
