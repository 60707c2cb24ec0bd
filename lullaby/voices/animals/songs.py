"""Songs of invented birds as rows of notes: how many, how long, how their pitches glide.

A song is drawn anew each time it is sung: how many notes, in which order, how fast and how the pace bends,
how wide its intervals are, and where it takes a breath. It begins softly: nothing wakes anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.voices.core.chances import between, normal, uniform
from lullaby.voices.core.controls import Floats, Frames

LONGEST = 4.0
"""Seconds of a song, at the most."""
BUILDS = (0.7, 1.6)
"""Seconds until a song is as loud as it gets."""


@dataclass(frozen=True)
class Song:
    """A way to sing. Intervals are in octaves, times in seconds at the usual pace."""

    notes: tuple[int, int]
    """How few and how many."""
    life: tuple[float, float]
    gap: float
    """Seconds from the end of one note to the next."""
    steps: tuple[float, ...]
    """Intervals of the notes above the bird's pitch, repeated in a loop."""
    slide: float
    """How far a note glides up by its end."""
    arch: float
    """How far its pitch arches above that glide, half-way."""
    fall: float = 0.0
    """How far the whole song sinks from its first note to its last."""
    stray: float = 0.03
    """Random detuning of its notes."""
    loud: float = 1.0
    """A long whistle carries farther than a short one; it need not be as loud."""
    order: bool = True
    """Whether its steps are always in this order."""


SONGS = (
    # two soft notes, again and again: high, low
    Song((4, 9), (0.1, 0.18), 0.09, (0.32, 0.0), -0.06, 0.03, stray=0.02),
    # long whistles that fall
    Song(
        (5, 8), (0.08, 0.42), 0.09, (0.0, -0.22, -0.3, 0.12), -0.28, 0.06, fall=0.12, loud=0.62, order=False
    ),
    # a trill, some twenty notes a second
    Song((16, 30), (0.03, 0.035), 0.016, (0.0,), -0.45, 0.1, fall=0.05, stray=0.02),
    # a phrase: a few notes, each elsewhere
    Song(
        (4, 9),
        (0.08, 0.22),
        0.06,
        (0.0, 0.35, -0.2, 0.18, -0.1, 0.42, 0.05),
        0.12,
        0.16,
        stray=0.2,
        loud=0.85,
        order=False,
    ),
    # a run downwards with a flourish
    Song((9, 16), (0.06, 0.1), 0.035, (0.2, 0.1, 0.32), -0.24, 0.06, fall=0.45, stray=0.05, order=False),
    # thin notes, some of them drawn out
    Song((8, 15), (0.05, 0.24), 0.05, (0.3, 0.05, 0.22), 0.04, -0.05, stray=0.05, loud=0.68, order=False),
    # chirrups: short, up and down again
    Song((5, 9), (0.06, 0.1), 0.15, (0.0, 0.08, 0.2), 0.05, 0.35, stray=0.08, order=False),
    # a warble: quick notes that sweep far, up and down
    Song(
        (14, 28),
        (0.03, 0.06),
        0.018,
        (0.0, 0.4, 0.15, -0.25, 0.3, -0.1, 0.5),
        -0.35,
        0.3,
        stray=0.12,
        order=False,
    ),
    # three syllables, again and again, as a tit does
    Song((6, 15), (0.07, 0.11), 0.05, (0.4, 0.0, 0.12), -0.14, 0.04, stray=0.015),
)

