"""What a ritual was, from its sound alone: nobody is asked but the samples, left and right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
HOP = RATE // 10
Sound = NDArray[np.float32]


def bands(sound: NDArray[Any], low: float, high: float) -> NDArray[np.float64]:
    """dB of a band, every tenth of a second."""
    count = len(sound) // HOP
    spectrum = np.abs(np.fft.rfft(sound[: count * HOP].reshape(count, HOP) * np.hanning(HOP), axis=1)) ** 2
    hz = np.fft.rfftfreq(HOP, 1 / RATE)
    return np.asarray(10 * np.log10(spectrum[:, (hz >= low) & (hz < high)].sum(axis=1) + 1e-12))


@dataclass(frozen=True)
class Recovered:
    """Every second: what is heard ("speech", "music", "breath", "bed", ""), and whence speech comes, as dB
    that it is louder on the left."""

    heard: list[str]
    left: NDArray[np.float64]

    @property
    def order(self) -> list[str]:
        """What follows what, of what lasts for some seconds: the bed between is left out."""
        runs = [(what, len(list(run))) for what, run in groupby(self.heard)]
        long = [what for what, seconds in runs if seconds >= LEAST[what]]
        return [what for what, _ in groupby(what for what in long if what != "bed")]

    def seats(self) -> list[float]:
        """dB to the left of each stretch of speech."""
        found = []
        for what, run in groupby(range(len(self.heard)), key=lambda second: self.heard[second]):
            seconds = list(run)
            if what == "speech" and len(seconds) >= LEAST["speech"]:
                found.append(float(np.median(self.left[seconds])))
        return found


SILENCE = 3e-5
"""-90 dBFS."""
LEAST = {"speech": 3, "music": 12, "breath": 9, "bed": 0, "": 3}
"""Seconds for which it must last."""


def recovered(sound: Sound) -> Recovered:
    mono = sound.mean(axis=1).astype(np.float64)
    low, drone = bands(mono, 60, 120), bands(mono, 138, 158)
    voice, breath = bands(mono, 150, 900), bands(mono, 350, 1_400)
    left, right = (bands(sound[:, side].astype(np.float64), 150, 900) for side in (0, 1))
    seconds = len(mono) // RATE
    heard, pans = [], []
    for second in range(seconds):
        at = slice(max(0, second * 10 - 10), second * 10 + 20)
        wide = slice(max(0, second * 10 - 40), second * 10 + 50)
        piece = voice[at]
        loud = piece > np.max(piece) - 12
        pans.append(float(np.median((left[at] - right[at])[loud])))
        swings = np.percentile(piece, 90) - np.percentile(piece, 10)
        quick = np.abs(np.diff(piece)).mean()
        if np.abs(sound[second * RATE : (second + 1) * RATE]).max() < SILENCE:
            heard.append("")
        elif np.percentile(drone[wide] - low[wide], 20) > 12:
            heard.append("music")
        elif quick > 4.2 and swings > 14:
            heard.append("speech")
        elif np.percentile(breath[wide], 90) - np.percentile(breath[wide], 10) > 9 and quick < 3:
            heard.append("breath")
        else:
            heard.append("bed")
    return Recovered(heard, np.array(pans))
