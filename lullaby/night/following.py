"""Automation of a night along its sleeper's course: it gets softer, darker, silent in REM, and ends.

Stages are mostly a guess, so no guess makes a night louder or brighter. Only somebody who is known to have
been awake for three minutes, or the wake window, brings it up again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from lullaby.score import SILENT, Curve, Keyframe
from lullaby.score.model import Change, Wake
from lullaby.sleep.course import AROUSALS, EPOCH, Course, Run
from lullaby.sleep.stages import Stage
from lullaby.time import LONGEST, PAGE, RATE, STEP

GENTLE: Mapping[str, float] = {"awake": 0.0, "drowsy": -2.5, "n1": -6.5, "n2": -10.5, "n3": -14.5}
"""dB below what the scenes ask for, where a score says nothing else: the highest levels of a bed by stage,
for one that is 42.5 dBA awake. What the darkening takes from brighter sounds comes off that."""

AROUSED: Mapping[str, float] = {
    "awake": AROUSALS[Stage.AWAKE],
    "drowsy": 0.8,
    "n1": AROUSALS[Stage.N1],
    "n2": AROUSALS[Stage.N2],
    "n3": AROUSALS[Stage.N3],
}
"""The arousal at which a voice has the level of each state; between two of them it is interpolated."""

NEAR = 0.03
"""Arousal approaches its goal and never reaches it: this near counts as there."""

EVENTS_LEAD: Mapping[str, float] = {"drowsy": 0.97, "n1": 0.75, "n2": 0.5, "n3": 0.2}
"""The arousals at which events start to become fewer, as sleep comes: before anything else changes; …"""
THEN_DARKER = 0.93
"""… then, from this arousal on, it gets darker; …"""
THEN_SOFTER = 0.88
"""… then softer."""

SINKING = 1.0
"""dB a minute by which levels go on falling while N2 lasts, down to those of N3."""

FASTEST = 1.0 / (10 * RATE)
"""dB a frame: no level falls faster."""
COMES_BACK = 90 * RATE
"""Frames in which a voice rises to its level of N1 for somebody who is awake again."""
LIES_AWAKE = 180 * RATE
"""Frames that somebody must be known to be awake before anything rises."""

FRESH = 5 * PAGE
"""Frames for which a sign of waking counts."""

TO_SILENCE = 60 * RATE
"""Frames of a fade (a raised cosine) from sound to silence, or back."""
IN_SILENCE = 90 * RATE
"""Frames of REM after which nothing is heard, also where REM was not foreseen."""
IS_OVER = 5 * PAGE
"""Frames without REM until sound comes back: REM is interrupted more often than it ends."""

_STAGES = tuple(Stage)
_WORTH_MOVING = 0.05
"""dB: a smaller step waits for the next."""

_DARKER = 0.25
"""Steps of the darkening in half a minute, at the most: half a decibel per octave in a minute."""

STABLE = 6
"""Half minutes of N2 or deeper in a row after which sleep counts as having come to stay."""
PLAYS_ON = 10 * PAGE
"""Frames a night goes on after that."""
AWAKE_AGAIN = 2 * PAGE
"""Frames awake, before the night has ended, after which it waits for the next stable sleep."""
AT_MOST = 60 * PAGE
"""Frames a night lasts at the most, where its score does not play all night and its listener did not ask for
another length."""


def ends(course: Course, length: int, all_night: bool, fade_out: int = 0, at_most: int = AT_MOST) -> int:
    """The frame at which the night ends, or is silent until its wake window.

    It ends ten minutes after the first stable sleep; after the next one, where the sleeper is awake for two
    minutes before that end, or at it. What was not known at lights-out counts only where it began before the
    last fade: a fade that is heard already goes on, whatever comes.
    """
    if all_night:
        return length
    longest = min(length, at_most)
    deep = (course.stage(_epochs(longest)) > Stage.N1).tolist()
    stable = [k * EPOCH for k in range(len(deep) - STABLE + 1) if all(deep[k : k + STABLE])]
    bouts = course.bouts(Stage.AWAKE)
    after = 0
    while (asleep := next((frame for frame in stable if frame >= after), None)) is not None:
        end = asleep + PLAYS_ON
        again = _awake_before(course, bouts, asleep, end, fade_out)
        if again is None:
            return min(longest, end)
        after = again.stop
    return longest


def _awake_before(course: Course, bouts: list[Run], asleep: int, end: int, fade_out: int) -> Run | None:
    """The bout of waking for which a night that would end at this frame goes on."""
    decided = end + 1 if end < course.foreseen else max(course.foreseen, end - fade_out)
    for bout in bouts:
        if asleep < bout.start < decided:
            known = min(bout.stop, decided) - bout.start
            if known >= AWAKE_AGAIN or bout.stop >= decided:
                return bout
    return None


def receding(
    course: Course,
    follow: Mapping[str, Change],
    length: int,
    wake: Wake | None = None,
    usual: Mapping[str, float] = GENTLE,
) -> Curve:
    """Automation of one voice's gain through the night: dB below what its scenes ask for. `follow` is what
    its score says of it, by state."""
    levels = {state: _level(follow.get(state), level) for state, level in usual.items()}
    audible = sorted((AROUSED[state], level) for state, level in levels.items() if level > SILENT)
    if levels["awake"] > SILENT:
        audible = sorted([*audible, (THEN_SOFTER, levels["awake"])])
    frames = _epochs(wake.at if wake else length)
    arousal = course.arousal(frames)
    goals = _between(arousal, audible) if audible else np.zeros(len(frames))
    deep = (arousal <= AROUSED["n2"] + NEAR).tolist()
    stages = [_STAGES[stage] for stage in course.stage(frames).tolist()]
    silent = {one: levels["n2" if one is Stage.REM else one.label] == SILENT for one in _STAGES}
    sinks = "level" not in follow.get("n2", {}) and levels["n3"] > SILENT
    level, sunk, free = levels["awake"], 0.0, 0
    keyframes = [Keyframe(0, 0, level)]
    awake_again = _lying_awake(course, frames)
    epochs = zip(frames.tolist(), goals.tolist(), stages, deep, awake_again, strict=True)
    for frame, goal, stage, is_deep, rises in epochs:
        if sinks and stage is Stage.N2 and is_deep:
            sunk += SINKING * EPOCH / PAGE
        goal = max(goal - sunk, min(goal, levels["n3"]))
        now = keyframes[-1].value
        if frame < free:
            continue  # a fade into silence, or a rise, is under way: it goes on to its end
        if rises and now < levels["n1"]:
            level, sunk = levels["n1"], 0.0
            keyframes.append(Keyframe(frame, frame + COMES_BACK, level))
            free = frame + COMES_BACK
            continue
        level = max(min(level, goal), level - FASTEST * EPOCH)
        if now == SILENT:
            continue  # a voice that fell silent for sleep stays silent: a guess brings nothing back
        if silent[stage]:
            keyframes.append(Keyframe(frame, frame + TO_SILENCE, SILENT))
            free = frame + TO_SILENCE
        elif now - level > _WORTH_MOVING:
            keyframes.append(Keyframe(frame, frame + EPOCH, level))
    if wake:
        start = max(wake.at, free)
        keyframes.append(Keyframe(start, max(start + TO_SILENCE, wake.stop), _level(follow.get("wake"), 0.0)))
    return Curve(tuple(keyframes))


def gate(course: Course, plays: int, length: int, wake: Wake | None = None) -> Curve:
    """A gate over the whole mix, 0 dB or SILENT: closed in REM, whatever a score says, and from `plays`,
    where the night ends, to its wake window.

    REM that was known at lights-out is silent from its first frame to its last: the fade of a minute ends
    where REM begins (but for REM in the night's first minute, which is silent by the end of that minute). REM
    that is seen while the night goes on is silent a minute after it was seen, or 90 s where sound was just
    coming back; nothing before that frame depends on it. Either way sound comes back over a minute, once
    there has been no REM for five, unless REM is foreseen before it would have come and gone.
    """
    until = wake.at if wake else length
    keyframes = [Keyframe(0, 0, 0.0)]
    bouts = [bout for bout in course.bouts(Stage.REM) if bout.start < until]
    for bout, following in zip_longest(bouts, bouts[1:]):
        if keyframes[-1].value > SILENT:
            keyframes.append(_closing(bout, keyframes[-1].stop, bout.start < course.foreseen))
        opens = max(bout.stop + IS_OVER, keyframes[-1].stop)
        if following and following.start <= opens:
            continue
        if following and following.start < min(course.foreseen, opens + 2 * TO_SILENCE + STEP):
            continue
        if opens < min(plays, until):
            keyframes.append(Keyframe(opens, opens + TO_SILENCE, 0.0))
    if wake:
        keyframes = [k for k in keyframes if k.start < plays]
        if keyframes[-1].value > SILENT and plays < wake.at:
            start = max(plays - TO_SILENCE, keyframes[-1].stop)
            keyframes.append(Keyframe(start, start + TO_SILENCE, SILENT))
        if keyframes[-1].value == SILENT:
            start = max(wake.at, keyframes[-1].stop)
            keyframes.append(Keyframe(start, start + TO_SILENCE, 0.0))
    return Curve(tuple(keyframes))


def _closing(bout: Run, free: int, foreseen: bool) -> Keyframe:
    """The fade into silence for this bout of REM. `free` is where the fade before it ends."""
    if foreseen:
        # gains are exact at control points alone: the last of them before REM is silent already
        start = max(free, bout.start // STEP * STEP - TO_SILENCE)
        return Keyframe(start, start + TO_SILENCE, SILENT)
    start = max(free, bout.start)
    return Keyframe(start, min(start + TO_SILENCE, bout.start + IN_SILENCE), SILENT)


def darkening(course: Course, length: int, wake: Wake | None = None) -> Curve:
    """Automation of the mix's tilt: steps (drowsy, N1, N2, N3) of a decibel per octave each. It moves by no
    more than half a decibel per octave in a minute."""
    frames = _epochs(wake.at if wake else length)
    steps = [(THEN_DARKER, 0.0), *((AROUSED[state], float(step)) for step, state in enumerate(GENTLE))]
    goals = _between(course.arousal(frames), sorted(steps))
    keyframes = [Keyframe(0, 0, 0.0)]
    awake_again = _lying_awake(course, frames)
    for frame, goal, rises in zip(frames.tolist(), goals.tolist(), awake_again, strict=True):
        now = keyframes[-1].value
        if goal > now + _DARKER / 2:
            keyframes.append(Keyframe(frame, frame + EPOCH, now + _DARKER))
        elif rises and now > 2:
            keyframes.append(Keyframe(frame, frame + EPOCH, now - _DARKER))
    if wake:
        # half a decibel per octave in a minute, also in the morning
        lasts = max(wake.stop - wake.at, round(keyframes[-1].value / _DARKER * EPOCH))
        keyframes.append(Keyframe(wake.at, wake.at + lasts, 0.0))
    return Curve(tuple(keyframes))


def asleep_from(course: Course) -> int:
    """The frame at which sleep first comes."""
    return next((run.start for run in course.runs if run.stage.asleep), LONGEST)


def first_at(course: Course, length: int, leading: bool) -> Iterator[tuple[str, int]]:
    """The states that sleep comes to after lights-out, each with the frame at which it first does; with
    `leading`, the earlier frame at which fewer events happen for it."""
    frames = _epochs(length)
    arousal = course.arousal(frames)
    for state, begins in EVENTS_LEAD.items():
        there = frames[arousal <= (begins if leading else AROUSED[state] + NEAR)]
        if len(there):
            yield state, int(there[0])


def _lying_awake(course: Course, frames: NDArray[np.int64]) -> list[bool]:
    """Is the sleeper known to have been awake for three minutes and more, at each of these frames? What was
    sensed or pressed says so for as long as it is fresh; the run that says it may be a frame long, and
    lasts until the next."""
    spans: list[tuple[int, int]] = []
    nexts = [known.run.start for known in course.known[1:]]
    for known, after in zip(course.known, [*nexts, LONGEST], strict=True):
        if known.run.stage is not Stage.AWAKE or not known.evidence.real:
            continue
        start = known.run.start
        # what was scored all along is known for its run; what was seen once, for a while
        stop = known.run.stop if known.seen is None else min(after, known.seen + FRESH)
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        if stop > start:
            spans.append((start, stop))
    return [any(start + LIES_AWAKE <= frame < stop for start, stop in spans) for frame in frames.tolist()]


def _epochs(length: int) -> NDArray[np.int64]:
    return np.arange(0, length, EPOCH, dtype=np.int64)


def _between(arousal: NDArray[np.float64], points: list[tuple[float, float]]) -> NDArray[np.float64]:
    return np.interp(arousal, [x for x, _ in points], [value for _, value in points])


def _level(change: Change | None, usual: float) -> float:
    level = (change or {}).get("level", usual)
    return float(level) if isinstance(level, int | float) else usual