FLUTED = (
    # as a blackbird does: full notes, each elsewhere and hardly bent
    Song(
        (6, 11),
        (0.06, 0.34),
        0.05,
        (0.0, 0.26, -0.17, 0.12, 0.38, -0.08, 0.2),
        -0.06,
        0.07,
        stray=0.06,
        loud=0.7,
        order=False,
    ),
    # and, further up, what it ends with
    Song(
        (6, 14),
        (0.05, 0.2),
        0.035,
        (0.0, 0.5, 0.2, 0.95, 0.35, 0.7),
        -0.1,
        0.2,
        stray=0.12,
        loud=0.7,
        order=False,
    ),
    # as a thrush does: two or three sounds, said again and again
    Song((7, 12), (0.08, 0.22), 0.08, (0.0, 0.3, 0.12), 0.16, 0.12, stray=0.03, loud=0.75),
)
DEEPER = 0.62
"""The pitch of flutes over that of the other birds."""
ALL = SONGS + FLUTED


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
    along = row / np.maximum(count[which] - 1, 1)
    life, begins = _times(key, song, turn, which, number, row, along, quick)
    steps = np.array(song.steps)[_order(key, song, turn, which, row)]
    steps = steps * between(key / "wide", turn, 0.7, 1.3)[which]
    mood = 0.06 * normal(key / "mood", turn)[which]
    stray = song.stray * np.clip(normal(key / "stray", number), -2, 2)
    starts = pitch[which] * exact.exp2(steps + mood + stray - song.fall * along)
    bend = between(key / "slides", turn, 0.5, 1.5)[which] * (1 + 0.25 * normal(key / "slide", number))
    ends = starts * exact.exp2(song.slide * bend)
    arch = starts * song.arch * between(key / "arch", turn, 0.4, 1.0)[which]
    arch = arch * between(key / "arches", number, 0.7, 1.3)
    # very short notes hardly glide: nobody hears it, and the kernel follows pitch by groups of frames
    arch = arch * np.minimum(1.0, (life / 0.07) * (life / 0.07))
    built = np.minimum(1.0, begins / between(key / "builds", turn, *BUILDS)[which])
    least = between(key / "least", turn, 0.15, 0.32)[which]
    waned = between(key / "wanes", turn, 0.2, 0.7)[which] * along * along
    size = song.loud * (least + (1 - least) * built * built * (3 - 2 * built)) * (1 - waned)
    size = size * (1 + 0.2 * np.clip(normal(key / "size", number), -2, 2))
    # a far one rings on a little longer
    kept = (row < count[which]) & (begins + 1.4 * life < LONGEST)
    return which[kept], row[kept], life[kept], begins[kept], starts[kept], ends[kept], arch[kept], size[kept]


def _times(
    key: Key, song: Song, turn: Frames, which: Frames, number: Frames, row: Frames, along: Floats,
    quick: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """How long each note is and when it begins: the sum of those before it in its own song."""
    own = exact.exp2(0.22 * np.clip(normal(key / "tempo", turn), -2, 2)) * quick
    bent = 1 + (between(key / "hurry", turn, -0.55, 0.55)[which] * (along - 0.5))
    slower = bent / own[which]
    life = between(key / "life", number, *song.life) * slower
    loose = 0.3 if song.order else 0.5
    gap = song.gap * (1 + loose * np.clip(normal(key / "gap", number), -2, 2)) * slower
    # some songs take a breath after one of their notes
    rest = (uniform(key / "where", turn) * 1.6 * song.notes[1]).astype(np.int64)
    gap = gap + np.where(row == rest[which], between(key / "rest", turn, 0.08, 0.35)[which] / quick[which], 0)
    whole = (life + gap).reshape(len(turn), song.notes[1])
    return life, (np.add.accumulate(whole, axis=1) - whole).ravel()


def _order(key: Key, song: Song, turn: Frames, which: Frames, row: Frames) -> Frames:
    """Which step each note takes: from a random place on; with a random stride where the order is free."""
    count = len(song.steps)
    first = (uniform(key / "from", turn) * count).astype(np.int64)[which]
    if song.order:
        return (row + first) % count
    stride = 1 + (uniform(key / "stride", turn) * (count - 1)).astype(np.int64)
    turned = (uniform(key / "turned", turn) * 4).astype(np.int64)
    # a second voice in the order: every few notes it goes on from elsewhere
    return (row * stride[which] + first + row // (3 + turned[which])) % count
