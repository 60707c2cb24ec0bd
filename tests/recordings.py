"""Recordings for tests: somebody who speaks in phrases, in a room with its noise, through what microphone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from lullaby.time import RATE

Floats = NDArray[np.float64]

PHRASES = ((4.0, 0.6), (3.0, 1.0), (6.0, 2.0), (5.0, 0.45), (2.0, 3.2), (7.0, 1.4), (3.5, 0.0))
"""Seconds of each phrase, and of the pause after it."""


@lru_cache(maxsize=32)
def voice(seconds: float, number: int = 0) -> Floats:
    """Something like a voice: harmonics of a pitch that moves, four syllables a second, no gap among them."""
    at = np.arange(round(seconds * RATE)) / RATE
    pitch = 120 * (1 + 0.15 * np.sin(2 * np.pi * 0.4 * at + number))
    turns = 2 * np.pi * np.cumsum(pitch) / RATE
    once = np.exp(1j * turns)
    harmonic, sound = np.ones_like(once), np.zeros(len(at))
    for k in range(1, 25):  # a product takes a fifth of the time of a sine
        harmonic *= once
        sound += (harmonic * (np.exp(1j * k * k) / k**1.2)).imag
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * (4 + 0.3 * np.sin(at + number)) * at)
    edge = RATE // 50
    edges = np.minimum(1, np.minimum(np.arange(len(at)), np.arange(len(at))[::-1]) / edge)
    made = np.asarray(0.25 * sound * syllables * edges, np.float64)
    made.flags.writeable = False  # it is handed to others, too
    return made


@dataclass(frozen=True)
class Talk:
    sound: Floats
    starts: tuple[float, ...]
    """Seconds at which each phrase begins."""
    phrases: tuple[Floats, ...]


@lru_cache(maxsize=8)
def talk(
    phrases: tuple[tuple[float, float], ...] = PHRASES,
    levels: tuple[float, ...] = (0.0,),
    noise: float = -75.0,
    before: float = 0.8,
) -> Talk:
    """Phrases, at these levels in turn (dB), over white noise of so many dBFS."""
    pieces, starts, said = [np.zeros(round(before * RATE))], [], []
    for number, (lasts, pause) in enumerate(phrases):
        starts.append(sum(map(len, pieces)) / RATE)
        said.append(voice(lasts, number) * 10 ** (levels[number % len(levels)] / 20))
        pieces += [said[-1], np.zeros(round(pause * RATE))]
    sound = np.concatenate([*pieces, np.zeros(round(0.7 * RATE))])
    sound += 10 ** (noise / 20) * np.random.default_rng(5).standard_normal(len(sound))
    sound.flags.writeable = False  # as each phrase is
    return Talk(sound, tuple(starts), tuple(said))


CODECS = {
    ".m4a": ("aac", "ipod", RATE),
    ".mp3": ("libmp3lame", "mp3", 44_100),
    ".ogg": ("libopus", "ogg", RATE),
    ".opus": ("libopus", "ogg", RATE),
    ".amr": ("libopencore_amrnb", "amr", 8_000),
    ".3gp": ("libopencore_amrnb", "3gp", 8_000),
    ".flac": ("flac", "flac", RATE),
    ".wav": ("pcm_s16le", "wav", 16_000),
}


def kept(
    path: Path,
    sound: Floats,
    tags: dict[str, str] | None = None,
    chapters: Sequence[tuple[float, str]] = (),
) -> Path:
    """The sound as a file, as its ending says."""
    codec, container, rate = CODECS[path.suffix]
    two = sound.ndim > 1
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate, layout="stereo" if two else "mono")
        if tags:
            out.metadata.update(tags)
        if chapters:
            stops = [start for start, _ in chapters[1:]] + [len(sound) / RATE]
            out.set_chapters(
                [
                    {
                        "id": number,
                        "start": round(start * 1000),
                        "end": round(stop * 1000),
                        "time_base": Fraction(1, 1000),
                        "metadata": {"title": title},
                    }
                    for number, ((start, title), stop) in enumerate(zip(chapters, stops, strict=True))
                ]
            )
        resampler = av.AudioResampler(stream.format.name, stream.layout, rate)
        pcm = np.clip(np.rint(sound * 32_767), -32_768, 32_767).astype(np.int16)
        fifo = av.AudioFifo()
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(pcm.reshape(1, -1)), "s16", "stereo" if two else "mono"
        )
        frame.sample_rate = RATE
        for made in [*resampler.resample(frame), *resampler.resample(None)]:
            made.pts = None
            fifo.write(made)
        size = stream.codec_context.frame_size or 1024
        while (part := fifo.read(size, partial=False)) is not None or (part := fifo.read(size, partial=True)):
            part.pts = None
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return path
