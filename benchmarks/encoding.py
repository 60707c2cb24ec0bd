"""What the settings of an encoder cost, and what they leave of a night: each is decoded by the `ffmpeg`
program and compared with the original.

    distance    decibels between the levels of a third of an octave before and after, in windows of 43 ms
    short       the same in windows of 5 ms: what a crackle smeared over time shows
    noise       decibels of the difference against the sound, in those thirds, windows of 43 ms

Each is told of the night for which it is worst.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

import lullaby
from lullaby.export.formats import ENDINGS, Format
from lullaby.time import RATE, Span

Sound = NDArray[np.float32]

NIGHTS = ("harbour-rain", "hearth-and-snow", "piano-in-the-rain", "old-songs")
FIRST_MINUTE = 8
LONG, SHORT = 2_048, 256
"""Frames of a window."""
EDGES = 50 * 2 ** (np.arange(0, 26) / 3)
FLOOR = 1e-9
"""Of the loudest third: what is quieter is not compared (-90 dB)."""

SETTINGS: dict[str, tuple[dict[str, str], ...]] = {
    ".mp3": tuple(
        {"compression_level": level, "joint_stereo": joint}
        for level in ("2", "5", "7", "9")
        for joint in "10"
    ),
    ".opus": tuple({"compression_level": level} for level in "01246"),
    ".m4b": (
        {"aac_coder": "fast", "aac_tns": "0"},
        {"aac_coder": "fast", "aac_tns": "0", "aac_pns": "0"},
        {"aac_coder": "fast", "aac_tns": "0", "aac_is": "0", "aac_pns": "0"},
        {"aac_coder": "fast", "aac_tns": "0", "aac_ms": "0", "aac_is": "0", "aac_pns": "0"},
        {"aac_coder": "fast", "aac_tns": "1"},
        {"aac_coder": "twoloop", "aac_tns": "0"},
    ),
}
"""What is tried beside the settings of the format."""
SUFFIXES = {".opus": ".ogg", ".m4b": ".mp4"}
"""Endings by which libav knows the containers."""


@dataclass(frozen=True)
class Setting:
    ending: str
    options: str
    ours: bool
    """Is it what nights are kept with?"""
    cpu_s: float
    """Of a minute."""
    kilobits: float
    distance: float
    short: float
    noise: float


def encoding(minutes: float = 1.0, endings: tuple[str, ...] = tuple(SETTINGS)) -> list[Setting]:
    sounds = [_sound(name, minutes) for name in NIGHTS]
    with tempfile.TemporaryDirectory() as folder:
        return [row for ending in endings for row in _rows(ending, sounds, Path(folder))]


def _sound(name: str, minutes: float) -> Sound:
    night = lullaby.load(name, sleeper="none", stories=False)
    start = FIRST_MINUTE * 60 * RATE
    return night.render(Span(start, start + round(minutes * 60 * RATE)))


def _rows(ending: str, sounds: list[Sound], folder: Path) -> Iterator[Setting]:
    format = ENDINGS[ending]
    for tried in SETTINGS[ending]:
        options = dict(format.options) | tried
        cost, kilobits, figures = [], [], []
        for sound in sounds:
            path = (
                folder
                / f"it{'.ogg' if format.codec == 'libopus' else '.mp4' if ending == '.m4b' else ending}"
            )
            cost.append(_encoded(format, options, sound, path) / len(sound) * RATE * 60)
            kilobits.append(path.stat().st_size * 8 / 1000 / len(sound) * RATE)
            figures.append(compared(sound, decoded(path)))
        worst = np.max(figures, axis=0)
        yield Setting(
            ending,
            " ".join(f"{name}={value}" for name, value in tried.items()),
            options == dict(format.options),
            median(cost),
            median(kilobits),
            *(round(float(figure), 3) for figure in worst),
        )


def _encoded(format: Format, options: dict[str, str], sound: Sound, path: Path) -> float:
    """Writes the sound; seconds of CPU that the encoder took."""
    import av

    planar = format.sample(16).endswith("p")
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(format.codec, rate=RATE)
        codec = stream.codec_context
        codec.layout, codec.format, codec.bit_rate = "stereo", format.sample(16), format.stereo_bit_rate
        codec.time_base, codec.options = Fraction(1, RATE), options
        taken = 0.0
        for start in range(0, len(sound), 5 * RATE):
            piece = sound[start : start + 5 * RATE]
            packed = np.ascontiguousarray(piece.T) if planar else piece.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format=format.sample(16), layout="stereo")
            frame.sample_rate, frame.pts = RATE, start
            before = thread_time()
            packets = stream.encode(frame)
            taken += thread_time() - before
            file.mux(packets)
        file.mux(stream.encode(None))
    return taken


def decoded(path: Path) -> Sound:
    """By the program, which is none of ours."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "2", "-ar", str(RATE), "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.float32).reshape(-1, 2)


def compared(before: Sound, after: Sound) -> tuple[float, float, float]:
    """Distance, distance in short windows, noise."""
    after = _moved(after, _late(before, after))
    count = min(len(before), len(after)) - RATE // 10
    before, after = before[:count], after[:count]
    distances = []
    for size in (LONG, SHORT):
        old, new = _thirds(before, size), _thirds(after, size)
        least = old.max() * FLOOR
        apart = 10 * np.log10((new + least) / (old + least))
        distances.append(float(np.sqrt(np.mean(apart[old > 100 * least] ** 2))))
    old, left = _thirds(before, LONG), _thirds(after - before, LONG)
    least = old.max() * FLOOR
    noise = 10 * np.log10((left + least) / (old + least))
    return distances[0], distances[1], float(noise[old > 100 * least].mean())


def _late(before: Sound, after: Sound) -> int:
    """Frames by which what was decoded comes late."""
    size, part = 1 << 17, slice(RATE, 2 * RATE)
    one, other = (np.fft.rfft(sound[part, 0], size) for sound in (before, after))
    found = int(np.argmax(np.fft.irfft(other * np.conj(one), size)))
    return found if found < size // 2 else found - size


def _moved(sound: Sound, late: int) -> Sound:
    return sound[late:] if late >= 0 else np.concatenate([np.zeros((-late, 2), np.float32), sound])


def _thirds(sound: Sound, size: int) -> NDArray[np.float64]:
    """Power by channel, third of an octave and window; thirds that no window of this size can tell apart are
    left out."""
    window = np.hanning(size)
    hz = np.fft.rfftfreq(size, 1 / RATE)
    bands = [inside for a, b in pairwise(EDGES) if (inside := (hz >= a) & (hz < b)).any()]
    rows = []
    for channel in sound[: len(sound) // size * size].T:
        power = np.abs(np.fft.rfft(channel.reshape(-1, size) * window, axis=1)) ** 2
        rows.append([power[:, inside].sum(axis=1) for inside in bands])
    return np.array(rows)


def table(rows: list[Setting]) -> str:
    lines = [f"{'':7}{'':46}{'s a minute':>11}{'kb/s':>6}{'distance':>10}{'short':>7}{'noise':>7}"]
    for row in rows:
        mark = "  ← ours" if row.ours else ""
        lines.append(
            f"{row.ending:7}{row.options:46}{row.cpu_s:11.2f}{row.kilobits:6.0f}"
            f"{row.distance:10.2f}{row.short:7.2f}{row.noise:7.1f}{mark}"
        )
    return "\n".join(lines)
