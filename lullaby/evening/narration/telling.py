"""One telling: a story at its place in a night, laid out as far as it is wanted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from lullaby.chance import Key
from lullaby.evening.narration.beats import Beat
from lullaby.evening.narration.laying import AHEAD, Laid, Laying
from lullaby.evening.narration.pacing import Pacing
from lullaby.evening.narration.speaker import Speaker
from lullaby.narrator.engines import engine_for, engine_name
from lullaby.narrator.speech import Manner, Unsayable
from lullaby.night.narration import A_RECORDING, Narration
from lullaby.score.model import Telling, Until
from lullaby.sleep.course import Course
from lullaby.sources import hash_of
from lullaby.story.text import Text
from lullaby.time import PAGE, RATE

LONG = 7_000
"""Words of a text that lasts more than an hour: a book, which is told at one pace."""
WAITS = 2 * 60 * PAGE
"""Frames for which a night waits for a story that is hushed."""
LAID_OUT_BY = ("evening/narration/*.py", "night/sinking.py", "story/pauses.py")
"""The sources that decide where sentences stand."""
COMES = 3 * RATE // 10
"""Frames from where a telling is to begin to its first word, at the least: nothing comes at once."""


@dataclass(frozen=True)
class Told:
    """A story that is to be told: its text, who tells it, and from which sentence on."""

    telling: Telling
    text: Text
    beats: tuple[Beat, ...]
    manner_of: Callable[[Beat], Manner] = field(repr=False)
    pace: float = 110.0
    """The teller's own words a minute."""
    first: int = 0
    """The number of the beat it begins with."""
    ships: bool = True
    """Does its text come with lullaby, or from it?"""

    @property
    def is_recorded(self) -> bool:
        """Did somebody speak it themselves?"""
        return bool(self.beats) and self.beats[0].recorded is not None

    @property
    def is_long(self) -> bool:
        """Is it a book, that lasts more than an hour?"""
        return self.seconds(0) > 3600 if self.is_recorded else self.text.words > LONG

    def seconds(self, number: int) -> float:
        """Seconds that it takes from this beat on, about."""
        beats = self.beats[number:]
        if self.is_recorded:
            sounds = sum(beat.recorded.seconds for beat in beats if beat.recorded is not None)
            return sounds + sum((beat.seconds or 0.0) - beat.within for beat in beats)
        return sum(beat.sentence.words for beat in beats) * 60 / (self.pace * _WITH_PAUSES)

    @property
    def by(self) -> str:
        """What speaks it: the names of engines, or "a recording"."""
        if self.is_recorded:
            return A_RECORDING
        engines = (engine_for(self.manner_of(beat), beat.sentence.lang).engine for beat in self.beats)
        return ", ".join(dict.fromkeys(engines))

    @property
    def of(self) -> str:
        """A hash of what is told and how: with the same, the same is heard at the same frames."""
        beats = [(self.manner_of(beat), beat.sentence.lang, beat.recorded is None) for beat in self.beats]
        beats = list(dict.fromkeys(beats))  # few of them differ
        manners = {json.dumps(asdict(manner), sort_keys=True) for manner, _, _ in beats}
        engines = {engine_name(manner, lang) for manner, lang, speaks in beats if speaks}
        facts = [
            repr(self.beats),
            dict(self.text.say),
            sorted(manners),
            sorted(engines),
            self.pace,
            self.first,
            self.text.bedtime,
            [self.text.title, self.text.author, self.ships],
            hash_of(Path(__file__).parents[2], LAID_OUT_BY),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]


