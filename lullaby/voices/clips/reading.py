"""Listeners' own recordings, read once: decoded, trimmed, and brought to unity loudness.

The last ones that were read are cached for as long as the process lives.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.kernels import exact
from lullaby.kernels.levels import loudness_of
from lullaby.score.attached_files import AttachedFile, content
from lullaby.score.checks import Unfit
from lullaby.score.plain_text import plain
from lullaby.time import RATE
from lullaby.voices.clips.decoding import Samples, opened, pieces
from lullaby.voices.clips.measures import FAINT, Measures, measured
from lullaby.voices.clips.trimming import trimmed
from lullaby.voices.core.unity import LUFS

LONGEST = 600
"""Seconds of a recording that are used, at the most. As stereo they are 115 MB, shared by all threads of
a process; reading them took 116 MB at the most (measured on Linux by `tests/test_clips.py`)."""
SHORTEST = 0.25
"""Seconds; what is shorter is a click."""
KEPT = 4
"""Recordings in the cache. With more in one night, each is read again for every page."""
_PEAK = 0.4
"""A recording's peak at unity, at the most: with overlapping grains it stays under -7.5 dBTP."""
_SOFTER = 0.5
"""The least gain against -27 LUFS: to keep that peak a recording may be 6 dB softer, and no more."""


@dataclass(frozen=True)
class Recording:
    """The used part of a file: trimmed, 48 kHz, one or two channels, with its DC offsets, and the gains that
    bring it to -27 LUFS."""

    sound: Samples
    means: NDArray[np.float32]
    gains: NDArray[np.float32]
    """One a channel; negative where its polarity is to be inverted."""

    @property
    def length(self) -> int:
        return len(self.sound)

    @property
    def is_mono(self) -> bool:
        return len(self.means) == 1


def opens(path: Path) -> None:
    """An Unfit where this file has no sound that can be decoded; it is not read through."""
    try:
        with path.open("rb") as file, opened(file) as container:
            next(pieces(container))
    except StopIteration:
        raise Unfit("has no sound in it.") from None
    except CouldNot as error:
        raise Unfit(str(error)) from None
    except OSError as error:
        raise Unfit(f"cannot be read ({plain((error.strerror or 'no reason given').lower())}).") from None


def seconds(path: Path) -> float:
    """The length that the file gives for itself; 0 where it gives none."""
    try:
        with path.open("rb") as file, opened(file) as container:
            return float(container.duration or 0) / 1_000_000
    except (CouldNot, OSError):
        return 0.0


_reading = threading.Lock()


def recording(address: str, start: float, stop: float) -> Recording:
    """The recording a plan tells of, from `start` to `stop` seconds (0: as far as is used)."""
    with _reading:
        return _recording(address, start, stop)


@lru_cache(maxsize=KEPT)
def _recording(address: str, start: float, stop: float) -> Recording:
    attached = AttachedFile.from_address(address)
    try:
        sound = _read(attached, start, stop)
        measures = measured(sound)
        if measures.peak > FAINT:
            sound = trimmed(sound, measures)
            measures = measured(sound)
    except OSError:
        raise CouldNot(
            f"{_where(attached)}: the night needs this recording, and here it cannot be read."
        ) from None
    except CouldNot as error:
        raise CouldNot(f"{_where(attached)} {error}") from None
    part = f"from {start:g} s {f'to {stop:g} s' if stop else 'on'}"
    if measures.peak <= FAINT:
        raise CouldNot(
            f"{_where(attached)}: nothing in it is loud enough to be heard, {part}. Choose another part."
        )
    if len(sound) < SHORTEST * RATE:
        raise CouldNot(
            f"{_where(attached)}: only {len(sound) / RATE:.2g} s of sound are in it, {part}, and "
            f"{SHORTEST:g} s is the least. Choose a longer part."
        )
    return _levelled(_shrunk(sound), measures)


def _where(attached: AttachedFile) -> str:
    return plain(str(attached.path))


def _read(attached: AttachedFile, start: float, stop: float) -> Samples:
    """The file of the plan and no other, even if it is written to just now."""
    if not stat.S_ISREG(attached.path.stat().st_mode):  # a pipe would keep us waiting for ever
        raise OSError
    with attached.path.open("rb") as file:
        before = os.fstat(file.fileno())
        if content(attached.path, before.st_size, before.st_mtime_ns, before.st_ino) != attached.sha256:
            raise CouldNot("was changed: the night was made with another recording.")
        with opened(file) as container:
            sound = _gathered(container, round(start * RATE), round((stop or start + LONGEST) * RATE))
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise CouldNot("was changed while it was read. Try again when it is finished.")
    return sound


def _gathered(container: Any, first: int, last: int) -> Samples:
    """The frames from first to last, ten minutes at the most. The array is allocated for all of it (its
    memory is taken only as it is filled); a list of pieces would have to be copied."""
    most = max(0, min(last - first, LONGEST * RATE))
    sound, position, filled = np.zeros((0, 1), np.int16), 0, 0
    for piece in pieces(container):
        kept = piece[max(0, first - position) :][: most - filled]
        position += len(piece)
        if len(kept):
            if not filled:
                sound = np.empty((most, piece.shape[1]), np.int16)
            sound[filled : filled + len(kept)] = kept
            filled += len(kept)
        if filled == most:
            break
    return sound[:filled]


def _shrunk(sound: Samples) -> Samples:
    """A copy, where most of the allocated array is not used."""
    allocated = sound.base if sound.base is not None else sound
    return sound.copy() if 2 * sound.size < allocated.size else sound


def _levelled(sound: Samples, measures: Measures) -> Recording:
    means = np.array(measures.means, np.float32)
    loud = loudness_of(_blocks(sound, means, 0.25 / measures.peak))
    to_unity = float(exact.gain(round(LUFS - loud, 2))) * 0.25 if np.isfinite(loud) else _PEAK
    gain = max(min(to_unity, _PEAK), to_unity * _SOFTER)
    return Recording(sound, means, np.array(measures.signs, np.float32) * np.float32(gain / measures.peak))


def _blocks(sound: Samples, means: NDArray[np.float32], gain: float) -> Iterator[NDArray[np.float32]]:
    """All of it as two channels; what is shorter than three seconds again and again."""
    for _ in range(max(1, -(-3 * RATE // len(sound)))):
        for position in range(0, len(sound), RATE):
            piece = (sound[position : position + RATE] - means) * np.float32(gain)
            yield np.ascontiguousarray(np.broadcast_to(piece.T, (2, len(piece))), np.float32)
