"""Sentences become sound: every one, complete, the same whenever and wherever it is spoken on one machine."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyloudnorm
import pytest

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator.narrator import Narrator
from lullaby.narrator.speaking import speak
from lullaby.narrator.speech import SPEECH_RATE, Manner, Speech
from lullaby.narrator.wording import words_of

SENTENCES = (
    "The rain came in over the harbour, and nobody minded.",
    "At 10:30 Mrs. O’Hara’s cat—the grey one—said “no”, and left 1,889 times.",
    "Talia took the bow of the boat, and Omar rowed.",
    "Good night.",
)
SAY = (("Talia", "TAH-lee-ah"), ("bow", "/bˈW/"))
IN_A_FRESH_PROCESS = """
import hashlib, json, sys
from lullaby.narrator.narrator import Narrator
from lullaby.narrator.speech import Manner, Speech
with Narrator() as narrator:
    for text in json.loads(sys.argv[1]):
        spoken = narrator.speak(Speech(text, say=(("Talia", "TAH-lee-ah"), ("bow", "/bˈW/"))))
        print(hashlib.sha256(spoken.sound.tobytes()).hexdigest(), len(spoken.words))
"""


@pytest.fixture(scope="module")
def narrator() -> Iterator[Narrator]:
    with Narrator() as narrator:
        yield narrator


def test_every_word_of_a_sentence_is_heard_where_the_text_has_it() -> None:
    for text in SENTENCES:
        spoken = speak(Speech(text, say=SAY))
        assert tuple(word.text for word in spoken.words) == tuple(word for word, _ in words_of(text))
        last = 0
        for word in spoken.words:
            assert text[word.at :].startswith(word.text)
            assert last <= word.start < word.stop <= len(spoken.sound)
            last = word.stop


def test_a_sentence_is_at_unity_without_edges_or_dc() -> None:
    for text in SENTENCES[:3]:
        sound = speak(Speech(text)).sound / 32_768
        assert pyloudnorm.Meter(SPEECH_RATE).integrated_loudness(sound) == pytest.approx(-27, abs=0.5)
        assert np.abs(sound[[0, -1]]).max() < 1e-3
        assert abs(sound.mean()) < 1e-4


@pytest.mark.parametrize("count", [2, pytest.param(12, marks=pytest.mark.soak)])
def test_fresh_processes_give_the_same_samples(count: int) -> None:
    runs = {
        subprocess.run(
            [sys.executable, "-c", IN_A_FRESH_PROCESS, json.dumps(SENTENCES)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(count)
    }
    here = [
        f"{hashlib.sha256(spoken.sound.tobytes()).hexdigest()} {len(spoken.words)}"
        for spoken in (speak(Speech(text, say=SAY)) for text in SENTENCES)
    ]
    assert runs == {"\n".join(here) + "\n"}


def test_how_it_is_spoken_is_heard() -> None:
    plain = speak(Speech(SENTENCES[0]))
    slow = speak(Speech(SENTENCES[0], pace=0.8))
    assert slow.seconds > 1.15 * plain.seconds
    for other in (Speech(SENTENCES[0], tune=3), Speech(SENTENCES[0], manner=Manner(pitch=0.8, throat=0.9))):
        spoken = speak(other)
        assert spoken.words
        assert len(spoken.sound) != len(plain.sound) or (spoken.sound != plain.sound).any()


@pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped otherwise there")
def test_a_crash_is_not_noticed_and_a_hang_ends_in_one_line(narrator: Narrator) -> None:
    first = narrator.speak(Speech(SENTENCES[3]))
    assert narrator.pid is not None
    os.kill(narrator.pid, signal.SIGKILL)
    assert (narrator.speak(Speech(SENTENCES[3])).sound == first.sound).all()
    with Narrator(patience=0.2) as impatient:
        assert impatient.pid is not None
        os.kill(impatient.pid, signal.SIGSTOP)
        with pytest.raises(CouldNot, match="did not answer") as said:
            impatient.speak(Speech(SENTENCES[3]))
        assert "\n" not in str(said.value)
        impatient._patience = 60.0
        assert (impatient.speak(Speech(SENTENCES[3])).sound == first.sound).all(), "by another process"


@pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped otherwise there")
def test_sentences_spoken_side_by_side_are_the_same_and_survive_a_crash_of_their_process() -> None:
    texts = [*SENTENCES, "Then the lamp went out.", "Nobody rowed any more.", "The harbour slept."] * 2
    alone = [speak(Speech(text, say=SAY)).sound for text in texts]
    with Narrator(at_once=3) as narrator, ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(narrator.speak, Speech(text, say=SAY)) for text in texts]
        asked[1].result()
        assert narrator.pid is not None
        os.kill(narrator.pid, signal.SIGKILL)
        for text, future, sound in zip(texts, asked, alone, strict=True):
            assert np.array_equal(future.result().sound, sound), text


def test_a_process_that_cannot_even_start_ends_in_one_line() -> None:
    with (
        Narrator(module="lullaby.narrator.not_there") as narrator,
        pytest.raises(CouldNot, match="crashed twice") as said,
    ):
        narrator.speak(Speech(SENTENCES[0]))
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    ("speech", "said"),
    [
        (Speech("…"), "can be said"),
        (Speech("Hello.", manner=Manner("parrot")), 'no engine "parrot"'),
        (Speech("Hello.", manner=Manner(voice="emma")), 'no voice "emma"'),
    ],
)
def test_what_cannot_be_spoken_is_refused_in_one_line(narrator: Narrator, speech: Speech, said: str) -> None:
    with pytest.raises(AskedWrongly, match=said) as wrong:
        narrator.speak(speech)
    assert "\n" not in str(wrong.value)
