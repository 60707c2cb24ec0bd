"""When each word is heard, held against the sound by other means than those that found it: by what hisses,
and by silence."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from lullaby.narrator.speaking import speak
from lullaby.narrator.speech import SPEECH_RATE, Manner, Speech, Spoken

HISSING = (
    "We saw the sea so soon.",
    "Now the shore was so low she saw a ship.",
    "They say he saw a cow sail away so slowly.",
    "The lamp by the stairs, so small, shone on the sofa.",
    "I knew a sailor who sang to me.",
    "A silver salmon so sure of the sea swam by.",
    "Go softly, so she may sleep a while.",
    "The day was so slow, I sat below a sycamore.",
    "You see, a snail carries a shell away so safely.",
)
PAUSING = (
    "In the morning, when nobody looked, a boat came home; it had a lamp, a rope, and a bell.",
    "He went up to the attic, and there, under a window, lay a drum.",
)
MANNERS = (Manner(), Manner(pitch=0.85, throat=0.93, breath=2.0))
HOP, WINDOW = 48, 240  # samples: 2 and 10 ms


def hiss(spoken: Spoken) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The level between 4 and 7 kHz in dB, and the moments it is of."""
    sound = spoken.sound.astype(np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(windows, 512, axis=1)) ** 2
    hz = np.fft.rfftfreq(512, 1 / SPEECH_RATE)
    levels = 10 * np.log10(power[:, (hz >= 4_000) & (hz < 7_000)].sum(axis=1) + 1e-12)
    return levels, (np.arange(len(windows)) * HOP + WINDOW / 2) / SPEECH_RATE


def late_by(spoken: Spoken) -> list[float]:
    """Milliseconds by which each s or sh after a vowel is heard after its word is said to begin: where its
    hiss has come half the way up."""
    levels, moments = hiss(spoken)
    found = []
    for before, word in itertools.pairwise(spoken.words):
        if word.text[0].lower() != "s" or before.text[-1] not in "aeiouwy":
            continue
        start = word.start / SPEECH_RATE
        top = levels[(moments > start) & (moments < start + 0.09)].max()
        bottom = levels[(moments > start - 0.09) & (moments < start)].min()
        middle = (top + bottom) / 2
        rises = moments[1:][(levels[:-1] < middle) & (levels[1:] >= middle)] - start
        found.append(1_000 * float(rises[np.argmin(np.abs(rises))]))
    return found


@pytest.mark.parametrize("pace", [1.0, 0.87, 0.75])
def test_a_word_that_hisses_begins_where_its_hiss_does(pace: float) -> None:
    late = [
        ms
        for manner in MANNERS
        for tune, text in enumerate(HISSING)
        for ms in late_by(speak(Speech(text, manner=manner, pace=pace, tune=tune)))
    ]
    assert len(late) >= 60
    assert abs(float(np.median(late))) < 10
    assert np.mean(np.abs(late) <= 20) >= 0.88


@pytest.mark.parametrize("text", PAUSING)
def test_words_around_a_pause_end_and_begin_with_it(text: str) -> None:
    spoken = speak(Speech(text))
    sound = np.abs(spoken.sound.astype(np.float64))
    loud = np.flatnonzero(np.convolve(sound, np.ones(96) / 96, "same") > 0.03 * sound.max()) / SPEECH_RATE
    gaps = [(a, b) for a, b in itertools.pairwise(loud) if b - a > 0.1]
    assert len(gaps) >= 2
    starts = np.array([word.start for word in spoken.words]) / SPEECH_RATE
    stops = np.array([word.stop for word in spoken.words]) / SPEECH_RATE
    for begins, ends in gaps:
        assert np.abs(starts - ends).min() <= 0.02, (begins, ends)
        assert np.abs(stops - begins).min() <= 0.02, (begins, ends)