class Tale:
    """A telling being laid out."""

    def __init__(
        self,
        told: Told,
        start: int,
        last: int,
        night: Key,
        story: Key,
        speaker: Speaker,
        ahead: int = AHEAD,
    ) -> None:
        """`last`: the frame from which on no sentence may begin. `night` is a key of this night's own, for
        pauses; `story` one of the story's, for what is spoken, which on another night is the same. `ahead`:
        sentences that are spoken before they are wanted."""
        self.told, self.last, self._night = told, last, night
        self._start = start + COMES
        self.laying = Laying(told.beats, told.manner_of, told.text.say, story, speaker, told.first, ahead)
        self.laid: list[Laid] = []
        self.over = self.laying.over
        self.left_out: list[str] = []
        """Sentences in which there is nothing that can be said."""
        self.asleep = False
        """Did it stop because there was evidence of sleep?"""
        self.cut_short = False
        """Did it stop because the night ends?"""
        self._of = told.of
        self._sinks = not told.is_long

    @property
    def next(self) -> int:
        """The frame at which the next sentence is to begin."""
        return self.laid[-1].line.stop + self.laid[-1].pause if self.laid else self._start

    def pacing(self, course: Course | None) -> Pacing:
        text = self.told.text
        return Pacing(self._start, course, text.bedtime, self._sinks, self.told.pace)

    def lay(self, course: Course | None, frame: int = 0) -> Laid | None:
        """Lays the next sentence, at `frame` at the soonest; None where nothing more is told."""
        at = max(self.next, frame)
        pacing = self.pacing(course)
        asleep = self.asleep_from(course)
        until = self.told.telling.until
        last = min(self.last, until) if isinstance(until, int) else self.last
        if (latest := self.told.telling.latest) is not None:
            last = min(last, latest)
        if self.over or at >= last or (asleep is not None and at >= asleep):
            self.asleep |= asleep is not None and at >= asleep
            self.cut_short |= at >= self.last and not self.laying.over
            self.over = True
            return None
        while not self.laying.over:
            try:
                laid = self.laying.lay(pacing, at, self._night)
            except Unsayable:
                self.left_out.append(self.told.beats[self.laying.number].sentence.text)
                self.laying.number += 1
                continue
            self.laid.append(laid)
            self.over = self.laying.over
            return laid
        self.over = True
        return None

    def lay_all(self, course: Course | None, progress: Callable[[int, int], None] | None = None) -> None:
        count = len(self.told.beats)
        while self.lay(course) is not None:
            if progress is not None:
                progress(self.laying.number, count)

    def asleep_from(self, course: Course | None) -> int | None:
        """The frame from which on there is evidence of sleep, where that ends the telling."""
        return self.pacing(course).asleep_from() if self.told.telling.until is Until.ASLEEP else None

    # while it is heard

    hushed = False
    """Is it silent for now, because somebody asked for that?"""

    def take_up(self, course: Course | None) -> None:
        """It goes on where it was given up, or where sleep had ended it and nobody sleeps any more."""
        if not self.laying.over and (not self.asleep or self.asleep_from(course) is None):
            self.over = self.asleep = False

    def cut_after(self, count: int, asleep: bool) -> None:
        """Takes back what was laid after so many sentences; it is laid again, unless the listener sleeps."""
        dropped, self.laid = self.laid[count:], self.laid[:count]
        if dropped:
            self.laying.number = dropped[0].number
            self.over = False
        if asleep:
            self.asleep = self.over = True

    def hold(self, frame: int) -> None:
        """The last sentence, which is being said, fades out by this frame; it is said again."""
        last = self.laid[-1]
        self.laid[-1] = replace(last, line=last.line.cut_at(frame))
        self.laying.number, self.over = last.number, False

    def go_back(self, number: int) -> None:
        """It goes on from before this sentence: from where its paragraph, or the one before, begins."""
        self.laying.number, self.over = self.from_before(number), False

    def from_before(self, number: int) -> int:
        """The first sentence of the paragraph that this one is in, or of the one before, where it is the
        first itself."""
        beats = self.told.beats
        first = max(0, number - 1)
        while first > 0 and beats[first - 1].paragraph == beats[first].paragraph:
            first -= 1
        return first

    @property
    def parts(self) -> tuple[tuple[int, str], ...]:
        """The frame at which each part begins, and its heading."""
        found: dict[int, tuple[int, str]] = {}
        for one in self.laid:
            number = one.beat.part
            heading = self.told.text.parts[number].heading if number < len(self.told.text.parts) else ""
            found.setdefault(number, (one.line.start, heading or self.told.text.title))
        return tuple(found.values())

    @property
    def coming(self) -> int:
        """Frames that the rest takes, about."""
        if self.over:
            return 0
        return max(RATE, round(self.told.seconds(self.laying.number) * RATE))

    @property
    def narration(self) -> Narration:
        told = self.told
        return Narration(
            told.telling.voice,
            self._of,
            tuple(one.line for one in self.laid),
            self.coming + (WAITS if self.hushed and self.coming else 0),
            told.text.title,
            told.by,
            told.text.author,
            told.ships,
            self.hushed,
            self.parts,
        )


_WITH_PAUSES = 0.95
"""Times a teller's pace: what a whole story comes to, long pauses and all."""
