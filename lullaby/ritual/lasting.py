"""How long it takes to tell something, on the long side: what ends when it is told must not be cut."""

from __future__ import annotations

from pathlib import Path

from lullaby.errors import LullabyError
from lullaby.evening.narration.beats import beats_of
from lullaby.evening.narration.gathering import text_of
from lullaby.evening.narration.pacing import Pacing
from lullaby.score.model import Telling
from lullaby.story.pauses import ASKED, PAUSES
from lullaby.story.text import Text
from lullaby.time import RATE
from lullaby.voices.clips.reading import seconds as seconds_of

LONGER = 1.12
"""Times what it takes as it is reckoned: tellers differ, and a sentence may be slower than its paragraph."""
AND = 15 * RATE
RECORDED = 1.25
"""Times a recording's own length: its pauses grow, its words do not."""


def lasting(telling: Telling, pace: float, start: int) -> int | None:
    """Frames that this takes when it begins at `start`; None where nobody can tell, because it cannot be
    read: that is said when it would be told."""
    if telling.recording is not None:
        own = seconds_of(Path(telling.recording.path))
        return round(own * RATE * RECORDED) + AND if own else None
    try:
        text = text_of(telling)
    except LullabyError:
        return None
    first = 0 if telling.goes_on is None else telling.goes_on[0]
    return round(_frames(text, pace, start, first) * LONGER) + AND


def _frames(text: Text, pace: float, start: int, first: int) -> int:
    pacing, at = Pacing(start, None, text.bedtime, pace=pace), start
    for beat in list(beats_of(text))[first:]:
        at += round(beat.sentence.words * 60 / (pacing.words_per_minute(at) * beat.sentence.pace) * RATE)
        depth = pacing.depth(at)
        if beat.seconds is not None:
            at += round(ASKED.at(beat.seconds, depth) * RATE)
        elif beat.sentence.words < 3:
            at += round(PAUSES[beat.after].mean(depth) * RATE)
    return at - start
