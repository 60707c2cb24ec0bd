"""An hour of each voice: no two stretches of two seconds are more alike than chance makes them in ten hours
of noise with the same envelope spectrum. Long: `make soak` runs it.

Asked of all that is heard as a texture or as animals. Not asked of what is alike by its nature: two strokes
of one bell, two notes of one harp, two breaths, a chord that is held, tones that beat.
"""

from __future__ import annotations

import numpy as np
import pytest
import textures
from nights import KIND_OF, VOICES, alone, each_voice

from lullaby.voices.kinds import KINDS

ALIKE_BY_NATURE = {"beats", "breath", "pad", *(name for name, kind in KINDS.items() if kind.plays)}
SLACK = {"night-train": 0.03}
"""Four wheels hit every joint of a rail, always as far apart: .92 where ten hours of noise allow .90. Shaken
until it passed, it no longer beat with its joints, and that is what a train is known by."""
TEXTURES = [voice for voice in VOICES if KIND_OF[voice] not in ALIKE_BY_NATURE]


@pytest.mark.soak
@each_voice(TEXTURES)
def test_an_hour_never_comes_again(voice: str) -> None:
    sound = np.concatenate([alone(voice, 10, 11, first=1 + 10 * k)[0] for k in range(6)])
    envelope = textures.fine_envelope(sound)
    noise = textures.noise_alike(envelope, 10)
    limit = noise.mean() + 3 * noise.std(ddof=1) + SLACK.get(voice, 0)
    assert textures.most_alike(envelope) <= limit


@pytest.mark.soak
def test_an_hour_that_loops_is_found_out() -> None:
    """Ten minutes of rain, six times."""
    loop = np.tile(alone("open-rain", 10, 11)[0], 6)
    envelope = textures.fine_envelope(loop)
    noise = textures.noise_alike(envelope, 3)
    assert textures.most_alike(envelope) > noise.mean() + 3 * noise.std(ddof=1)
