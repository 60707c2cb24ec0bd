"""The shelf: every sentence that was spoken, kept by a hash of all that its sound depends on.

A sentence is two small files: its words and when they are heard, as JSON, and then its sound, as a WAV. Both
are written whole or not at all, the sound last: where it stands, the sentence is finished.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lullaby import places
from lullaby.errors import CouldNot
from lullaby.narrator.drivers.driver import wav
from lullaby.narrator.speech import SPEECH_RATE, Spoken, Word

ROOM = 2 << 30
"""Bytes that the shelf holds: some twelve hours of speech. What was not heard for longest goes first."""
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Shelved:
    """A finished sentence on the shelf."""

    name: str
    digest: str
    """Of its samples."""
    samples: int
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return self.samples / SPEECH_RATE


def found(name: str) -> Shelved | None:
    """The sentence of this name, if it is there and whole."""
    path = places.speech(name)
    try:
        facts = json.loads(path.with_suffix(".json").read_bytes())
        words = tuple(Word(str(t), int(at), int(a), int(b)) for t, at, a, b in facts["words"])
        with wave.open(str(path), "rb") as file:
            pcm = file.readframes(file.getnframes())
        digest = places.speech_digest(pcm)
        if digest != facts["digest"]:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it is heard again
        return Shelved(name, digest, len(pcm) // 2, words)
    except (OSError, EOFError, ValueError, KeyError, TypeError, wave.Error):
        return None


def put(name: str, spoken: Spoken) -> Shelved:
    """Shelves a sentence. A CouldNot where there is no room for it."""
    path = places.speech(name)
    shelved = Shelved(
        name,
        places.speech_digest(spoken.sound.astype("<i2", copy=False).tobytes()),
        len(spoken.sound),
        spoken.words,
    )
    facts = {"digest": shelved.digest, "words": [[w.text, w.at, w.start, w.stop] for w in spoken.words]}
    try:
        path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        places.put(path.with_suffix(".json"), json.dumps(facts, ensure_ascii=False).encode(), 0o600)
        places.put(path, wav(spoken.sound.astype(np.float32) / np.float32(32_767), SPEECH_RATE), 0o600)
    except OSError as error:
        raise CouldNot(f"{path.parent.parent}: {places.why_not(error)}") from None
    return shelved


def spoken_on(shelved: Shelved) -> Spoken:
    """The sentence as sound again."""
    with wave.open(str(places.speech(shelved.name)), "rb") as file:
        pcm = file.readframes(file.getnframes())
    return Spoken(np.frombuffer(pcm, "<i2").astype(np.int16), shelved.words)


def forget(texts: Iterable[str]) -> int:
    """Takes away every sentence whose words stand, one after the other, in one of these texts, which somebody
    wants forgotten. How many they are; one that something else says, too, is spoken again for that."""
    wanted = [f" {' '.join(_folded(text))} " for text in texts]
    gone = 0
    for path in places.speech("00").parent.parent.glob("*/*.json"):
        try:
            said = _folded(" ".join(str(word[0]) for word in json.loads(path.read_bytes())["words"]))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            continue
        if said and any(f" {' '.join(said)} " in text for text in wanted):
            path.with_suffix(".wav").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _folded(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def make_room(now: float, room: int = ROOM) -> None:
    """Takes away what was not heard for longest, until the rest fits; nothing of the last day."""
    folder = places.speech("00").parent.parent
    files: list[tuple[float, int, Path]] = []
    with contextlib.suppress(OSError):
        for path in folder.glob("*/*"):
            if path.suffix == ".json" and not path.with_suffix(".wav").exists():
                files.append((path.stat().st_mtime, path.stat().st_size, path))
            if path.suffix != ".wav":
                continue
            facts = path.stat()
            files.append((facts.st_mtime, facts.st_size, path))
    total = sum(size for _, size, _ in files)
    for heard, size, path in sorted(files):
        if total <= room or heard > now - DAY:
            return
        for one in (path, path.with_suffix(".json")):
            with contextlib.suppress(OSError):
                one.unlink()
        total -= size
