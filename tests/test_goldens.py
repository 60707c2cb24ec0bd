"""How every voice and score sounds, as one readable line each: a change shows in review as what changed.

When a sound is meant to change, the failing test prints the lines to paste into tests/goldens.txt, and
the changelog says under "Sound" what is heard differently.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path

import numpy as np
from nights import each_score, each_voice, minutes

import lullaby
from lullaby.night.loudness import Meter
from lullaby.time import RATE

GOLDENS = dict(
    line.split(None, 1)
    for line in (Path(__file__).parent / "goldens.txt").read_text().splitlines()
    if line[:1] != "#"
)


def line(sound: np.ndarray) -> str:
    """Loudness, peak, centroid, four bands against the whole, and eight letters of hash."""
    meter = Meter()
    meter.feed(sound)
    power = (np.abs(np.fft.rfft(sound.astype(np.float64), axis=1)) ** 2).sum(axis=0)
    hz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    edges = (20, 250, 1000, 4000, 20_000)
    bands = [
        10 * np.log10(power[(hz >= a) & (hz < b)].sum() / power.sum() + 1e-9) for a, b in pairwise(edges)
    ]
    peak = 20 * np.log10(meter.true_peak)
    centroid = (hz * power).sum() / power.sum()
    digest = hashlib.sha256(np.ascontiguousarray(sound).tobytes()).hexdigest()[:8]
    return (
        f"{meter.integrated:.1f} LUFS  peak {peak:5.1f}  centroid {centroid:5.0f} Hz  "
        f"bands {' '.join(f'{b:5.1f}' for b in bands)}  {digest}"
    )


@each_voice()
def test_a_voice_sounds_as_it_did(voice: str) -> None:
    now = line(minutes(voice, 1))
    assert now == GOLDENS.get(voice), f"paste:\n{voice:18s} {now}"


@each_score()
def test_a_score_sounds_as_it_did(score: str) -> None:
    now = line(np.ascontiguousarray(lullaby.load(score, sleeper="none", stories=False).page(8).T))
    assert now == GOLDENS.get(score), f"paste:\n{score:18s} {now}"
