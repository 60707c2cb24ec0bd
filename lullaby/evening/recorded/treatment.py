"""A recording made ready to be told: heard twice, once to know it, once to cut and keep it.

Everything stands on the shelf in the end, each phrase as a spoken sentence would; and beside them a list of
the phrases, so that another evening begins at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.evening.recorded.hearing import EVERY, Floats, Recording, filter_shape
from lullaby.evening.recorded.hum import hums_in
from lullaby.evening.recorded.levelling import gains_for
from lullaby.evening.recorded.levels import STEP, STEPS, Levels, levels_of
from lullaby.evening.recorded.mixing_down import mix_of
from lullaby.evening.recorded.pauses import Phrase, phrases_in
from lullaby.kernels import exact
from lullaby.narrator import shelf
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import SPEECH_RATE, Spoken
from lullaby.time import RATE

VERSION = 1
"""Raised by whoever changes what is made of a recording."""
_SURVEY = 5 * 60 * RATE
"""Frames by which its hum and its channels are known."""
_LEAST_MARGIN, _MOST_MARGIN = 0.1, 0.3
"""Seconds kept of a pause before and after a phrase: no beginning and no end of a word is cut off."""
_SHARE = 0.34
"""Of the pause, at the most."""
_HIGHEST, _NEVER_OVER = 0.5, 0.9
"""Of full scale: louder moments, a knock against the microphone, are held down to the first."""
_HELD = SPEECH_RATE // 200
"""Samples of a step of the gain that holds them: 5 ms."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Kept:
    """A phrase on the shelf."""

    shelved: Shelved
    start: float
    """Seconds from the beginning of the recording."""
    pause: float
    """Seconds of the pause after it."""
    within: float
    """Seconds of that pause which its sound and the next one's hold."""


def kept_phrases(recording: Recording, progress: Progress | None = None) -> list[Kept]:
    """All of the recording, on the shelf: what is there already, or else made now. `progress` is told parts
    done, and all parts."""
    name = hashlib.sha256(json.dumps([recording.file.sha256, "phrases", VERSION]).encode()).hexdigest()[:40]
    known = _known(name)
    if known:
        return known
    survey = list(recording.frames(_SURVEY))
    recording = replace(recording, mix=mix_of(survey))
    hums = hums_in(recording.mix.mono(piece) for piece in survey)
    del survey
    heard = recording.heard(filter_shape(hums, weighted=True))
    levels = levels_of(heard, _listening(recording, progress))
    phrases = phrases_in(levels.powers)
    gains = gains_for(phrases, levels.powers)
    if not levels.samples:
        raise recording.wrong("it has no sound in it.")
    if gains is None:
        raise recording.wrong(
            "nothing in it can be told from silence, or from its own noise.", "Is it the right recording?"
        )
    kept = []
    for number, (phrase, sound) in enumerate(_sounds(recording, hums, levels, phrases, gains.tolist())):
        if progress is not None:
            progress(len(phrases) + number + 1, 2 * len(phrases))
        kept.append(_shelved(recording, phrase, phrases, number, sound, levels))
    _keep(name, kept)
    return kept


def _listening(recording: Recording, progress: Progress | None) -> Callable[[int], None] | None:
    if progress is None:
        return None
    with recording.opened() as container:
        whole = max(1, round((container.duration or 0) / 1_000_000 * SPEECH_RATE))

    def listened(samples: int) -> None:
        progress(min(samples, whole), 2 * whole)

    return listened


def _margins(phrases: list[Phrase], number: int) -> tuple[int, int]:
    """Steps of quiet kept before and after this phrase."""

    def margin(pause: int) -> int:
        return min(round(_MOST_MARGIN * STEPS), int(_SHARE * pause))

    usual = round(_LEAST_MARGIN * STEPS)
    before = margin(phrases[number - 1].pause) if number else usual
    after = margin(phrases[number].pause) if number + 1 < len(phrases) else usual
    return before, after


def _edges(phrases: list[Phrase], number: int, levels: Levels) -> tuple[int, int]:
    """The samples that are heard of this phrase, quiet before and after it and all."""
    before, after = _margins(phrases, number)
    first, last = (phrases[number].start - before) * STEP, (phrases[number].stop + after) * STEP
    return max(0, first), min(levels.samples, last)


