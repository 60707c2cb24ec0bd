"""A night in which a story is told and nothing else, or over a bed of another night."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from lullaby.errors import AskedWrongly, choices
from lullaby.evening.narration.gathering import told_with
from lullaby.evening.narration.telling import Told
from lullaby.evening.recorded.told import Recorded
from lullaby.score import Part, ReverbSettings, Score, find_voice
from lullaby.score.finding import find_voice_path, voice_files
from lullaby.score.model import Telling, Until
from lullaby.score.plain_text import plain, quoted
from lullaby.story.pauses import ASKED
from lullaby.story.text import Text
from lullaby.time import LONGEST, RATE
from lullaby.voices.kinds import KINDS

NAMED = "voice"
"""The name of the teller's part in a night made for a story."""
SLOWEST = 60.0
"""Words a minute: no telling is slower, all its pauses counted."""
FADE_IN, FADE_OUT = RATE // 2, 2 * RATE
ROOM = ReverbSettings(t60=0.5, damping=0.7, size=0.6, early=-10.0)
"""A small furnished room."""


def story_night(
    text: Text,
    path: Path,
    teller: str,
    bed: Score | None,
    until: Until = Until.ASLEEP,
    recorded: Recorded | None = None,
) -> tuple[Score, list[Told]]:
    """The score in which this text, or this recording, is told, and what is told in it. It ends when the
    story does."""
    if find_voice_path(teller, KINDS) is None:
        raise AskedWrongly(f"there is no teller {quoted(teller)}.\n    {plain(_tellers(teller))}")
    voice = find_voice(teller, KINDS)
    if not voice.kind.speaks:
        raise AskedWrongly(f"{plain(teller)} is no teller.\n    {plain(_tellers(teller))}")
    frames = round((text.words / SLOWEST * 60 + 600) * RATE)
    if recorded is not None:
        frames = round((ASKED.at(recorded.seconds, 1) + 600) * RATE)
    elif frames > 2 * LONGEST:
        raise AskedWrongly(
            f"{plain(text.title)} has {text.words} words, which is more than a day of telling. "
            "Choose some of its parts: --parts 1-10."
        )
    own = {"level": 0.0, **voice.values}
    name = NAMED if bed is None or bed.part(NAMED) is None else f"{NAMED} 2"
    part = Part(name, voice, own)
    telling = Telling(0, path.stem, path, name, until)
    source = hashlib.sha256(repr(text).encode()).hexdigest()
    if recorded is not None:
        telling, source = replace(telling, story=path.name, recording=recorded.file), recorded.of
    if bed is None:
        score = Score(
            name=path.stem,
            path=path,
            title=text.title,
            description="",
            length=min(frames, LONGEST),
            fade_in=FADE_IN,
            fade_out=FADE_OUT,
            room=ROOM,
            voices=(part,),
            tellings=(telling,),
            at_most=RATE,
            is_story=True,
            sources=(source, voice.source),
        )
    else:
        after = bed.fade_in + 5 * RATE
        telling = replace(telling, at=after)
        score = replace(
            bed,
            name=path.stem,
            title=text.title,
            length=min(frames + after + bed.fade_out, LONGEST),
            voices=(*bed.voices, part),
            tellings=(telling,),
            at_most=RATE,
            is_story=True,
            sources=(*bed.sources, source, voice.source),
        )
    return score, [told_with(telling, text, own, () if recorded is None else recorded.beats)]


def _tellers(instead_of: str) -> str:
    """Those that there are, as a hint."""
    tellers = sorted(voice.name for voice in voice_files(KINDS) if voice.kind.speaks)
    return choices(instead_of, tellers, "There are")
