"""Songs of invented birds: how many notes, how long, how they rise and fall; no two songs are quite alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.voices.chances import between, normal, uniform
from lullaby.voices.controls import Floats, Frames

LONGEST = 4.0
"""Seconds of a song, at the most."""


@dataclass(frozen=True)
class Song:
    """A way to sing. Intervals are in octaves, times in seconds at the usual pace."""

    notes: tuple[int, int]
    """How few and how many."""
    life: tuple[float, float]
    gap: float
    """From the end of one note to the next."""
    steps: tuple[float, ...]
    """Where each note stands above the bird's pitch; the row is gone through again and again."""
    slide: float
    """How far a note goes up by its end."""
    arch: float
    """How far its middle stands above the line."""
    fall: float = 0.0
    """How far the whole song sinks from its first note to its last."""
    stray: float = 0.03
    """How unlike each other its notes are in pitch."""
    swell: float = 0.0
    """0 even … 1 begins from nothing."""
    loud: float = 1.0
    """A long whistle carries farther than a short one; it need not be as loud."""


SONGS = (
    # two soft notes, again and again: high, low
    Song((4, 8), (0.13, 0.17), 0.09, (0.32, 0.0), -0.04, 0.02, stray=0.015, swell=0.5),
    # long whistles that fall
    Song((2, 4), (0.32, 0.55), 0.14, (0.0, -0.22, -0.3), -0.28, 0.06, fall=0.12, loud=0.62),
    # a trill
    Song((12, 22), (0.045, 0.05), 0.028, (0.0,), -0.32, 0.1, fall=0.05, stray=0.01, swell=0.8),
    # a phrase: a few notes, each elsewhere
    Song(
        (4, 7),
        (0.09, 0.24),
        0.07,
        (0.0, 0.35, -0.2, 0.18, -0.1, 0.42, 0.05),
        0.12,
        0.16,
        stray=0.2,
        loud=0.85,
    ),
    # a run downwards with a flourish
    Song((8, 13), (0.07, 0.1), 0.04, (0.2, 0.1), -0.2, 0.05, fall=0.45, stray=0.04, swell=0.3),
    # one thin note, drawn out, and a short one
    Song((2, 2), (0.3, 0.5), 0.05, (0.3, 0.05), 0.03, -0.04, stray=0.02, swell=0.6, loud=0.68),
    # chirrups: short, up and down again
    Song((3, 6), (0.06, 0.1), 0.16, (0.0, 0.08), 0.05, 0.35, stray=0.06),
)


def sung(
    key: Key, song: Song, turn: Frames, pitch: Floats, quick: Floats
) -> tuple[Frames, Frames, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Rows of notes of these songs: which song, which note of it, how long, when (seconds from the song's
    beginning), pitch at its beginning and end, arch (Hz), and how loud."""
    fewest, most = song.notes
    count = fewest + (uniform(key / "count", turn) * (most + 1 - fewest)).astype(np.int64)
    row = np.tile(np.arange(most), len(turn))
    which = np.repeat(np.arange(len(turn)), most)
    number = turn[which] * 32 + row
    # each note's beginning is the sum of those before it in its own song
    life = between(key / "life", number, *song.life) / quick[which]
    gap = song.gap * (1 + 0.15 * np.clip(normal(key / "gap", number), -2, 2)) / quick[which]
    whole = (life + gap).reshape(len(turn), most) if len(turn) else np.zeros((0, most))
    begins = (np.add.accumulate(whole, axis=1) - whole).ravel()
    along = row / np.maximum(count[which] - 1, 1)
    first = (uniform(key / "from", turn) * len(song.steps)).astype(np.int64)
    steps = np.array(song.steps)[(row + first[which]) % len(song.steps)]
    mood = 0.05 * normal(key / "mood", turn)[which]
    stray = song.stray * np.clip(normal(key / "stray", number), -2, 2)
    starts = pitch[which] * exact.exp2(steps + mood + stray - song.fall * along)
    ends = starts * exact.exp2(song.slide * (1 + 0.2 * normal(key / "slide", number)))
    arch = starts * song.arch * 0.7 * between(key / "arch", number, 0.7, 1.3)
    size = song.loud * (1 - song.swell * (1 - along) * (1 - along)) * (1 - 0.5 * along * along)
    size = size * (1 + 0.12 * np.clip(normal(key / "size", number), -2, 2))
    kept = (row < count[which]) & (begins + life < LONGEST)
    return which[kept], row[kept], life[kept], begins[kept], starts[kept], ends[kept], arch[kept], size[kept]
