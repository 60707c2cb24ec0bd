"""What there is to choose from: scores, rituals, stories and voices, read once and again after a while."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from lullaby.evening.facts.rituals import all_rituals
from lullaby.evening.facts.scores import all_scores
from lullaby.evening.facts.stories import all_stories, minutes_of
from lullaby.evening.facts.voices import all_voices
from lullaby.player.place import boot_time
from lullaby.score import Score, VoiceFile
from lullaby.score.rituals import Ritual
from lullaby.score.stories import Story

AGE = 120.0
"""Seconds after which the files are read again: beside, while the page is given what was read before."""


@dataclass(frozen=True)
class Shelves:
    """Everything that can be read. What cannot, `lullaby check` says."""

    scores: tuple[Score, ...]
    rituals: tuple[Ritual, ...]
    stories: tuple[Story, ...]
    voices: tuple[VoiceFile, ...]
    """Those that sound by themselves: no tellers, no instruments."""

    def score(self, name: str) -> Score | None:
        return next((score for score in self.scores if score.name == name), None)


class Library:
    """The shelves, as they were when they were last looked at."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelves: Shelves | None = None
        self._read = 0.0
        self._reads = False

    def shelves(self) -> Shelves:
        """From any thread; the first one waits until they are read."""
        with self._lock:
            if self._shelves is None:
                self._look()
            elif boot_time() - self._read > AGE and not self._reads:
                self._reads = True
                threading.Thread(target=self._look_again, name="library", daemon=True).start()
            assert self._shelves is not None
            return self._shelves

    def _look(self) -> None:
        self._shelves, self._read = read_shelves(), boot_time()

    def _look_again(self) -> None:
        try:
            self._look()
        finally:
            self._reads = False


def read_shelves() -> Shelves:
    """Reads every file there is to choose."""
    voices = [one for one in all_voices().found if not (one.kind.speaks or one.kind.plays)]
    return Shelves(all_scores().found, all_rituals().found, all_stories().found, tuple(voices))


def lasting(story: Story) -> int:
    """Minutes that it takes to be told, about."""
    return max(1, round(minutes_of(story.words)))
