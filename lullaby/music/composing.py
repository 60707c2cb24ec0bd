"""A melody composed: phrases with a plan, each a line that is led from its first note to its last.

    form      A      A'     B      A'
    ends on   5      1      3      1          questions, and answers
    motion    the same    other    the same   a letter has its rhythm

How often each interval and each degree comes is taken from traditional lullabies (Essen folk song collection;
the tables are in docs/music.md). What comes out is measured, and the first of some that lies where lullabies
lie in enough rows is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lullaby.chance import Key
from lullaby.music.chances import Choices
from lullaby.music.melodies import METRES, Melody, Note, Phrase
from lullaby.music.rhythms import Rhythm, rhythm
from lullaby.music.scales import Scale
from lullaby.music.statistics import LULLABIES, rows_held

ENOUGH = 33
"""Rows of 38 in which a melody is to lie where lullabies lie."""
TRIES = 48
_FULL = 3
"""Notes of a bar that has a face of its own."""

_INTERVALS = {
    -12: 0.3, -9: 0.3, -8: 0.3, -7: 1, -5: 3, -4: 5, -3: 6, -2: 24, -1: 9, 0: 10,
    1: 7, 2: 14, 3: 5, 4: 4, 5: 4, 7: 1.5, 8: 0.4, 9: 0.6, 12: 0.5,
}  # fmt: skip
"""Semitones, and how often each comes, in per cent."""
_DEGREES = {0: 18, 1: 3, 2: 19, 3: 21, 4: 21, 5: 9, 6: 4, 7: 19, 8: 5, 9: 6, 10: 4, 11: 4}
_FIRST = {0: 22, 3: 25, 4: 25, 7: 53}
_STABLE = (0, 3, 4, 7)

_FORMS: dict[int, tuple[tuple[str, str], ...]] = {
    # phrases, and the degrees they end on: 1, 3 or 5
    4: (("A A' B A'", "5 1 3 1"), ("A B A B'", "3 5 3 1"), ("A B C B'", "5 3 5 1"), ("A A' B C", "5 1 5 1")),
    5: (("A A' B B' C", "5 1 3 5 1"), ("A B A B' C", "3 5 3 1 1")),
    6: (
        ("A A' B B' A A'", "5 1 3 5 5 1"),
        ("A B A B' C B'", "3 5 3 1 5 1"),
        ("A A' B B' C A'", "3 1 5 3 5 1"),
    ),
    8: (("A B A B' C C' A B'", "3 5 3 1 5 3 3 1"), ("A A' B B' C C' A A'", "5 1 3 5 3 5 5 1")),
}
_PHRASES = {"2/4": (6, 6, 8), "3/4": (4, 5, 6), "4/4": (4, 4, 5), "6/8": (5, 6, 8)}
_AMBITS = ((-5, 7), (0, 12), (0, 9), (-3, 9), (-5, 9))
"""From the lowest note to the highest, around the tonic."""


Bar = tuple[Note, ...]


def composed(
    key: Key, scale: Scale, metre: str, low: int, high: int, known: frozenset[Bar] = frozenset()
) -> Melody:
    """The melody of this key, between these pitches: none of its bars is a known one, if it can be."""
    best, least = None, (len(LULLABIES), len(LULLABIES))
    for melody in attempts(key, scale, metre, low, high):
        shared = len(known & set(full_bars(melody)))
        missing = max(0, ENOUGH - rows_held(melody)) if shared <= least[0] else ENOUGH
        if (shared, missing) < least:
            best, least = melody, (shared, missing)
        if least == (0, 0):
            break
    assert best is not None
    return best


def full_bars(melody: Melody) -> list[Bar]:
    """Its bars that have a face of their own: a long note alone has none."""
    return [bar for bar in melody.in_bars() if len(bar) >= _FULL]


def attempts(key: Key, scale: Scale, metre: str, low: int, high: int) -> Iterator[Melody]:
    """Melodies that this key may have, one try after another."""
    for number in range(TRIES):
        yield _attempt(Choices(key / "melody" / number), scale, metre, low, high)


def _attempt(choices: Choices, scale: Scale, metre: str, low: int, high: int) -> Melody:
    tonic, below, above = choices.one(_places(scale.tonic, low, high))
    scale = Scale(tonic, scale.mode, scale.just)
    pitches = scale.between(max(low, tonic + below), min(high, tonic + above))
    letters, ends = choices.one(_FORMS[choices.one(_PHRASES[metre])])
    known: dict[str, Phrase] = {}
    phrases: list[Phrase] = []
    rhythms: dict[str, Rhythm] = {}
    for name, end in zip(letters.split(), ends.split(), strict=True):
        if name not in known:
            letter = name[0]
            if letter not in rhythms:
                rhythms[letter] = rhythm(metre, choices)
            last = phrases[-1].notes[-1].pitch if phrases else None
            led = _Line(scale, pitches, rhythms[letter], metre, choices)
            before = known.get(letter)
            first = not phrases
            if before is None:
                notes = led.notes((), end, last, first)
            else:  # the same beginning, another ending
                kept = before.notes[: rhythms[letter].ending - choices.one((0, 1, 2))]
                notes = led.notes(kept, end, last, first)
            known[name] = Phrase(notes, name)
        phrases.append(known[name])
    return Melody(tuple(phrases), METRES[metre], scale)


def _places(tonic: int, low: int, high: int) -> list[tuple[int, int, int]]:
    """Where between these pitches a melody may lie: its tonic, and how far it goes below and above. Where no
    ambit fits whole, the one that loses least."""
    every = [(t, *ambit) for t in range(tonic % 12, 128, 12) for ambit in _AMBITS]

    def lost(place: tuple[int, int, int]) -> int:
        t, below, above = place
        return max(0, low - t - below) + max(0, t + above - high)

    least = min(map(lost, every))
    return [place for place in every if lost(place) == least]


class _Line:
    """A line of pitches over a rhythm, drawn note by note so that it arrives where it is to end."""

    def __init__(
        self, scale: Scale, pitches: Sequence[int], rhythm: Rhythm, metre: str, choices: Choices
    ) -> None:
        self._scale, self._pitches, self._rhythm = scale, pitches, rhythm
        self._strong = rhythm.strong(METRES[metre])
        self._choices = choices

    def notes(self, kept: Sequence[Note], end: str, last: int | None, first: bool) -> tuple[Note, ...]:
        """With these notes at its beginning, from the last of the phrase before to a note of this degree."""
        lengths = self._rhythm.lengths
        count = len(lengths)
        degree = {"1": 0, "3": self._scale.third, "5": 7}[end]
        goals = [pitch for pitch in self._pitches if self._scale.degree(pitch) == degree]
        goals = goals or [p for p in self._pitches if self._scale.degree(p) == 0]
        line = [note.pitch for note in kept]
        middle = (self._pitches[0] + self._pitches[-1]) / 2
        goal = min(goals, key=lambda pitch: (abs(pitch - middle + 2), pitch))
        if len(goals) > 1 and self._choices.happens(0.3):
            goal = self._choices.one(goals)
        ways = self._ways(goal)
        if not line:
            line.append(self._begin(ways[0], last, first))
        while len(line) < count:
            at = len(line)
            before = line[-1] - line[-2] if at > 1 else 0
            weights = {
                pitch: _step(pitch - line[-1]) * _recovering(before, pitch - line[-1]) * ways[at][pitch]
                for pitch in self._pitches
            }
            line.append(self._choices.weighed(weights) if sum(weights.values()) > 0 else goal)
        return tuple(Note(pitch, length) for pitch, length in zip(line, lengths, strict=True))

    def _begin(self, ways: dict[int, float], last: int | None, first: bool) -> int:
        weights = {}
        for pitch in self._pitches:
            degree = self._scale.degree(pitch)
            weight = ways[pitch] * (_FIRST.get(degree, 0) if first else 1.0)
            if last is not None:
                weight *= _step(pitch - last) + 1.0
            weights[pitch] = weight
        return self._choices.weighed(weights)

    def _ways(self, goal: int) -> list[dict[int, float]]:
        """For each note and each pitch: how good it is there, and how well the goal is reached from it."""
        count = len(self._strong)
        found = [dict.fromkeys(self._pitches, 0.0) for _ in range(count)]
        found[-1][goal] = 1.0
        for at in range(count - 2, -1, -1):
            after = found[at + 1]
            for pitch in self._pitches:
                reach = sum(_step(other - pitch) * weight for other, weight in after.items() if weight)
                found[at][pitch] = reach * self._fits(pitch, at, count)
            most = max(found[at].values())
            found[at] = {pitch: weight / most for pitch, weight in found[at].items()}
        return found

    def _fits(self, pitch: int, at: int, count: int) -> float:
        degree = self._scale.degree(pitch)
        weight = _DEGREES[degree] * (1.7 if self._strong[at] and degree in _STABLE else 1.0)
        # an arch: highest two fifths of the way, and down to where it ends
        low, high = self._pitches[0], self._pitches[-1]
        along = at / max(1, count - 1)
        height = 1 - ((along - 0.4) / 0.6) ** 2 if along > 0.4 else 1 - ((0.4 - along) / 0.55) ** 2
        wanted = low + (high - low) * (0.25 + 0.5 * height)
        away = (pitch - wanted) / (0.45 * (high - low))
        return weight / (1 + away * away * away * away)


def _step(interval: int) -> float:
    return _INTERVALS.get(interval, 0.15 if abs(interval) <= 7 else 0.0)


def _recovering(before: int, step: int) -> float:
    """After a leap a line turns back, by a step or by less than it leapt; it does not leap on."""
    if abs(before) < 5:
        return 1.0
    if step * before > 0:
        return 0.3 if abs(step) <= 2 else 0.05
    return 1.5 if abs(step) <= 4 else 0.5
