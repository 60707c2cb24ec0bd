"""What a melody is like, in the numbers in which real lullabies were measured.

Each row is one of `LULLABIES`: the middle of 51 traditional lullabies, and the range in which eight of ten of
them lie. They come from 6 399 tunes in ABC that one program measured; definitions are said row by row, so
that another may measure the same.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lullaby.music.melodies import GRID, Melody, Note

LOOPS = 12
"""Notes: the longest loop that is looked for."""


@dataclass(frozen=True)
class Row:
    name: str
    middle: float
    low: float
    high: float
    measure: Callable[[Melody], float | None]
    """None where there is nothing to measure: a tune without a leap never turns back after one."""

    def holds(self, value: float | None) -> bool:
        return value is not None and self.low <= value <= self.high


def measured(melody: Melody) -> dict[str, float | None]:
    """Every row's value for this melody."""
    return {row.name: row.measure(melody) for row in LULLABIES}


def rows_held(melody: Melody) -> int:
    """In how many rows it lies where eight of ten lullabies do."""
    return sum(row.holds(row.measure(melody)) for row in LULLABIES)


# pitch


def _pitches(melody: Melody) -> list[int]:
    return [note.pitch for note in melody.notes]


def intervals(notes: Sequence[Note]) -> list[int]:
    return [b.pitch - a.pitch for a, b in itertools.pairwise(notes)]


def _share(chosen: Callable[[int], bool]) -> Callable[[Melody], float | None]:
    """Per cent of the intervals that are such."""

    def measure(melody: Melody) -> float | None:
        steps = intervals(melody.notes)
        return 100 * sum(map(chosen, steps)) / len(steps) if steps else None

    return measure


def _mean_interval(melody: Melody) -> float | None:
    steps = intervals(melody.notes)
    return sum(map(abs, steps)) / len(steps) if steps else None


def _of_those(
    among: Callable[[int], bool], chosen: Callable[[int], bool]
) -> Callable[[Melody], float | None]:
    """Per cent of certain intervals that are such."""

    def measure(melody: Melody) -> float | None:
        some = [step for step in intervals(melody.notes) if among(step)]
        return 100 * sum(map(chosen, some)) / len(some) if some else None

    return measure


def _after_a_leap(chosen: Callable[[int, int], bool]) -> Callable[[Melody], float | None]:
    """Per cent of leaps of a fourth or more after which the next interval is such."""

    def measure(melody: Melody) -> float | None:
        steps = intervals(melody.notes)
        pairs = [(a, b) for a, b in itertools.pairwise(steps) if abs(a) >= 5]
        return 100 * sum(chosen(a, b) for a, b in pairs) / len(pairs) if pairs else None

    return measure


def _range(melody: Melody) -> float:
    return max(_pitches(melody)) - min(_pitches(melody))


def _tonic_above(melody: Melody) -> float:
    """Semitones from the lowest note up to the next tonic."""
    return (melody.scale.tonic - min(_pitches(melody))) % 12


def _in_one_scale(melody: Melody) -> float:
    """Per cent of the notes in that major scale which holds most of them."""
    counts = Counter(pitch % 12 for pitch in _pitches(melody))
    major = (0, 2, 4, 5, 7, 9, 11)
    most = max(sum(counts[(tonic + step) % 12] for step in major) for tonic in range(12))
    return 100 * most / len(melody.notes)


def _classes(melody: Melody) -> float:
    return len({pitch % 12 for pitch in _pitches(melody)})


def _entropy(values: Sequence[object]) -> float | None:
    """Bits."""
    if not values:
        return None
    shares = np.array(list(Counter(values).values())) / len(values)
    return float(-(shares * np.log2(shares)).sum())


# length


def _lengths(melody: Melody) -> list[int]:
    return [note.length for note in melody.notes]


def _next_same(melody: Melody) -> float | None:
    lengths = _lengths(melody)
    same = [a == b for a, b in itertools.pairwise(lengths)]
    return 100 * sum(same) / len(same) if same else None


def _longest(melody: Melody) -> float:
    lengths = _lengths(melody)
    return max(lengths) / float(np.median(lengths))


# what returns


def _in_a_repeat(size: int, of: Callable[[Sequence[Note]], object]) -> Callable[[Melody], float]:
    """Per cent of the notes that lie in a run of `size` which comes more than once."""

    def measure(melody: Melody) -> float:
        notes = melody.notes
        runs = [of(notes[k : k + size]) for k in range(len(notes) - size + 1)]
        often = Counter(runs)
        covered = set[int]()
        for k, run in enumerate(runs):
            if often[run] > 1:
                covered.update(range(k, k + size))
        return 100 * len(covered) / len(notes)

    return measure


def _literal(notes: Sequence[Note]) -> object:
    return tuple((note.pitch, note.length) for note in notes)


def _by_interval(notes: Sequence[Note]) -> object:
    return tuple(intervals(notes))


def _by_rhythm(notes: Sequence[Note]) -> object:
    return tuple(note.length for note in notes)


def _longest_repeat(melody: Melody) -> float:
    """Per cent of the tune: the longest run of notes that comes again without touching itself."""
    notes = melody.notes
    best = 0
    for lag in range(1, len(notes)):
        run = 0
        for k in range(len(notes) - lag):
            run = min(lag, run + 1) if notes[k] == notes[k + lag] else 0
            best = max(best, run)
    return 100 * best / len(notes)


def _loop(melody: Melody) -> float:
    """Per cent of the notes that are the same as the one so many before: at the lag where most are."""
    notes = melody.notes
    shares = [
        sum(a == b for a, b in zip(notes, notes[lag:], strict=False)) / (len(notes) - lag)
        for lag in range(1, min(LOOPS, len(notes) - 1) + 1)
    ]
    return 100 * max(shares, default=0.0)


