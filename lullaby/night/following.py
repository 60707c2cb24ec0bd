"""How a night recedes as its sleeper falls asleep: levels that only go down, silence in REM, and an end.

Stages are mostly a guess, so nothing here ever makes a night louder than it has been since.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lullaby.score import SILENT, Curve, Keyframe
from lullaby.score.model import Change
from lullaby.sleep.course import AROUSALS, EPOCH, Course
from lullaby.sleep.stages import Stage
from lullaby.time import PAGE, RATE

GENTLE: Mapping[str, float] = {"awake": 0.0, "drowsy": -4.5, "n1": -8.0, "n2": -12.5, "n3": -16.0}
"""dB below what the scenes ask for: the middles of the beds' levels by stage, 42.5 dBA awake."""

_AT = {
    "awake": AROUSALS[Stage.AWAKE],
    "drowsy": 0.8,
    "n1": AROUSALS[Stage.N1],
    "n2": AROUSALS[Stage.N2],
    "n3": AROUSALS[Stage.N3],
}
"""The arousal that each of these stands for; between them levels lie on straight lines."""

FASTEST = 1.0 / (10 * RATE)
"""dB a frame, downwards."""
TO_SILENCE = 60 * RATE
"""Frames of the raised cosine from there to silence and back."""
_WORTH_MOVING = 0.05
"""dB: a smaller step waits for the next."""

STABLE = 6
"""Half minutes of N2 or deeper in a row that count as sleep that stays."""
PLAYS_ON = 10 * PAGE
"""Frames a night goes on once sleep stays."""
AT_MOST = 60 * PAGE
"""Frames a night lasts where nobody asked for all of it."""


def ends(course: Course, length: int, all_night: bool) -> int:
    """The frame at which nothing more is to be heard."""
    if all_night:
        return length
    deep = (course.at(_epochs(min(length, AT_MOST))) > Stage.N1).tolist()
    runs = (k for k in range(len(deep) - STABLE + 1) if all(deep[k : k + STABLE]))
    stays = next(runs, None)
    played_out = AT_MOST if stays is None else min(AT_MOST, stays * EPOCH + PLAYS_ON)
    return min(length, played_out)


def receding(course: Course, told: Mapping[str, Change], length: int) -> Curve:
    """dB that a voice is held below its scenes, through the night; `told` by state is what its score says."""
    levels = {state: _level(told.get(state), usual) for state, usual in GENTLE.items()}
    heard = sorted((_AT[state], level) for state, level in levels.items() if level > SILENT)
    frames = _epochs(length)
    places, heights = [at for at, _ in heard], [level for _, level in heard]
    goals = np.interp(course.arousal(frames), places, heights) if heard else np.zeros(len(frames))
    silent = [_is_silent(Stage(stage), levels) for stage in course.at(frames).tolist()]
    keyframes = [Keyframe(0, 0, 0.0)]
    level, free = 0.0, 0
    for frame, goal, gone in zip(frames.tolist(), goals.tolist(), silent, strict=True):
        level = max(min(level, goal), level - FASTEST * EPOCH)
        now = keyframes[-1].value
        if frame < free:
            continue  # a glide into silence, or out of it, is left to end
        if gone != (now == SILENT):
            keyframes.append(Keyframe(frame, frame + TO_SILENCE, SILENT if gone else level))
            free = frame + TO_SILENCE
        elif not gone and now - level > _WORTH_MOVING:
            keyframes.append(Keyframe(frame, frame + EPOCH, level))
    return Curve(tuple(keyframes))


def _epochs(length: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(0, length, EPOCH, dtype=np.int64)


def _level(change: Change | None, usual: float) -> float:
    level = (change or {}).get("level", usual)
    return float(level) if isinstance(level, int | float) else usual


def _is_silent(stage: Stage, levels: Mapping[str, float]) -> bool:
    """In REM nothing sounds, whatever a score says."""
    return stage is Stage.REM or levels[stage.label] == SILENT


Curves = Mapping[str, tuple[Curve, ...]]


def told_asleep(course: Course, told: Mapping[str, Change], curves: Curves, length: int) -> Curves:
    """What a voice is told besides its level, as sleep first comes to each state: from there on it is as
    its score says for that state, and scenes no longer move it."""
    found = dict(curves)
    frames = _epochs(length)
    arousal = course.arousal(frames)
    for state in ("drowsy", "n1", "n2", "n3"):
        there = frames[arousal <= _AT[state] + _NEAR]
        for name, value in told.get(state, {}).items():
            if name != "level" and len(there) and name in found:
                ends = value if isinstance(value, tuple) else (value,)
                found[name] = tuple(
                    _turned(curve, int(there[0]), float(end))  # type: ignore[arg-type]
                    for curve, end in zip(found[name], ends, strict=True)
                )
    return found


_NEAR = 0.03
"""Arousal only ever comes near to what it tends to."""


def _turned(curve: Curve, frame: int, value: float) -> Curve:
    """The curve up to this frame, and from there, or from where it next rests, a glide to the value."""
    before = tuple(k for k in curve.keyframes if k.start < frame or k is curve.keyframes[0])
    start = max(frame, before[-1].stop)
    return Curve(before).then(start, start + TO_SILENCE, value)
