"""Automation: how one setting moves through a night, as keyframes with glides between them.

A curve is a row of keyframes. From `start` to `stop` of a keyframe the value glides to `value`, and
stays there until the next one begins. Levels glide in dB; from and to "silent" they follow a raised
cosine in amplitude, so that a voice comes and goes without a corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lullaby.score.settings import SILENT


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A point of an automation curve: the value begins to move at `start` and is `value` by `stop`. Frames
    since lights-out."""

    start: int
    stop: int
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One automated number through the night: its value at any frame, without asking the frames before it."""

    keyframes: tuple[Keyframe, ...]

    @classmethod
    def steady(cls, value: float) -> Curve:
        return cls((Keyframe(0, 0, value),))

    @property
    def is_steady(self) -> bool:
        return all(k.value == self.keyframes[0].value for k in self.keyframes)

    def then(self, start: int, stop: int, value: float) -> Curve:
        """The curve with one more glide, which begins at `start` and reaches `value` at `stop`."""
        return Curve((*self.keyframes, Keyframe(start, stop, value)))

    def segment(self, frame: int) -> tuple[Keyframe, Keyframe]:
        """The keyframe being left and the one being reached at this frame (the same twice: at rest)."""
        reached = self.keyframes[0]
        for keyframe in self.keyframes[1:]:
            if frame < keyframe.start:
                break
            if frame < keyframe.stop:
                return reached, keyframe
            reached = keyframe
        return reached, reached

    def rests_over(self, start: int, stop: int) -> bool:
        """Is it one value from `start` to `stop`, the end included?"""
        # asked of every curve every second: one loop over what is looked at in `segment`, and after it
        begun = True
        for keyframe in self.keyframes[1:]:
            if start < keyframe.start:
                begun = False
                if keyframe.start <= stop:
                    return False
            elif begun and start < keyframe.stop:
                return False
        return not start < self.keyframes[0].start <= stop

    def value_at(self, frame: int, by_ratio: bool = False) -> float:
        """The value at one frame. Between silence and sound it is the nearer of the two ends."""
        left, right = self.segment(frame)
        if left is right or left.value == right.value:
            return right.value
        along = (frame - right.start) / (right.stop - right.start)
        if SILENT in (left.value, right.value):
            return left.value if along < 0.5 else right.value
        if by_ratio and left.value > 0 and right.value > 0:
            return float(left.value * (right.value / left.value) ** along)
        return float(left.value + (right.value - left.value) * along)


def first_sound(levels: Sequence[Curve]) -> int | None:
    """The first frame at which any of these levels is, or begins to become, something."""
    starts = [k.start for level in levels for k in level.keyframes if k.value > SILENT]
    return min(starts, default=None)
