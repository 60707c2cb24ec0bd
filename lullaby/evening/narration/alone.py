"""A story asked for by itself: read, given to its teller, and made an evening of."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from lullaby.errors import AskedWrongly
from lullaby.evening.narration.going_on import bookmark_of
from lullaby.evening.narration.story_night import story_night
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.evening.notes import Follows
from lullaby.evening.prepare import Evening, prepared
from lullaby.evening.recorded.told import is_recording, recorded, recording_at
from lullaby.evening.request import Request, Sleeps
from lullaby.evening.which import bed_of
from lullaby.people.listeners import find_person
from lullaby.score import find_voice
from lullaby.score.finding import voice_files
from lullaby.score.plain_text import plain
from lullaby.story.lexicon import merged
from lullaby.story.reading import read_text
from lullaby.story.text import Text
from lullaby.voices.kinds import KINDS
from lullaby.voices.teller import TELLER

USUAL_TELLER = TELLER.name
"""The kind's own name stands for its usual voice."""


@dataclass(frozen=True)
class StoryRequest:
    """Which story, by whom, over what, and for whom."""

    path: Path
    """Its file; of a `text` that stands in none, the name by which it is remembered."""
    text: Text | None = None
    teller: str | None = None
    bed: str | None = None
    """A score by name or path, or voices with spaces between them: "rain sea:-6"."""
    listener: str | None = None
    parts: str | None = None
    """Some of its parts, counted from 1: "3", "2-5", "4-"."""
    go_on: bool = False
    """From just before where it stopped the last time?"""
    seed: int | None = None
    date: datetime.date | None = None
    sleeper: Sleeps | None = None
    course_file: str = ""
    device: str | None = None
    heard_now: bool = False
    """Is it played, rather than kept as a file?"""
    heard_on: datetime.date | None = None
    """On which evening, then."""
    anyway: bool = False


def story_evening(asked: StoryRequest, storytelling: Callable[[], Storytelling]) -> Evening:
    """The evening of this story. What cannot be spoken is an error here: there is nothing else to hear."""
    story = storytelling()
    recording = None
    if asked.text is not None:
        text = chosen_parts(asked.text, asked.parts)
    elif is_recording(asked.path):
        whole = recorded(recording_at(asked.path), story.progress)
        recording = whole.some_parts(*which_parts(whole.text, asked.parts))
        text = recording.text
    else:
        text = chosen_parts(read_text(asked.path), asked.parts)
    person = None if asked.listener is None else find_person(asked.listener)
    if person is not None:
        text = replace(text, say=merged(text.say, person.say))
    teller = asked.teller or (person.teller if person is not None else None) or teller_for(text.lang)
    bed = None if asked.bed is None else bed_of(asked.bed)
    score, told = story_night(text, asked.path, teller, bed, recorded=recording)
    if asked.go_on and bookmark_of(asked.listener, told[0]) is None:
        raise AskedWrongly(f"{plain(text.title)} did not stop anywhere: leave --go-on out.")
    story.tells(told)
    sleeper = asked.sleeper
    if sleeper is None and (not text.bedtime or told[0].is_long or not (asked.heard_now or bed)):
        sleeper = "none"  # a book, a talk, a file: nobody falls asleep over it
    evening = prepared(
        Request(
            score,
            listener=asked.listener,
            seed=asked.seed,
            date=asked.date,
            sleeper=sleeper,
            course_file=asked.course_file,
            device=asked.device,
            go_on=asked.go_on,
            heard_on=asked.heard_on,
            anyway=asked.anyway,
        ),
        storytelling=story,
    )
    return replace(evening, notes=tuple(note for note in evening.notes if not isinstance(note, Follows)))


def teller_for(lang: str) -> str:
    """A teller who speaks this language; the usual one where there is none."""
    base = lang.lower().split("-")[0]
    usual = find_voice(USUAL_TELLER, KINDS)
    if usual.values.get("lang", "en") != base:
        for voice in sorted(voice_files(KINDS), key=lambda voice: voice.name):
            if voice.kind.speaks and voice.values.get("lang") == base:
                return voice.name
    return usual.name


def no_words(path: Path, asked: str) -> None:
    """Refused where this is a recording: nobody knows its words."""
    if is_recording(path):
        raise AskedWrongly(
            f"{asked}: {plain(str(path))} is a recording, and nobody has written down what is said in it. "
            "Leave it out."
        )


def chosen_parts(text: Text, asked: str | None) -> Text:
    """The text with the parts that were asked for."""
    start, stop = which_parts(text, asked)
    return text if asked is None else replace(text, parts=text.parts[start:stop])


def which_parts(text: Text, asked: str | None) -> tuple[int, int]:
    """The parts that were asked for: from the first until before the second, counted from 0."""
    if asked is None:
        return 0, len(text.parts)
    first, dash, last = asked.partition("-")
    count = len(text.parts)
    some = "" if count < 3 else f"; --parts 2-{count} is all but the first"
    has = f"parts 1 to {count}" if count > 1 else "one part: leave --parts out"
    wrong = AskedWrongly(f"--parts {plain(asked)}: {plain(text.title)} has {has}{some}.")
    if not first.isdecimal() or not (last.isdecimal() or not last):
        raise wrong
    start, stop = int(first), int(last) if last else count if dash else int(first)
    if not 1 <= start <= stop <= count:
        raise wrong
    return start - 1, stop
