"""What is told in a night: its stories, given to whoever speaks, and laid out as far as is wanted now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from lullaby.errors import LullabyError
from lullaby.evening.narration.gathering import lay_out, tales_of, text_of, told_in, without_time
from lullaby.evening.narration.going_on import bookmark_of, serial_goes_on
from lullaby.evening.narration.laying import AHEAD
from lullaby.evening.narration.speaker import Speaker
from lullaby.evening.narration.telling import Tale, Told
from lullaby.evening.notes import NoTime, Stopped
from lullaby.night.narration import Narration
from lullaby.score import Score
from lullaby.score.model import Telling
from lullaby.sleep.course import Course
from lullaby.story.text import Text

SIDE_BY_SIDE = 2
"""Sentences that are spoken at the same time, where all are spoken before anything is heard."""
SOME = 1
"""The same where a night plays meanwhile, which needs the cores: none but the one that is laid out."""
Progress = Callable[[int, int], None]


class Storytelling:
    """The stories of one night. Given to `prepared`, which has them laid out; afterwards it knows them."""

    def __init__(
        self,
        speaker: Speaker | None = None,
        *,
        until: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        """`speaker` is the caller's to close; without one there is one for as long as it takes. `until`: no
        more is laid out than is heard up to this frame, for the rest is laid out while it plays."""
        self._speaker, self._until, self.progress = speaker, until, progress
        self._listener: str | None = None
        self._goes_on = False
        self.stopped: list[Stopped] = []
        """The stories that stopped the last time, and begin anew."""
        self.of_texts: list[str] = []
        """What the texts hold that is not told, or not as it is written."""
        self.without_time: list[NoTime] = []
        """The stories for which the night is too short."""
        self._told: list[Told] | None = None
        self.tales: list[Tale] = []
        self.waits: str | None = None
        """Why the story is not told, or not to its end."""

    def tells(self, told: list[Told]) -> None:
        """What is told, where the night is there for it alone: if it cannot be, that is an error."""
        self._told = told

    @property
    def is_all(self) -> bool:
        """Is the night there for a story alone, and over with it?"""
        return self._told is not None

    def rest(self) -> None:
        """Nothing is spoken for now: what speaks is let go."""
        if self._speaker is not None:
            self._speaker.rest()

    def stop(self) -> None:
        """Nothing more is spoken; who waits for a sentence waits no longer."""
        if self._speaker is not None:
            self._speaker.close()

    def goes_on(self, listener: str | None, go_on: bool) -> None:
        """Whose bookmarks count, and whether stories go on from them."""
        self._listener, self._goes_on = listener, go_on

    def _marked(self, told: Told) -> Told:
        """What is told, from just before where it stopped, if it is to go on."""
        if told.telling.serial:
            return serial_goes_on(told)
        mark = bookmark_of(self._listener, told)
        if mark is None:
            return told
        if self._goes_on:
            return replace(told, first=mark.sentence)
        self.stopped.append(
            Stopped(told.telling.story, told.text.title, mark.sentence, mark.sentences, mark.date)
        )
        return told

    def words_of(self, telling: Telling) -> str:
        """All that a telling says. What cannot be read is not told either, and that is said elsewhere."""
        for told in self._told or ():
            if told.telling.story == telling.story:
                return words_in(told.text)
        try:
            return words_in(text_of(telling))
        except LullabyError:
            return ""

    def is_for_bedtime(self, telling: Telling) -> bool:
        """Is it written for the hour after lights-out? What cannot be read is not told either."""
        if telling.recording is not None:
            return True
        for told in self._told or ():
            if told.telling.story == telling.story:
                return told.text.bedtime
        try:
            return text_of(telling).bedtime
        except LullabyError:
            return True

    def narrations(
        self, score: Score, seed: int, day: date | None, course: Course | None, say: Mapping[str, str]
    ) -> tuple[Narration, ...]:
        """What is told in this night, as far as it is laid out."""
        if not score.tellings:
            return ()
        speaker = self._speaker or Speaker(at_once=SIDE_BY_SIDE)
        try:
            told = [self._marked(one) for one in self._told or told_in(score, say, day, self.progress)]
            self.of_texts = list(dict.fromkeys(note for one in told for note in one.text.notes))
            ahead = AHEAD if self._until is None else SOME
            self.tales = tales_of(score, told, seed, day, speaker, ahead)
            narrations = lay_out(self.tales, course, self._until, self.progress)
            self.without_time = list(without_time(score, self.tales, course))
            return narrations
        except LullabyError as error:
            if self._told is not None:
                raise
            self.waits = str(error)
            for tale in self.tales:
                tale.over = True  # what was laid out is told
            return tuple(tale.narration for tale in self.tales)
        finally:
            if self._speaker is None:
                speaker.close()


def words_in(text: Text) -> str:
    """Title, headings and sentences, for who looks for a word."""
    headings = [part.heading for part in text.parts]
    return " ".join([text.title, *headings, *(sentence.text for sentence in text.sentences)])
