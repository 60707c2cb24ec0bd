"""Engines other than the one that comes along: eSpeak NG, the system's own, and a listener's models."""

from __future__ import annotations

import sys
import threading
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyttsx3
import tiny_models

from lullaby.errors import CouldNot, LullabyError
from lullaby.narrator import engines
from lullaby.narrator.drivers import register
from lullaby.narrator.drivers.driver import wav
from lullaby.narrator.drivers.hibari import HibariDriver
from lullaby.narrator.drivers.system import samples_of
from lullaby.narrator.engines import engine_for, engine_name
from lullaby.narrator.speaking import speak
from lullaby.narrator.speech import Manner, Speech
from lullaby.narrator.wording import words_of

SENTENCE = "The rain came in over the harbour, and nobody minded."


@pytest.fixture
def brought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The listener's own folder of voices."""
    monkeypatch.setenv("LULLABY_HOME", str(tmp_path))
    (tmp_path / "voices").mkdir()
    return tmp_path / "voices"


def test_pyttsx3_reaches_ours_by_its_ordinary_interface(tmp_path: Path) -> None:
    engine = pyttsx3.init(register("hibari", HibariDriver))
    words: list[str] = []
    done: list[bool] = []
    engine.connect("started-word", lambda name, **_: words.append(name))
    engine.connect("finished-utterance", lambda completed, **_: done.append(completed))
    engine.setProperty("rate", 140)
    for number in range(3):
        engine.save_to_file(f"Sentence number {number}, once upon a time.", str(tmp_path / f"{number}.wav"))
    engine.runAndWait()
    assert done == [True] * 3
    assert len(words) == 3 * 7
    sounds = [samples_of((tmp_path / f"{number}.wav").read_bytes(), "test") for number in range(3)]
    assert all(rate == 24_000 and np.abs(sound).max() > 0.05 for sound, rate in sounds)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Der Regen kam über den Hafen, und niemand störte sich daran."),
        ("fr", "La pluie est venue sur le port, et personne ne s'en souciait."),
    ],
)
def test_another_language_is_spoken_by_espeak_the_same_every_time(lang: str, text: str) -> None:
    assert engine_for(Manner(), lang).engine == "espeak"
    first, again = speak(Speech(text, lang)), speak(Speech(text, lang))
    assert (first.sound == again.sound).all()
    assert [word.text for word in first.words] == [word for word, _ in words_of(text)]
    assert all(word.start < word.stop for word in first.words)


def test_where_hibari_is_not_english_is_spoken_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_missing", lambda engine: "onnxruntime" if engine == "hibari" else "")
    assert engine_for(Manner(), "en").engine == "espeak"
    assert speak(Speech(SENTENCE, say=(("harbour", "HAR-ber"),))).seconds > 2
    monkeypatch.setattr(engines, "_missing", lambda engine: "espeakng-loader")
    with pytest.raises(CouldNot, match="pip install espeakng-loader"):
        engine_for(Manner(), "en")


@pytest.mark.parametrize(
    ("engine", "voice", "make"),
    [("piper", "tiny.onnx", tiny_models.piper), ("kokoro", "tiny.onnx af_one", tiny_models.kokoro)],
)
def test_a_listeners_model_speaks(brought: Path, engine: str, voice: str, make: Any) -> None:
    manner = Manner(engine, voice)
    make(brought / "tiny.onnx")
    before = engine_name(manner, "en")
    spoken, slower = speak(Speech(SENTENCE, manner=manner)), speak(Speech(SENTENCE, manner=manner, pace=0.5))
    assert slower.seconds == pytest.approx(2 * spoken.seconds, rel=0.1)
    assert [word.text for word in spoken.words] == [word for word, _ in words_of(SENTENCE)]
    assert all(0 <= word.start < word.stop <= len(spoken.sound) for word in spoken.words)
    respelled = speak(Speech(SENTENCE, manner=manner, say=(("harbour", "HAR-ber-ber-ber"),)))
    assert respelled.seconds > 1.05 * spoken.seconds
    names = {before}
    for file in sorted(brought.iterdir()):
        file.write_bytes(file.read_bytes() + b" ")
        names.add(engine_name(manner, "en"))
    assert len(names) == 3


@pytest.mark.parametrize("engine", ["piper", "kokoro"])
def test_a_model_that_is_not_one_is_told_in_one_line(brought: Path, engine: str) -> None:
    def refused() -> str:
        with pytest.raises(LullabyError) as said:
            speak(Speech(SENTENCE, manner=Manner(engine, "mine.onnx")))
        assert "\n" not in str(said.value)
        return str(said.value)

    assert "no such model" in refused()
    getattr(tiny_models, engine)(brought / "mine.onnx")
    (brought / "mine.onnx").write_bytes(b"nothing of the kind")
    assert "cannot read this model" in refused()
    for beside in ("mine.onnx.json", "mine.npz"):
        (brought / beside).unlink(missing_ok=True)
    assert "could not be read" in refused()


class Tardy:
    """A driver as pyttsx3's own are: it returns before its file is written, and writes it in pieces."""

    def __init__(self, proxy: Any) -> None:
        self._proxy = proxy

    def setProperty(self, name: str, value: Any) -> None:
        pass

    def save_to_file(self, text: str, filename: str) -> None:
        tone = np.sin(np.arange(22_050) * 0.05).astype(np.float32) * 0.5
        whole = wav(tone, 22_050)
        gate = threading.Event()

        def write() -> None:
            with open(filename, "wb") as file:
                for start in range(0, len(whole), 16_000):
                    file.write(whole[start : start + 16_000])
                    file.flush()
                    gate.wait(0.05)

        threading.Thread(target=write).start()

    def startLoop(self) -> None:
        self._proxy.setBusy(False)

    def endLoop(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def destroy(self) -> None:
        pass


def test_a_file_that_the_system_writes_later_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("pyttsx3.drivers.sapi5")
    module.buildDriver = Tardy  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    spoken = speak(Speech("One long tone.", manner=Manner("sapi5")))
    assert spoken.seconds == pytest.approx(1.0, abs=0.05)
    assert [word.text for word in spoken.words] == ["One", "long", "tone"]


def test_a_system_without_that_engine_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyttsx3.drivers.nsss", None)
    with pytest.raises(CouldNot, match="cannot speak") as said:
        speak(Speech("Hello.", manner=Manner("nsss")))
    assert "\n" not in str(said.value)


def test_an_aiff_is_read_as_a_wav_is() -> None:
    pcm = (np.arange(100) * 100).astype(">i2").tobytes()
    rate = (16_383 + 14).to_bytes(2, "big") + (22_050 << 49).to_bytes(8, "big")
    comm = (1).to_bytes(2, "big") + (100).to_bytes(4, "big") + (16).to_bytes(2, "big") + rate
    body = b"AIFF" + b"COMM" + len(comm).to_bytes(4, "big") + comm
    body += b"SSND" + (len(pcm) + 8).to_bytes(4, "big") + bytes(8) + pcm
    sound, hz = samples_of(b"FORM" + len(body).to_bytes(4, "big") + body, "test")
    assert hz == 22_050
    assert sound[3] == pytest.approx(300 / 32_768)