# phrases


def _phrase(middle: Callable[[Melody], list[float]]) -> Callable[[Melody], float | None]:
    """The median over phrases."""

    def measure(melody: Melody) -> float | None:
        values = middle(melody)
        return float(np.median(values)) if values else None

    return measure


def _equal_lengths(melody: Melody) -> float:
    """Per cent of the phrases as long as the usual one of the tune, within 6 %."""
    lengths = [phrase.length for phrase in melody.phrases]
    usual = float(np.median(lengths))
    return 100 * sum(abs(length - usual) <= 0.06 * usual for length in lengths) / len(lengths)


def _arches(melody: Melody) -> float | None:
    """Per cent of the phrases whose middle is higher than both their ends, on average."""
    found = []
    for phrase in melody.phrases:
        pitches = [note.pitch for note in phrase.notes]
        if len(pitches) < 3:
            continue
        found.append(float(np.mean(pitches[1:-1])) > (pitches[0] + pitches[-1]) / 2)
    return 100 * sum(found) / len(found) if found else None


def _returns(of: Callable[[Sequence[Note]], object]) -> Callable[[Melody], float]:
    """Per cent of the phrases that came before."""

    def measure(melody: Melody) -> float:
        seen: list[object] = []
        again = 0
        for phrase in melody.phrases:
            what = of(phrase.notes)
            again += what in seen
            seen.append(what)
        return 100 * again / len(melody.phrases)

    return measure


def _last_longer(melody: Melody) -> list[float]:
    usual = float(np.median(_lengths(melody)))
    return [phrase.notes[-1].length / usual for phrase in melody.phrases]


def _rises(step: int) -> bool:
    return step > 0


LULLABIES: tuple[Row, ...] = (
    Row("notes", 40, 29, 78, lambda m: len(m.notes)),
    Row("bars", 10.9, 8.0, 18.3, lambda m: m.length / m.metre.bar),
    Row("beats", 26, 19, 60, lambda m: m.length / GRID),
    Row("notes per beat", 1.6, 0.8, 2.0, lambda m: len(m.notes) * GRID / m.length),
    Row("notes per bar", 3.5, 2.6, 4.1, lambda m: len(m.notes) * m.metre.bar / m.length),
    Row("same note %", 22, 9, 45, _share(lambda s: s == 0)),
    Row("steps %", 43, 26, 67, _share(lambda s: 1 <= abs(s) <= 2)),
    Row("thirds %", 16, 5, 30, _share(lambda s: 3 <= abs(s) <= 4)),
    Row("fourths and fifths %", 9.8, 3.0, 19.0, _share(lambda s: 5 <= abs(s) <= 7)),
    Row("wider %", 0.0, 0.0, 4.7, _share(lambda s: abs(s) > 7)),
    Row("mean interval (semitones)", 2.2, 1.6, 2.7, _mean_interval),
    Row("steps that fall %", 68, 42, 88, _of_those(lambda s: 1 <= abs(s) <= 2, lambda s: s < 0)),
    Row("skips that rise %", 48, 33, 71, _of_those(lambda s: abs(s) >= 3, _rises)),
    Row("after a leap: turns back %", 50, 3, 100, _after_a_leap(lambda a, b: a * b < 0)),
    Row("after a leap: moves by step %", 20, 0, 77, _after_a_leap(lambda a, b: 1 <= abs(b) <= 2)),
    Row("range (semitones)", 12.0, 7.0, 14.0, _range),
    Row("tonic above lowest note", 3.0, 0.0, 5.0, _tonic_above),
    Row("notes in one scale %", 100, 97, 100, _in_one_scale),
    Row("different pitch classes", 6.0, 5.0, 8.0, _classes),
    Row("interval entropy (bits)", 2.7, 2.3, 3.3, lambda m: _entropy(intervals(m.notes))),
    Row("note-length entropy (bits)", 1.3, 0.7, 1.8, lambda m: _entropy(_lengths(m))),
    Row("note lengths used", 4.0, 3.0, 6.0, lambda m: len(set(_lengths(m)))),
    Row("next length same as last %", 62, 37, 81, _next_same),
    Row("longest / median length", 3.0, 2.0, 4.0, _longest),
    Row("notes in a repeated 5-note motif %", 39, 0, 84, _in_a_repeat(5, _literal)),
    Row("same, intervals only %", 55, 0, 90, _in_a_repeat(5, _by_interval)),
    Row("same, rhythm only (7 notes) %", 76, 47, 99, _in_a_repeat(7, _by_rhythm)),
    Row("longest literal repeat %", 15, 7, 23, _longest_repeat),
    Row("immediate short loop %", 25, 11, 44, _loop),
    Row("phrases", 5.0, 4.0, 8.0, lambda m: len(m.phrases)),
    Row("phrase length (beats)", 4.0, 4.0, 12.0, _phrase(lambda m: [p.length / GRID for p in m.phrases])),
    Row("phrase length (notes)", 7.0, 6.0, 11.0, _phrase(lambda m: [len(p.notes) for p in m.phrases])),
    Row("phrase lengths equal %", 62, 40, 100, _equal_lengths),
    Row("phrases that arch %", 67, 33, 100, _arches),
    Row(
        "phrase last minus first note",
        -1.2,
        -5.1,
        1.0,
        _phrase(lambda m: [p.notes[-1].pitch - p.notes[0].pitch for p in m.phrases]),
    ),
    Row("phrases that return exactly %", 0, 0, 67, _returns(_literal)),
    Row("phrases whose rhythm returns %", 40, 0, 80, _returns(_by_rhythm)),
    Row("last note / median at phrase ends", 2.0, 1.5, 3.0, _phrase(_last_longer)),
)
