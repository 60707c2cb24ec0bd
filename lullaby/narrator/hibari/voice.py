"""hibari's voices: the one inside its package, and those whose files a listener brought. Nothing is ever
downloaded."""

from __future__ import annotations

import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lullaby.errors import AskedWrongly, CouldNot
from lullaby.narrator import models
from lullaby.narrator.hibari.network import LONGEST, Frames, Network, joined
from lullaby.narrator.hibari.onsets import Said, moved_to_onsets
from lullaby.narrator.hibari.spelling import Speller
from lullaby.narrator.speech import Unsayable

OWN = "heart"
"""The voice inside the package."""


def package() -> Path:
    """The folder of hibari's package; it is not imported for that."""
    found = find_spec("hibari")
    if found is None or found.origin is None:
        raise CouldNot("hibari, the English voice, is not installed.  Type: pip install hibari-tts==0.2.1")
    return Path(found.origin).parent


def model_file(voice: str) -> Path:
    """The file of a voice: its own, or one that a listener names."""
    if voice in ("", OWN):
        return package() / "assets" / "hibari.onnx"
    if voice.endswith(".onnx"):
        return models.model_file(voice)
    raise AskedWrongly(
        f'hibari has no voice "{voice}" here.  It has: {OWN}; another is named by its file, an .onnx.'
    )


class Voice:
    """A voice, loaded once: text in, frames and word places out, from any thread."""

    def __init__(self, voice: str, british: bool) -> None:
        assets = package() / "assets"
        self._speller, self._spelling = Speller(british), threading.Lock()
        self._network = Network(model_file(voice), assets / "vocab.json")

    def said(
        self, text: str, pace: float, say: tuple[tuple[str, str], ...]
    ) -> tuple[Frames, list[tuple[str, int, int, int]]]:
        """Frames, and each word with its place in the text and the frames it is heard in."""
        with self._spelling:
            spelled = self._speller.spelled(text, say)
        kept = [
            (p, owner)
            for p, owner in zip(spelled.phonemes, spelled.owners, strict=True)
            if self._network.knows(p)
        ]
        if not any(p.isalpha() for p, _ in kept):
            raise Unsayable(f'nothing in "{text}" can be said.')
        pieces = [self._network.frames("".join(p for p, _ in piece), pace) for piece in _cut(kept)]
        frames = joined(pieces)
        found: dict[int, tuple[int, int]] = {}
        for k, (_, owner) in enumerate(kept):
            if owner >= 0:
                start, stop = _heard(frames, kept, k)
                found[owner] = (min(found.get(owner, (start, 0))[0], start), stop)
        sounds = {k: "".join(p for p, owner in kept if owner == k and p.isalpha()) for k in found}
        places = moved_to_onsets(frames, [Said(sounds[k], *found[k]) for k in sorted(found)])
        words = [(*spelled.words[k], *place) for k, place in zip(sorted(found), places, strict=True)]
        return frames, words


def _heard(frames: Frames, kept: list[tuple[str, int]], k: int) -> tuple[int, int]:
    """The frames of a phoneme. A space is no silence: the sounds to both sides of it are heard in it."""
    start, stop = int(frames.phonemes[k]), int(frames.phonemes[k + 1])
    if k > 0 and kept[k - 1][0] == " ":
        start = (int(frames.phonemes[k - 1]) + start) // 2
    if k + 1 < len(kept) and kept[k + 1][0] == " ":
        stop = (stop + int(frames.phonemes[k + 2])) // 2
    return start, stop


def _cut(phonemes: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Pieces of what the network reads at once, cut after punctuation, or else between words."""
    pieces = []
    while len(phonemes) > LONGEST:
        reach = [k for k in range(1, LONGEST) if phonemes[k][0] == " "]
        good = [k for k in reach if k > LONGEST // 4 and phonemes[k - 1][0] in ",;:.!?—…"]
        at = (good or reach or [LONGEST - 1])[-1]
        pieces.append(phonemes[:at])
        phonemes = phonemes[at:]
    return [*pieces, phonemes]


def voice(name: str, british: bool) -> Voice:
    with _loading:
        return _voice(name, british)


@lru_cache(maxsize=4)
def _voice(name: str, british: bool) -> Voice:
    return Voice(name, british)


_loading = threading.Lock()
