"""The interface of a voice: a pure function from a span of the night to sound, yielded in blocks of a
second."""

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
        """Seconds that a render must begin early, until its filters' start from rest is inaudible; 0 for what
        is a closed form of time."""
        ...

    def render(self, key: Key, span: Span, controls: Controls) -> Iterator[Sound]:
        """The voice's sound over the span, from rest at its start, a block at a time and at unity loudness.

        A yielded block may be used until the next one is asked for; what a block needs of the one
        before lives in the call and dies with it.
        """
        ...


@runtime_checkable
class Striking(Protocol):
    """A voice whose sounds begin at onsets that can be listed: bells, thunder, birds."""

    def onsets(self, key: Key, span: Span, controls: Controls) -> Frames:
        """The frames of its onsets in this span, in order; the same that `render` sounds."""
        ...
