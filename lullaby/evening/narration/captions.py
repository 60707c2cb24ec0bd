"""What is said when, for subtitles: sentences as captions, with their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lullaby.evening.narration.telling import Tale
from lullaby.export.overlay_marking import Spoken
from lullaby.export.overlays import Told
from lullaby.export.subtitles import Caption, TimedWord
from lullaby.narrator.speech import SPEECH_RATE
from lullaby.time import RATE


def overlays_of(tales: Iterable[Tale]) -> Iterator[Told]:
    """Every sentence of a book, with its page and when it is heard."""
    for tale in tales:
        for one in tale.laid:
            beat, parts = one.beat, tale.told.text.parts
            page = parts[beat.part].source if beat.part < len(parts) else ""
            spoken = Spoken(beat.sentence.text, beat.sentence.source, beat.heading)
            yield Told(page, spoken, one.line.start, one.line.stop)


def captions_of(tales: Iterable[Tale], start: int = 0) -> Iterator[Caption]:
    """A caption for each sentence, in seconds from the frame `start` on. What somebody recorded has none:
    nobody knows what is said."""
    for tale in tales:
        for one in (one for one in tale.laid if one.beat.recorded is None):
            began = (one.line.start - start) / RATE
            words = tuple(
                TimedWord(
                    word.text, word.at, began + word.start / SPEECH_RATE, began + word.stop / SPEECH_RATE
                )
                for word in one.words
            )
            yield Caption(one.beat.sentence.text, began, (one.line.stop - start) / RATE, words)
