"""Laying a story out in time: sentence after sentence, each with its pace, its tune and the pause after it.

A sentence's pace is fixed when it is laid. It is chosen a paragraph at a time, so that words and pauses come
to the words a minute that the listener's arousal asks for; what a sentence took more or less than that is
made up for by the pauses after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lullaby.chance import Key
from lullaby.evening.narration.beats import Beat
from lullaby.evening.narration.pacing import Pacing
from lullaby.evening.narration.speaker import Speaker
from lullaby.kernels import exact
from lullaby.narrator.rates import natural_rate
from lullaby.narrator.shelf import Shelved
from lullaby.narrator.speech import Manner, Speech, Word
from lullaby.narrator.tunes import following
from lullaby.story.lexicon import spellings_for
from lullaby.story.pauses import ASKED, PAUSES, PRESSED, WIDEST, Pause
from lullaby.time import RATE
from lullaby.voices.speech.line import RATIO, Line

SLOWEST, QUICKEST = 0.52, 1.12
"""Times a voice's own pace; beyond them it sounds made."""
STEPS = 25
"""Steps of pace in a factor of e: each of them is spoken anew, and 4 % is not heard."""
AHEAD = 12
"""Sentences that are being spoken at once, with the one that is laid, where all of them are wanted."""


@dataclass(frozen=True)
class Laid:
    """A sentence at its place in the night."""

    number: int
    beat: Beat
    line: Line
    words: tuple[Word, ...]
    pause: int
    """Frames of silence after it."""


class Laying:
    """The laying of one telling, as far as it has come."""

    def __init__(
        self,
        beats: Sequence[Beat],
        manner_of: Callable[[Beat], Manner],
        say: Mapping[str, str],
        key: Key,
        speaker: Speaker,
        number: int = 0,
        ahead: int = AHEAD,
    ) -> None:
        """`key`: of the telling, for its tunes; pauses are drawn from a key of the night, handed to `lay`.
        `number`: the beat it begins with. `ahead`: sentences that are spoken before they are wanted."""
        self.beats, self._manner_of, self._say = beats, manner_of, say
        self._key, self._speaker, self._ahead = key, speaker, ahead
        self.number = number
        """The beat that is laid next."""
        self._tunes: list[int] = []
        self._asked_for = number
        self._behind = 0.0
        """Seconds by which it is behind the words a minute asked for."""

    @property
    def over(self) -> bool:
        return self.number >= len(self.beats)

    def prepare(self, pacing: Pacing, frame: int) -> Shelved:
        """The next sentence, spoken as it would be at this frame; those after it are spoken meanwhile."""
        recorded = self.beats[self.number].recorded
        if recorded is not None:
            return recorded
        self._speaker.ahead(self._speeches(pacing, frame))
        return self._speaker.shelved(self.speech(self.number, pacing, frame))

    def lay(self, pacing: Pacing, frame: int, night: Key) -> Laid:
        """The next sentence at this frame."""
        number, beat = self.number, self.beats[self.number]
        shelved = self.prepare(pacing, frame)
        line = Line(frame, shelved.samples, shelved.name, shelved.digest, pacing.gain_db(frame))
        pause = self._pause(beat, pacing, line.stop, night / number)
        if beat.recorded is None:
            wanted = beat.sentence.words * 60 / pacing.words_per_minute(frame)
            self._behind += shelved.seconds + pause - wanted
        if beat.after is not Pause.CLAUSE and beat.seconds is None:
            least = PAUSES[beat.after].shortest(pacing.depth(line.stop))
            given = min(max(pause - self._behind, least + PRESSED * (pause - least)), WIDEST * pause)
            self._behind += given - pause
            pause = given
        self._behind = min(max(self._behind, -_MOST_BEHIND), _MOST_BEHIND)
        self.number += 1
        return Laid(number, beat, line, shelved.words, round(pause * RATE))

    def speech(self, number: int, pacing: Pacing, frame: int) -> Speech:
        beat = self.beats[number]
        sentence, manner = beat.sentence, self._manner_of(beat)
        manner = replace(manner, range=round(manner.range * pacing.range(frame), 2))
        pace = self._pace(number, manner, pacing, frame) * sentence.pace
        spelled = spellings_for(sentence, self._say)
        return Speech(sentence.text, sentence.lang, manner, round(pace, 3), self._tune(number), spelled)

    def _speeches(self, pacing: Pacing, frame: int) -> Iterator[Speech]:
        """Those of the next sentences that were not asked for yet, as they would be spoken if each lasted as
        long as its words do on average."""
        for number in range(self.number, min(self.number + self._ahead, len(self.beats))):
            if number >= self._asked_for:
                self._asked_for = number + 1
                if self.beats[number].recorded is None:
                    yield self.speech(number, pacing, frame)
            words = self.beats[number].sentence.words
            frame += round(words * 60 / pacing.words_per_minute(frame) * RATE)

    def _pace(self, number: int, manner: Manner, pacing: Pacing, frame: int) -> float:
        """Times the voice's own pace, so that the paragraph comes to the words a minute asked for."""
        natural = natural_rate(manner, self.beats[number].sentence.lang)
        words, silent = 0, 0.0
        depth = pacing.depth(frame)
        for other in self._paragraph(number):
            words += other.sentence.words
            silent += other.seconds if other.seconds is not None else PAUSES[other.after].mean(depth)
        speaks = words * 60 / pacing.words_per_minute(frame) - silent
        pace = QUICKEST if speaks <= 0 else words * 60 / natural / speaks
        step = round(float(exact.log2(min(max(pace, SLOWEST), QUICKEST))) * exact.LN2 * STEPS)
        return float(exact.exp(step / STEPS))

    def _paragraph(self, number: int) -> Iterator[Beat]:
        """The sentences of its paragraph; of a heading, those of the paragraph after it, too."""
        beat, first = self.beats[number], number
        while first > 0 and self.beats[first - 1].paragraph == beat.paragraph:
            first -= 1
        for other in self.beats[first:]:
            if other.paragraph > beat.paragraph + beat.heading:
                return
            yield other

    def _tune(self, number: int) -> int:
        """Each is one of those that are least like the one before."""
        while len(self._tunes) <= number:
            before = self._tunes[-1] if self._tunes else None
            self._tunes.append(following(before, (self._key / "tunes").draw(len(self._tunes))))
        return self._tunes[number]

    def _pause(self, beat: Beat, pacing: Pacing, frame: int, key: Key) -> float:
        depth = pacing.depth(frame)
        if beat.seconds is not None:
            return max(0.0, ASKED.at(beat.seconds, depth) - beat.within)
        return PAUSES[beat.after].drawn(key, depth)


_MOST_BEHIND = 8.0
"""Seconds that are made up for later, at the most: a part's long pauses must not hasten what follows."""

assert RATIO * 24_000 == RATE