def _sounds(
    recording: Recording, hums: tuple[float, ...], levels: Levels, phrases: list[Phrase], gains: list[float]
) -> Iterator[tuple[Phrase, Floats]]:
    """Each phrase with its sound, at unity, with soft edges."""
    wanted = [_edges(phrases, number, levels) for number in range(len(phrases))]
    held, begins, number = np.zeros(0, np.float32), 0, 0
    for (piece,) in recording.heard(filter_shape(hums)):
        held = np.concatenate([held, piece])
        while number < len(phrases) and begins + len(held) >= wanted[number][1]:
            first, last = wanted[number]
            sound = held[first - begins : last - begins] * np.float32(float(exact.gain(gains[number])))
            yield phrases[number], _faded(_held_down(sound), *_margins(phrases, number))
            number += 1
        needed = wanted[number][0] if number < len(phrases) else begins + len(held)
        dropped = min(len(held), max(0, needed - begins))
        held, begins = held[dropped:], begins + dropped


def _held_down(sound: Floats) -> Floats:
    """Moments that are far too loud, turned down over some hundredths of a second."""
    steps = -(-len(sound) // _HELD)
    peaks = np.abs(np.pad(sound, (0, steps * _HELD - len(sound)))).reshape(steps, _HELD).max(axis=1)
    gains = np.minimum(1.0, _HIGHEST / np.maximum(peaks, 1e-9))
    if float(gains.min()) == 1.0:
        return sound
    reach = 4
    around = np.lib.stride_tricks.sliding_window_view(np.pad(gains, reach, mode="edge"), 2 * reach + 1)
    lowest = np.pad(around.min(axis=1), reach, mode="edge")
    smooth = np.convolve(lowest, np.hanning(2 * reach + 3)[1:-1] / (reach + 1), "valid")
    at = (np.arange(steps) + 0.5) * _HELD
    drawn = np.interp(np.arange(len(sound)), at, smooth).astype(np.float32)
    return np.asarray(np.clip(sound * drawn, -_NEVER_OVER, _NEVER_OVER), np.float32)


def _faded(sound: Floats, before: int, after: int) -> Floats:
    """With the quiet at its ends coming and going; where there is no pause it is left as it is."""
    sound = sound.copy()
    for steps, backwards in ((before, False), (after, True)):
        fade = min(len(sound), steps * STEP * 3 // 4)
        if fade:
            rises = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)).astype(np.float32)
            if backwards:
                sound[len(sound) - fade :] *= rises[::-1]
            else:
                sound[:fade] *= rises
    return sound


def _shelved(
    recording: Recording, phrase: Phrase, phrases: list[Phrase], number: int, sound: Floats, levels: Levels
) -> Kept:
    first, last = _edges(phrases, number, levels)
    facts = [recording.file.sha256, first * EVERY, last * EVERY, "recording", VERSION]
    name = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:40]
    samples = np.rint(sound * 32_767).astype(np.int16)
    shelved = shelf.put(name, Spoken(samples, ()))
    within = 0
    if number + 1 < len(phrases):
        within = _margins(phrases, number)[1] + _margins(phrases, number + 1)[0]
    return Kept(shelved, first / SPEECH_RATE, phrase.pause / STEPS, within / STEPS)


def _known(name: str) -> list[Kept]:
    """The phrases of this recording, if all of them are on the shelf still."""
    try:
        rows = json.loads(places.speech(name).with_suffix(".json").read_bytes())
        found = []
        for phrase, start, pause, within in rows:
            shelved = shelf.found(str(phrase))
            if shelved is None:
                return []
            found.append(Kept(shelved, float(start), float(pause), float(within)))
        return found
    except (OSError, ValueError, TypeError):
        return []


def _keep(name: str, kept: list[Kept]) -> None:
    path = places.speech(name).with_suffix(".json")
    rows = [[one.shelved.name, one.start, one.pause, one.within] for one in kept]
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        places.put(path, json.dumps(rows).encode(), 0o600)
    except OSError as error:
        raise CouldNot(f"{path.parent.parent}: {places.why_not(error)}") from None
