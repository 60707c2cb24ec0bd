"""Birds before sunrise: songs of short tones from a few near birds and a far chorus, over a hush of noise.

The birds are invented, but built as real ones are: whistles that fall, a trill, two soft notes, a phrase
of a few notes that is never quite the same. A bird keeps its pan, and waits before it sings again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lullaby.chance import Key
from lullaby.kernels import exact
from lullaby.score.settings import Form, Kind
from lullaby.time import RATE, Span
from lullaby.voices.animals.notes import Notes, Singing, notes, phases, together
from lullaby.voices.animals.songs import ALL, DEEPER, FLUTED, LONGEST, SONGS, Song, sung
from lullaby.voices.animals.surroundings import Hush, air, hush, hushes
from lullaby.voices.core.bed import MEMORY
from lullaby.voices.core.chances import between, drift, normal, uniform
from lullaby.voices.core.colour import Points
from lullaby.voices.core.common_settings import channel_strip, listed, number
from lullaby.voices.core.controls import Controls, Floats, Frames, slow_points
from lullaby.voices.core.pace import Pace
from lullaby.voices.core.pan import pan_gains
from lullaby.voices.core.voice import Sound

MOST = 8
"""Near birds, at the most."""
FAR = 14
"""Birds of the far chorus that are sung one by one."""

# (Hz, dB a hertz): a garden before anybody is up; and a wood full of birds, too far to tell apart
AIR: Points = ((60, -12), (120, -18), (400, -21), (1_000, -22), (3_000, -30), (8_000, -38), (14_000, -50))
WOOD: Points = (
    (900, -34),
    (1_800, -14),
    (2_600, -3),
    (3_600, 0),
    (4_800, -4),
    (7_000, -9),
    (9_000, -13),
    (12_000, -28),
)

KIND = Kind(
    "birds",
    "birds before sunrise, a few near and a wood of them far off",
    (
        *channel_strip(send=-18.0),
        number("songs", 20.0, "per minute", 0, 60, "more songs from the near birds together", thins=1),
        number("birds", 5.0, "", 1, MOST, "more near birds, taking turns", moves=False),
        number("distance", 0.4, "", 0, 1, "farther off: softer, duller, and more of the wood"),
        listed("song.pitch", (2_300.0, 5_200.0), "Hz", 1_500, 8_000, "higher birds", Form.RANGE),
        number("song.pace", 1.0, "times", 0.5, 1.6, "quicker notes", name="quick"),
        number("song.uneven", 0.3, "", 0, 0.45, "songs less evenly spaced", name="uneven", moves=False),
        number(
            "song.flutes", 0.0, "", 0, 1,
            "more of the near ones flute as a blackbird does: lower, in longer notes",
            name="flutes", moves=False,
        ),
        number(
            "far.songs", 140.0, "per minute", 0, 240, "more songs from the far chorus", name="chorus", thins=1
        ),
        number("far.level", -2.0, "dB", -90, 6, "a louder far chorus", name="far"),
        number("wood.level", -12.0, "dB", -90, 6, "more of the hundreds behind them", name="wood"),
        *air(-18.0, "more of the morning air"),
        number("wide", 0.7, "", 0, 1, "birds spread wider", moves=False),
    ),
    silent_from="n1",
)  # fmt: skip


@dataclass(frozen=True)
class Birds:
    """Songs near and far, a wood, and the air."""

    memory: float = MEMORY

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        near = _songs(key / "near", span, controls, far=False)
        far = _songs(key / "far", span, controls, far=True)
        singing = Singing(together(near, far))
        points = slow_points(span)
        away = controls.values("distance", points)
        level = controls.values("wood", points)
        moved = level + 4 * (away - 0.4) + 1.5 * drift(key / "wood", points, 1.5 * RATE)
        wood = np.where(level <= -90, 0.0, exact.gain(moved))
        top = 14_000.0 - 6_000.0 * controls.number("distance", 0)
        made = [hush(key / "air", span, controls, AIR), Hush(WOOD, wood, 600.0, top)]
        for block, sound in zip(span.blocks(), hushes(key / "noise", span, made, 0.5), strict=True):
            sound += singing.sound(block)
            yield sound

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        """When a near bird begins to sing."""
        onset = _due(key / "near", span, 0, controls, far=False)[2]
        return np.sort(onset)


def _due(key: Key, span: Span, reach: int, controls: Controls, far: bool) -> tuple[Frames, Frames, Frames]:
    """Which bird sings, the number of its song, and when: the birds take turns in a round."""
    count = FAR if far else int(controls.number("birds", 0))
    pace = Pace.from_rate(span, reach + RATE, controls.curve("chorus" if far else "songs"), 60 * RATE)
    turn = pace.whole_turns(count + 2)
    # each round has a random order of its own
    round_of, place = turn // count, turn % count
    step = 1 + (uniform(key / "step", round_of) * max(1, count - 1)).astype(np.int64)
    bird = (place + step * (round_of % count)) % count
    due = turn + 0.5 + 2 * controls.number("uneven", 0) * (2 * uniform(key / "when", turn) - 1)
    onset = pace.frames(due)
    here = (due >= pace.wheel[0]) & (due < pace.wheel[-1])
    here &= (onset >= span.start - reach) & (onset < span.stop)
    return bird[here], turn[here], onset[here]


def _songs(key: Key, span: Span, controls: Controls, far: bool) -> Notes:
    """Every note of every song that reaches into the span."""
    bird, turn, onset = _due(key, span, int(LONGEST * RATE), controls, far)
    low, high = controls.pair("pitch", 0)
    away = controls.values("distance", onset)
    quick = controls.values("quick", onset)
    along = 0.2 + 0.618033988749895 * bird + 0.3 * uniform(key / "voice", bird)
    bottom = exact.log2(low)
    pitch = exact.exp2(bottom + (exact.log2(high) - bottom) * (along - np.floor(along)))
    loud = _loudness(key, bird, turn, controls, onset, away, far)
    blur = np.full(onset.shape, 1.0) if far else away
    left, right = pan_gains(controls.number("wide", 0) * (2 * uniform(key / "seat", bird) - 1))
    share = 0.618033988749895 * bird + (key / "flutes").draw()
    flutes = (share - np.floor(share) < controls.number("flutes", 0)) & (not far)
    pitch = np.where(flutes, DEEPER * pitch, pitch)
    fluted = len(SONGS) + (len(FLUTED) * uniform(key / "fluted", turn)).astype(np.int64)
    sings = np.where(flutes, fluted, _repertoire(key, bird, turn))
    tables = []
    for kind, song in enumerate(ALL):
        mine = sings == kind
        if mine.any():
            tables.append(
                _written(key, song, turn[mine], onset[mine], pitch[mine], quick[mine], blur[mine],
                         loud[mine] * left[mine], loud[mine] * right[mine])
            )  # fmt: skip
    empty = notes(onset[:0], life=1.0, pitch=1.0, left=0.0, right=0.0, rise=1.0, fall=1.0)
    return together(empty, *tables)


def _repertoire(key: Key, bird: Frames, turn: Frames) -> Frames:
    """Which song it is this time: each bird knows three, and sings one of them half the time."""
    own = bird + int(len(SONGS) * (key / "first").draw())
    drawn = uniform(key / "song", turn)
    return (own + np.where(drawn < 0.5, 0, np.where(drawn < 0.8, 4, 7))) % len(SONGS)


def _loudness(
    key: Key, bird: Frames, turn: Frames, controls: Controls, onset: Frames, away: Floats, far: bool
) -> Floats:
    each = np.clip(1.4 * normal(key / "force", turn), -3, 0.7)
    if far:
        level = controls.values("far", onset)
        return exact.gain(each + level - 18.0 - 8.0 * uniform(key / "off", bird) + 3 * away) * (level > -90)
    return exact.gain(each - 11.2 - 2.0 * uniform(key / "off", bird) - 10.0 * away)


def _written(
    key: Key, song: Song, turn: Frames, onset: Frames, pitch: Floats, quick: Floats, blur: Floats,
    left: Floats, right: Floats,
) -> Notes:  # fmt: skip
    """The notes of songs of one kind, one row a note."""
    which, row, life, begins, starts, ends, arch, size = sung(key, song, turn, pitch, quick)
    number_of = turn[which] * 32 + row
    dull = exact.gain(-3.0 * blur[which] * (starts / 4_000) * (starts / 4_000)) * size
    soft = life * (0.4 + 0.1 * blur[which])
    return notes(
        onset[which] + np.rint(begins * RATE).astype(np.int64),
        life=life * (1 + 0.2 * blur[which]),
        pitch=starts,
        end_pitch=ends,
        arch=arch,
        left=left[which] * dull,
        right=right[which] * dull,
        rise=np.minimum(soft, 0.12),
        fall=soft + 0.02 * blur[which] * between(key / "tail", number_of, 0.5, 1.5),
        octave=0.1 * (1 - blur[which]),
        phase=phases(key, number_of),
    )
