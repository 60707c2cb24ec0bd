"""Speech without a narrator: sentences of noise on the shelf, and nights in which they are lines."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from nights import night_of

from lullaby import places
from lullaby.evening.narration.speaker import Speaker
from lullaby.narrator import shelf
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import SPEECH_RATE, Speech, Spoken, Word
from lullaby.narrator.treatment import loudness
from lullaby.narrator.wording import words_of
from lullaby.night.narration import Narration
from lullaby.night.night import Night
from lullaby.score.model import Telling, Until
from lullaby.sleep.course import Course
from lullaby.time import RATE
from lullaby.voices.speech.line import Line


@lru_cache(maxsize=512)
def sentence_of_noise(seconds: float, number: int = 0) -> Shelved:
    """A sentence on the shelf: noise in speech's band, as loud as speech is."""
    draw = np.random.default_rng(number)
    count = round(seconds * SPEECH_RATE)
    spectrum = np.fft.rfft(draw.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / SPEECH_RATE)
    spectrum[(hz < 150) | (hz > 5_000)] = 0
    sound = np.fft.irfft(spectrum, count)
    sound *= 10 ** ((-27 - loudness(sound.astype(np.float32))) / 20)
    pcm = np.rint(np.clip(sound * 32_767, -32_767, 32_767)).astype(np.int16)
    name = sha256(f"{seconds} {number}".encode()).hexdigest()[:40]
    return shelf.put(name, Spoken(pcm, (Word("noise", 0, 0, count),)))


def silent_line(at: float, seconds: float) -> Line:
    """A line for which room is made, and in which nothing is said."""
    count = round(seconds * SPEECH_RATE)
    one = shelf.put(
        sha256(f"silence {count}".encode()).hexdigest()[:40], Spoken(np.zeros(count, np.int16), ())
    )
    return Line(round(at * RATE), one.samples, one.name, one.digest)


def line_of(at: float, seconds: float, number: int = 0, gain_db: float = 0.0) -> Line:
    one = sentence_of_noise(seconds, number)
    return Line(round(at * RATE), one.samples, one.name, one.digest, gain_db)


TEXT = """
length = 00:20:00
fade_in = 0.5
fade_out = 10
[voices]
rain = "rain-on-slate"
sea = "harbour-swell"
keeper = "a-keeper"
[scene.all]
at = 0
rain = 0
sea = -6
[[tell]]
at = 00:01:00
story = "rabbit-on-the-line"
voice = "keeper"
"""


def night_that_tells(
    lines: Sequence[Line], coming: int = 0, text: str = TEXT, course: Course | None = None
) -> Night:
    """A night with a bed and a teller, who says these lines."""
    path = places.home() / "voices" / "a-keeper.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('kind = "teller"\n')
    score = night_of(text).score
    told = (Narration("keeper", "a story", tuple(lines), coming),) if lines or coming else ()
    return Night(score, seed=7, course=course, narrations=told)


class Counting(Speaker):
    """A speaker who takes .35 s for a word at its own pace, and says nothing."""

    def __init__(self, a_word: float = 0.35) -> None:
        super().__init__()
        self.asked: list[Speech] = []
        self.a_word = a_word

    def _ask(self, speech: Speech) -> Future[Shelved]:
        self.asked.append(speech)
        words = words_of(speech.text)
        each = round(self.a_word / speech.pace * SPEECH_RATE)
        name = sha256(repr(speech).encode()).hexdigest()[:40]
        timed = tuple(Word(word, at, n * each, (n + 1) * each) for n, (word, at) in enumerate(words))
        found: Future[Shelved] = Future()
        found.set_result(Shelved(name, "0" * 20, each * max(1, len(words)), timed))
        return found


def telling_of(at: float = 60.0, until: Until | int = Until.ASLEEP) -> Telling:
    return Telling(round(at * RATE), "a-story", Path("a-story.md"), "keeper", until)


def cut(line: Line, at: float) -> Line:
    return replace(line).cut_at(round(at * RATE))
