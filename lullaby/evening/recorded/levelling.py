"""One loudness for a whole recording: a gain for each phrase, fixed while it is heard.

It changes in the pauses alone, so nothing pumps. A short phrase leans on those around it: a word said softly
stays soft. And what lies deep in noise is lifted less: the noise would come up with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lullaby.evening.recorded.levels import STEPS, Floats, blocks_of, gated
from lullaby.evening.recorded.pauses import Phrase
from lullaby.narrator.treatment import UNITY

Doubles = NDArray[np.float64]

_OWN = 3.0
"""Seconds of a phrase that is judged by itself."""
_NEAR = 6.0
"""Seconds within which others count for a shorter one."""
_MOST_LIFTED, _MOST_LOWERED = 12.0, 18.0
"""dB against the gain of the whole."""
_CLEAN = 15.0
"""dB between a voice and its noise from which on it may be lifted."""


def gains_for(phrases: Sequence[Phrase], powers: Floats) -> Doubles | None:
    """dB for each phrase; None where all of it is too faint to be heard."""
    blocks = [blocks_of(powers[phrase.start : phrase.stop]) for phrase in phrases]
    whole = gated(np.concatenate(blocks)) if blocks else float("-inf")
    if not np.isfinite(whole):
        return None
    seconds = np.array([phrase.steps / STEPS for phrase in phrases])
    own = np.array([gated(one) for one in blocks])
    own[~np.isfinite(own)] = whole
    loud = own + np.maximum(0.0, 1 - seconds / _OWN) * (_nearby(phrases, own, seconds) - own)
    noise = np.array([phrase.noise for phrase in phrases])
    room = np.clip(own - noise - _CLEAN, 0.0, _MOST_LIFTED)
    gains = UNITY - whole + np.clip(whole - loud, -_MOST_LOWERED, room)
    gains = _joined(phrases, gains, seconds)
    levelled = np.concatenate(
        [one * 10 ** (gain / 10) for one, gain in zip(blocks, gains.tolist(), strict=True)]
    )
    return np.asarray(gains + (UNITY - gated(levelled)))


def _nearby(phrases: Sequence[Phrase], own: Doubles, seconds: Doubles) -> Doubles:
    """The loudness around each phrase, of those within some seconds."""
    middles = np.array([(phrase.start + phrase.stop) / 2 / STEPS for phrase in phrases])
    powers = 10 ** (own / 10)
    found = np.empty(len(own))
    reach = 4 * _NEAR
    for number, middle in enumerate(middles.tolist()):
        first = int(np.searchsorted(middles, middle - reach))
        last = int(np.searchsorted(middles, middle + reach, "right"))
        weights = seconds[first:last] * np.exp(-np.abs(middles[first:last] - middle) / _NEAR)
        found[number] = 10 * np.log10(np.sum(weights * powers[first:last]) / np.sum(weights))
    return found


def _joined(phrases: Sequence[Phrase], gains: Doubles, seconds: Doubles) -> Doubles:
    """One gain for phrases between which there is no pause: a step would be heard."""
    found, first = gains.copy(), 0
    for number, phrase in enumerate(phrases):
        if phrase.pause or number + 1 == len(phrases):
            run = slice(first, number + 1)
            found[run] = np.average(gains[run], weights=seconds[run])
            first = number + 1
    return found
