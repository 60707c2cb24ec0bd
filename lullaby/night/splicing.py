"""A plan that grows: one plan up to a frame, and another after it.

The first is what has been heard already, so whatever the second says of that time is not asked. A glide that
is under way at the frame goes on to its end.

    the first    ────┐
                     └── frame ─┐  a catch-up glide, where the two do not agree
    the second                  └──────────
"""

from __future__ import annotations

from dataclasses import replace

from lullaby.night.following import COMES_BACK, FASTEST, TO_SILENCE
from lullaby.night.guard import FREE, Guard
from lullaby.night.narration import TURNS
from lullaby.night.plan import Plan
from lullaby.night.track import STILL, Track
from lullaby.score import SILENT, Curve, Keyframe


def spliced(first: Plan, second: Plan, frame: int) -> Plan:
    """The first plan up to this frame, and the second after it. Both have the same voices."""
    if [track.name for track in first.tracks] != [track.name for track in second.tracks]:
        raise ValueError("a plan grows in time; its voices stay")
    darkening = None
    if first.darkening or second.darkening:
        darkening = spliced_curve(first.darkening or STILL, second.darkening or STILL, frame)
    fading = frame > first.length - first.fade_out
    ending = first if fading else second  # a fade that is heard already goes on to its end
    return replace(
        second,
        length=first.length if fading else max(second.length, frame + second.fade_out),
        fade_out=ending.fade_out,
        tracks=tuple(_track(a, b, frame) for a, b in zip(first.tracks, second.tracks, strict=True)),
        gate=spliced_curve(first.gate, second.gate, frame),
        dip=spliced_curve(first.dip, second.dip, frame, TURNS),
        darkening=darkening,
        guard=_guard(first.guard, second.guard, frame),
    )


def _track(first: Track, second: Track, frame: int) -> Track:
    curves = {
        name: tuple(
            spliced_curve(a, b, frame) for a, b in zip(ends, second.controls.curves[name], strict=True)
        )
        for name, ends in first.controls.curves.items()
    }
    asleep = first.controls.asleep if first.controls.asleep <= frame else max(frame, second.controls.asleep)
    return replace(
        second,
        controls=replace(second.controls, curves=curves, asleep=asleep),
        recede=spliced_curve(first.recede, second.recede, frame),
        fader=spliced_curve(first.fader, second.fader, frame),
        duck=spliced_curve(first.duck, second.duck, frame, TURNS),
    )


def spliced_curve(first: Curve, second: Curve, frame: int, frames: int | None = None) -> Curve:
    """The first curve up to this frame, and the second after it. `frames`: how long a glide from one to the
    other takes, where that is known: what makes room for a story is not to be late for it."""
    if first == second:
        return second
    before = [k for i, k in enumerate(first.keyframes) if k.start < frame or i == 0]
    already = [k for i, k in enumerate(second.keyframes) if k.start < frame or i == 0]
    later = [k for k in second.keyframes[len(already) :] if k.start >= frame]
    if already[-1].value != before[-1].value:
        start = max(frame, before[-1].stop)
        takes = frames or _catching_up(before[-1].value, already[-1].value)
        later.insert(0, Keyframe(start, start + takes, already[-1].value))
    for keyframe in later:
        start = max(keyframe.start, before[-1].stop)
        before.append(Keyframe(start, start + keyframe.stop - keyframe.start, keyframe.value))
    return Curve(tuple(before))


def _catching_up(left: float, reached: float) -> int:
    """Frames of a glide from one value to another: no level falls faster than any other falls, and what
    comes back takes its time."""
    if SILENT in (left, reached):
        return TO_SILENCE
    return max(TO_SILENCE, round((left - reached) / FASTEST)) if reached < left else COMES_BACK


def _guard(first: Guard, second: Guard, frame: int) -> Guard:
    if not first.rises:  # its highest level held nowhere
        return Guard(_rises(first, second, frame), second.highest)
    return Guard(_rises(first, second, frame), spliced_curve(first.highest, second.highest, frame))


def _rises(first: Guard, second: Guard, frame: int) -> tuple[tuple[int, float], ...]:
    before = [(start, rise) for start, rise in first.rises if start < frame]
    later = [(start, rise) for start, rise in second.rises if start >= frame]
    now = next((rise for start, rise in reversed(second.rises) if start <= frame), FREE)
    if now != (before[-1][1] if before else FREE) and not (later and later[0][0] == frame):
        later.insert(0, (frame, now))
    return (*before, *later)
