"""A recording as mono at 24 kHz without rumble and hum: any length of it in the same small memory.

Samples are filtered by Fourier transforms of some five seconds, each overlapping the one before
(overlap-save). The filter has no phase: nothing is delayed, nothing is smeared to one side.
"""

from __future__ import annotations

import itertools
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot, WrittenWrongly
from lullaby.evening.recorded.mixing_down import STRAIGHT, Mix
from lullaby.narrator.speech import SPEECH_RATE
from lullaby.narrator.treatment import k_weights
from lullaby.score.attached_files import AttachedFile, content
from lullaby.score.plain_text import plain
from lullaby.time import LONGEST, RATE
from lullaby.voices.clips.decoding import Samples, opened, pieces

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

EVERY = RATE // SPEECH_RATE
"""Frames to a sample of speech."""
_SIZE = 1 << 18
"""Frames of a transform."""
_REACH = 24_032
"""Frames by which the filter reaches to either side: half a second, to tell 50 Hz from 54."""
_HOP = _SIZE - 2 * _REACH
_LOWEST, _LOW = 50.0, 85.0
"""Hz: nothing below the first, everything above the second."""
_HIGH, _HIGHEST = 10_800.0, 11_900.0
"""The same above, for half the sample rate."""
_NARROW, _WIDE = 1.0, 4.0
"""Hz to either side of a hum: taken out up to the first, left alone from the second on."""


class _Changed(CouldNot):
    """The error where somebody writes to the file meanwhile."""


@dataclass(frozen=True)
class Recording:
    """A file that somebody recorded, and how its channels become one."""

    file: AttachedFile
    mix: Mix = STRAIGHT

    @property
    def where(self) -> str:
        return plain(str(self.file.path))

    def wrong(self, what: str, hint: str = "") -> WrittenWrongly:
        return WrittenWrongly(self.where, what, hint)

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """The container, of the file that was found and no other, even if it is written to just now."""
        path = self.file.path
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting for ever
                raise self.wrong("this is not an ordinary file.")
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                if content(path, before.st_size, before.st_mtime_ns, before.st_ino) != self.file.sha256:
                    raise self._changed()
                with opened(file) as container:
                    yield container
                after = os.fstat(file.fileno())
        except OSError as error:
            said = (error.strerror or "no reason given").lower()
            raise self.wrong(f"this cannot be read ({plain(said)}).") from None
        except _Changed:
            raise
        except CouldNot as error:
            raise self.wrong(f"it {error}") from None
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise self._changed()

    def _changed(self) -> CouldNot:
        return _Changed(f"{self.where}: this was changed while it was read. Try again when it is finished.")

    def frames(self, most: int = LONGEST) -> Iterator[Samples]:
        """Pieces of it at 48 kHz, as many channels as it has; not more than so many frames."""
        with self.opened() as container:
            done = 0
            for piece in pieces(container):
                yield piece[: most - done]
                done += len(piece)
                if done >= most:
                    return

    def heard(self, *shapes: Floats) -> Iterator[tuple[Floats, ...]]:
        """All of it as mono at 24 kHz, piece by piece, once through each of these filters."""
        return _filtered(self._mono(), shapes)

    def _mono(self) -> Iterator[Floats]:
        done = 0
        for piece in self.frames(LONGEST + RATE):
            done += len(piece)
            if done > LONGEST:
                raise self.wrong("it is longer than 24 hours.", "Cut it into several, and tell one a night.")
            yield self.mix.mono(piece)


def filter_shape(hums: Sequence[float] = (), *, weighted: bool = False) -> Floats:
    """The gain at each frequency of a transform: no rumble, none of these hums; with `weighted` as loud as
    the ear takes it (BS.1770's K weighting)."""
    hz: Doubles = np.arange(_SIZE // 2 + 1, dtype=np.float64) * (RATE / _SIZE)
    gain = _rise(hz, _LOWEST, _LOW) * (1 - _rise(hz, _HIGH, _HIGHEST))
    for hum in hums:
        gain = gain * _rise(np.asarray(np.abs(hz - hum)), _NARROW, _WIDE)
    if weighted:
        half = k_weights(_SIZE // EVERY)
        gain[: len(half)] *= half
    # as long as the overlap allows, under a bell: what rings longer would come round to the other end
    wave = np.fft.irfft(gain)
    bell = np.zeros(_SIZE)
    bell[: _REACH + 1] = 0.5 + 0.5 * np.cos(np.pi * np.arange(_REACH + 1) / (_REACH + 1))
    bell[-_REACH:] = bell[1 : _REACH + 1][::-1]
    return np.fft.rfft(wave * bell).real[: _SIZE // 2 // EVERY + 1].astype(np.float32)


def _rise(hz: Doubles, least: float, most: float) -> Doubles:
    along = np.clip((hz - least) / (most - least), 0.0, 1.0)
    return np.asarray(along * along * (3 - 2 * along))


def _filtered(sound: Iterator[Floats], shapes: Sequence[Floats]) -> Iterator[tuple[Floats, ...]]:
    held, filled = np.zeros(_SIZE, np.float32), _REACH
    came = gone = 0
    for piece in itertools.chain(sound, [None]):
        ended = piece is None
        rest = np.zeros(_SIZE, np.float32) if piece is None else piece
        came += 0 if ended else len(rest)
        while len(rest):
            taken = min(len(rest), _SIZE - filled)
            held[filled : filled + taken] = rest[:taken]
            filled, rest = filled + taken, rest[taken:]
            if filled < _SIZE:
                break
            wanted = min(_HOP, came - gone)
            if wanted <= 0:
                return
            yield tuple(made[: -(-wanted // EVERY)] for made in _once(held, shapes))
            gone += wanted
            held[: 2 * _REACH] = held[_HOP:]
            filled = 2 * _REACH
            if ended:
                rest = np.zeros(_SIZE, np.float32)


def _once(held: Floats, shapes: Sequence[Floats]) -> Iterator[Floats]:
    """What lies in the middle of these frames, filtered; every second sample of it."""
    spectrum = np.fft.rfft(held)[: len(shapes[0])]
    for shape in shapes:
        made = np.fft.irfft(spectrum * shape, _SIZE // EVERY)
        yield (made[_REACH // EVERY : -(_REACH // EVERY)] / EVERY).astype(np.float32)
