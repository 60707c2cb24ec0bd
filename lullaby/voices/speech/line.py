"""A line: one sentence of a story at its place in the night, as a file on the shelf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

RATIO = 2
"""Frames for each sample of speech, which is shelved at 24 kHz."""

FADE = 12_000
"""Samples of the fade where a line is cut short: half a second."""

Row: TypeAlias = tuple[int, int, str, str, float, int]
"""A line as plain data."""


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    """The frame at which it begins."""
    samples: int
    """Samples that are heard of it. Where that is not all of it, it fades out at the end."""
    name: str
    """Its name on the shelf."""
    digest: str
    """Of its samples: what stands on the shelf under that name must be these."""
    gain_db: float = 0.0
    whole: int = 0
    """Samples that it has; 0: as many as are heard."""

    @property
    def stop(self) -> int:
        return self.start + RATIO * self.samples

    @property
    def is_cut(self) -> bool:
        return self.samples < self.whole

    def put_off(self, frames: int) -> Line:
        return replace(self, start=self.start + frames)

    def cut_at(self, frame: int) -> Line:
        """The line, faded out so that it is silent by this frame; all of it where it ends before."""
        whole = max(self.whole, self.samples)
        return replace(self, samples=max(0, min(whole, (frame - self.start) // RATIO)), whole=whole)

    @property
    def row(self) -> Row:
        return self.start, self.samples, self.name, self.digest, self.gain_db, self.whole
