"""A sequence of tone-sets, one after the other, as moments that each say how loud every sound is by then.

Sequencers slide pitches; our tones keep theirs. A slide is walked in a few steps that cross-fade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import ceil, sqrt
from typing import TypeAlias

from lullaby.score.foreign.tones import Sound, Tone, Tuner

Tones: TypeAlias = tuple[Tone | None, ...]
"""A tone-set by channel; None is a channel not in use."""
State: TypeAlias = Mapping[Sound, float]
"""The amplitude of each sound, as a share of full amplitude; what is not in it is silent."""

_STEP = 60.0
"""Seconds that a step of a slide lasts at least."""
_STEPS = 8
"""Steps that a slide has at most."""
_VOICES = 160
"""Steps that all slides of all channels may have together: every one may be a voice of its own."""
_BEAT, _PITCH = 0.25, 2.0
"""Hz that a step is worth taking for."""

STEPPED = "a pitch or a beat that slides is walked in steps that cross-fade: our tones keep their pitch."


class How(Enum):
    """The way from one tone-set to the next."""

    SLIDE = "everything becomes its successor"
    FADE = "what ends goes, then what is new comes; the rest stays"
    THROUGH = "all goes, then all comes"


@dataclass(frozen=True)
class Turn:
    """A change of tones: from `start` on, over `duration` seconds, these tones take the place of those
    before.

    What fades goes until `mark` and comes from there on, where that lies between.
    """

    start: float
    duration: float
    mark: float
    tones: Tones
    how: How
    name: str = ""


@dataclass(frozen=True)
class Moment:
    """A state of all sounds, reached by `start` + `duration` seconds."""

    start: float
    duration: float
    state: State
    name: str


def moments(first: Tones, turns: Sequence[Turn], tuner: Tuner) -> list[Moment]:
    """The whole sequence but its opening state."""
    most = max(1, min(_STEPS, _VOICES // max(1, _sliding(first, turns))))
    found: list[Moment] = []
    before = first
    for turn in turns:
        if turn.how is How.SLIDE:
            found += _slide(before, turn, most, tuner)
        else:
            found += _fade(state_of(before, tuner), state_of(turn.tones, tuner), turn)
        before = turn.tones
    return found


def _sliding(first: Tones, turns: Sequence[Turn]) -> int:
    """Slides of a pitch or a beat, each channel counted."""
    befores = [first, *(turn.tones for turn in turns)]
    return sum(
        _worth(a, b) > 0
        for before, turn in zip(befores, turns, strict=False)
        if turn.how is How.SLIDE
        for a, b in zip(before, turn.tones, strict=False)
    )


def state_of(tones: Tones, tuner: Tuner) -> State:
    """Sounds of ours for these tones; two that are the same sound are one, louder."""
    state: dict[Sound, float] = {}
    for tone in tones:
        if tone is not None and tone.share > 0 and (sound := tuner.sound(tone)):
            state[sound] = state.get(sound, 0.0) + tone.share
    return state


def _fade(before: State, after: State, turn: Turn) -> list[Moment]:
    """Out before the mark, in after it; what stays is on its way meanwhile."""
    end = turn.start + turn.duration
    meet = turn.mark if turn.start < turn.mark < end else (turn.start + end) / 2
    kept = {} if turn.how is How.THROUGH else before.keys() & after.keys()
    ends, begins = before.keys() - kept, after.keys() - kept
    if not ends and not begins:
        return [Moment(turn.start, turn.duration, after, turn.name)]
    found = []
    if ends:
        # in the order of the file: a set's own order is another each time
        middle = {s: sqrt(a * after[s]) if begins else after[s] for s, a in before.items() if s in kept}
        out = end if turn.mark == end and not begins else meet
        name = f"{turn.name} coming" if begins else turn.name
        found.append(Moment(turn.start, out - turn.start, middle, name))
    if begins:
        found.append(Moment(meet, end - meet, after, turn.name))
    return found


def _slide(before: Tones, turn: Turn, most: int, tuner: Tuner) -> list[Moment]:
    wide = max(len(before), len(turn.tones))
    pairs = list(zip(_padded(before, wide), _padded(turn.tones, wide), strict=True))
    steps = max([1, *(_worth(a, b) for a, b in pairs)])
    if steps > 1 or any(_worth(a, b) for a, b in pairs):
        tuner.remarks.append(STEPPED)
    steps = min(steps, most, max(1, int(turn.duration / _STEP)))
    found = []
    for step in range(1, steps + 1):
        tones = tuple(tone for a, b in pairs for tone in _between(a, b, step / steps))
        name = turn.name if step == steps else f"towards {turn.name}"
        begin = turn.start + turn.duration * (step - 1) / steps
        found.append(Moment(begin, turn.duration / steps, state_of(tones, tuner), name))
    return found


def _padded(tones: Tones, wide: int) -> Tones:
    return (*tones, *(None for _ in range(wide - len(tones))))


def _worth(a: Tone | None, b: Tone | None) -> int:
    """Steps this channel is worth: none where it has no pitch that slides."""
    if a is None or b is None or not a.glides or not a.slides_to(b):
        return 0
    return ceil(max(abs(a.beat - b.beat) / _BEAT, abs(a.hz - b.hz) / _PITCH))


def _between(a: Tone | None, b: Tone | None, along: float) -> list[Tone]:
    """The tones of a channel so far along its way from one tone to another."""
    if a is not None and b is not None and a.slides_to(b):
        return [a.towards(b, along)]
    going = [] if a is None or along == 1 else [a.softer(1 - along)]
    return going if b is None else [*going, b.softer(along)]
