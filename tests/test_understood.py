"""A story is understood over its bed, by a measure of intelligibility, while its listener is awake."""

from __future__ import annotations

import numpy as np
import pytest
from pystoi import stoi
from scipy.signal import resample_poly

from lullaby.evening.narration.alone import StoryRequest, story_evening
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.night.night import Night
from lullaby.time import RATE, Span

STORY = """# The lamp

There was a lamp at the end of the pier, and somebody kept it for forty years. It asked for very little. In
the evening the boats came in one after the other, and each of them rang its bell once as it passed the light.
"""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    path = tmp_path_factory.mktemp("story") / "the-lamp.md"
    path.write_text(STORY)
    return story_evening(StoryRequest(path, bed="harbour-rain", sleeper="none"), Storytelling).night


def test_every_word_over_the_default_bed_can_be_understood(night: Night) -> None:
    lines = night.narrations[0].lines
    span = Span(lines[0].start, lines[-1].stop)
    voice = night.stem(night.narrations[0].voice, span).mean(axis=1)
    bed = sum(night.stem(track.name, span).mean(axis=1) for track in night.plan.tracks if not track.tells)
    clean, mixed = (resample_poly(x, 5, 24) for x in (voice, voice + np.asarray(bed)))
    assert stoi(clean, mixed, RATE * 5 // 24) >= 0.9


def test_the_bed_has_nothing_to_do_with_how_steady_the_voice_is(night: Night) -> None:
    """Sentences are within a decibel of one another, before anything dims."""
    import pyloudnorm

    meter = pyloudnorm.Meter(RATE)
    levels = [
        meter.integrated_loudness(night.stem(night.narrations[0].voice, Span(line.start, line.stop)))
        for line in night.narrations[0].lines
        if line.stop - line.start > RATE
    ]
    assert len(levels) >= 3
    assert max(levels) - min(levels) < 2
    assert np.abs(np.array(levels) - np.mean(levels)).max() <= 1
