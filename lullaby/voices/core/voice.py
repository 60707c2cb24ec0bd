"""What every voice is: a pure function from a span to sound, given in blocks of a second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from lullaby.chance import Key
from lullaby.time import Span
from lullaby.voices.core.controls import Controls, Frames

Sound: TypeAlias = NDArray[np.float32]
"""Planar stereo: float32[2, frames]."""


class Voice(Protocol):
    """A frozen dataclass without state between calls: nothing is started, nothing is remembered."""

    @property
    def memory(self) -> float:
        """Seconds of its own past a span must begin early by, so that starting from rest is not heard.
        0 for what is a closed form of time."""
        ...

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        """This voice over the span, from rest at its start, a block at a time and at unity loudness.

        A yielded block may be used until the next one is asked for; what a block needs of the one
        before lives in the call and dies with it.
        """
        ...


@runtime_checkable
class Striking(Protocol):
    """What a voice may be besides: struck now and then, at moments that can be named."""

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        """The frames at which it is struck in this span, in order; the same that `render` sounds."""
        ...
