"""What is told in a night: its stories, given to whoever speaks, and laid out as far as is wanted now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from lullaby.errors import CouldNot
from lullaby.evening.narration.gathering import Places, lay_out, tales_of, told_in
from lullaby.evening.narration.speaker import Speaker
from lullaby.evening.narration.telling import Tale, Told
from lullaby.night.narration import Narration
from lullaby.score import Score
from lullaby.sleep.course import Course

Progress = Callable[[int, int], None]


class Storytelling:
    """The stories of one night. Given to `prepared`, which has them laid out; afterwards it knows them."""

    def __init__(
        self,
        speaker: Speaker | None = None,
        *,
        until: int | None = None,
        firsts: Mapping[str, int] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`speaker` is the caller's to close; without one there is one for as long as it takes. `until`: no
        more is laid out than is heard up to this frame, for the rest is laid out while it plays. `firsts`:
        the sentences that stories go on from."""
        self._speaker, self._until, self.progress = speaker, until, progress
        self._firsts = firsts or {}
        self._told: list[Told] | None = None
        self.tales: list[Tale] = []
        self.waits: str | None = None
        """Why the story is not told, or not to its end."""

    def tells(self, told: list[Told]) -> None:
        """What is told, where the night is there for it alone: if it cannot be, that is an error."""
        self._told = told

    def narrations(
        self, score: Score, seed: int, day: date | None, course: Course | None, say: Mapping[str, str]
    ) -> tuple[Narration, ...]:
        """What is told in this night, as far as it is laid out."""
        if not score.tellings:
            return ()
        speaker = self._speaker or Speaker()
        try:
            told = self._told or list(told_in(score, Places(self._firsts, say), day, self.progress))
            self.tales = tales_of(score, told, seed, day, speaker)
            return lay_out(self.tales, course, self._until, self.progress)
        except CouldNot as error:
            if self._told is not None:
                raise
            self.waits = str(error)
            for tale in self.tales:
                tale.over = True  # what was laid out is told
            return tuple(tale.narration for tale in self.tales)
        finally:
            if self._speaker is None:
                speaker.close()
