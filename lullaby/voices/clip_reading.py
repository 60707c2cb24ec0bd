"""The door for what listeners bring: PyAV decodes it, pydub finds the silence at its ends.

Nothing but the file itself is opened, whatever it says: a playlist or a list of parts that points
elsewhere is refused. What was read stays at hand for as long as the process lives, by content.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.kernels import exact
from lullaby.kernels.loudness import loudness_of
from lullaby.score.brought import Brought, content
from lullaby.score.checks import Unfit
from lullaby.score.plain import plain
from lullaby.time import RATE
from lullaby.voices.loudness import LUFS

Samples: TypeAlias = NDArray[np.int16]

LONGEST = 600
"""Seconds of a recording that are used, at the most: 115 MB of memory."""
SHORTEST = 0.25
"""Seconds; what is shorter is a click."""
_SILENCE = 36.0
"""dB under the whole recording: what is softer, at its ends, is not part of it."""
_PEAK = 0.4
"""A recording's highest sample, at unity: grains are laid over each other, and -7.5 dBTP holds."""
_SOFTER = 0.5
"""Where its peaks ask for it, a recording may be this much (6 dB) softer than -27 LUFS."""

# formats that hold sound and cannot point to other files
_FORMATS = (
    "mp3,wav,w64,rf64,flac,ogg,mov,mp4,m4a,3gp,3g2,mj2,aac,aiff,caf,matroska,webm,asf,avi,amr,ac3,eac3,au,ape,wv,tta,"
    "mpc,mpc8,tak,dsf,flv,mpeg,mpegts"
)


@dataclass(frozen=True)
class Recording:
    """What is used of a file: trimmed, 48 kHz, one or two channels, and the gain that makes it -27 LUFS."""

    sound: Samples
    means: NDArray[np.float32]
    gain: np.float32


def opens(path: Path) -> None:
    """An Unfit where this file has no sound that can be decoded; it is not read through."""
    try:
        with path.open("rb") as file, _opened(file) as container:
            next(_frames(container))
    except StopIteration:
        raise Unfit("has no sound in it.") from None
    except CouldNot as error:
        raise Unfit(str(error)) from None
    except OSError as error:
        raise Unfit(f"cannot be read ({plain((error.strerror or 'no reason given').lower())}).") from None


def seconds(path: Path) -> float:
    """How long it says it is; 0 where it does not say."""
    with path.open("rb") as file, _opened(file) as container:
        return float(container.duration or 0) / 1_000_000


_reading = threading.Lock()


def recording(told: str, start: float, stop: float) -> Recording:
    """The recording a plan tells of, from `start` to `stop` seconds (0: as far as is used)."""
    with _reading:
        return _recording(told, start, stop)


@lru_cache(maxsize=4)
def _recording(told: str, start: float, stop: float) -> Recording:
    one = Brought.of(told)
    where = plain(str(one.path))
    try:
        facts = one.path.stat()
        if content(one.path, facts.st_size, facts.st_mtime_ns, facts.st_ino) != one.sha256:
            raise CouldNot(f"{where}: the night was made with another recording; this one was changed.")
        with one.path.open("rb") as file, _opened(file) as container:
            sound = _decoded(container, start, min(stop or np.inf, start + LONGEST))
    except OSError:
        raise CouldNot(f"{where}: the night needs this recording, and here it cannot be read.") from None
    except CouldNot as error:
        raise error if str(error).startswith(where) else CouldNot(f"{where} {error}") from None
    sound = trimmed(sound) if sound.size else sound
    if sound.shape[1] < SHORTEST * RATE:
        raise CouldNot(f"{where}: there is too little to be heard in it, from {start:g} s on.")
    return _made(sound)


def _made(sound: Samples) -> Recording:
    # whole numbers add up to the same in any order
    means = (sound.sum(axis=1, dtype=np.int64) / sound.shape[1]).astype(np.float32)
    peak = float(np.abs(sound.astype(np.int32) - np.rint(means).astype(np.int32)[:, None]).max())
    loud = loudness_of(_blocks(sound, means, 0.25 / peak))
    to_unity = float(exact.gain(round(LUFS - loud, 2))) * 0.25 if np.isfinite(loud) else _PEAK
    held = max(min(to_unity, _PEAK), to_unity * _SOFTER)
    return Recording(sound, means, np.float32(held / peak))


def _blocks(sound: Samples, means: NDArray[np.float32], gain: float) -> Iterator[NDArray[np.float32]]:
    """All of it as two channels; what is shorter than three seconds again and again."""
    for _ in range(max(1, -(-3 * RATE // sound.shape[1]))):
        for at in range(0, sound.shape[1], RATE):
            piece = (sound[:, at : at + RATE] - means[:, None]) * np.float32(gain)
            yield np.ascontiguousarray(piece if len(piece) == 2 else np.repeat(piece, 2, axis=0), np.float32)


def trimmed(sound: Samples) -> Samples:
    """Without the silence at its ends; nothing at all where it is silent throughout."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for an ffmpeg of its own, which we do not need
        try:
            from pydub import AudioSegment
            from pydub.silence import detect_leading_silence
        except ImportError as error:  # Python 3.13 left audioop out
            raise CouldNot(f"trimming a recording needs pydub and audioop-lts ({error}).") from None
    whole = AudioSegment(
        data=np.ascontiguousarray(sound.T).tobytes(), sample_width=2, frame_rate=RATE, channels=len(sound)
    )
    if not np.isfinite(whole.dBFS):
        return sound[:, :0]
    threshold = whole.dBFS - _SILENCE
    first = detect_leading_silence(whole, threshold)
    last = detect_leading_silence(whole.reverse(), threshold)
    kept = whole[first : len(whole) - last]
    return np.ascontiguousarray(np.frombuffer(kept.raw_data, np.int16).reshape(-1, len(sound)).T)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Any]:
    """A container of sound; a CouldNot, which goes on after the file's name, where it is none."""
    import av

    def nothing_else(*asked: object) -> None:
        raise PermissionError("a recording opens no other file")

    try:
        container = av.open(
            file, options={"format_whitelist": _FORMATS, "protocol_whitelist": "none"}, io_open=nothing_else
        )
    except Exception:  # of whatever kind: what is in the file is a stranger's
        raise CouldNot("is not a sound that can be decoded.") from None
    with container:
        if not container.streams.audio:
            raise CouldNot("has no sound in it.")
        yield container


def _frames(container: Any) -> Iterator[Samples]:
    """Pieces [channels, frames] at 48 kHz. A file that was cut off ends where it was cut."""
    import av

    stream = container.streams.audio[0]
    layout = "mono" if stream.channels == 1 else "stereo"
    resampler = av.AudioResampler(format="s16p", layout=layout, rate=RATE)
    heard = False
    try:
        for frame in container.decode(stream):
            for piece in resampler.resample(frame):
                heard = True
                yield np.asarray(piece.to_ndarray(), np.int16)
        for piece in resampler.resample(None):
            yield np.asarray(piece.to_ndarray(), np.int16)
    except (GeneratorExit, CouldNot):
        raise
    except Exception:
        if not heard:
            raise CouldNot("is not a sound that can be decoded.") from None


def _decoded(container: Any, start: float, stop: float) -> Samples:
    first, last, at = round(start * RATE), round(stop * RATE), 0
    pieces = []
    for piece in _frames(container):
        kept = piece[:, max(0, first - at) : max(0, last - at)]
        if kept.shape[1]:
            pieces.append(kept.copy())
        at += piece.shape[1]
        if at >= last:
            break
    return np.concatenate(pieces, axis=1) if pieces else np.zeros((1, 0), np.int16)
