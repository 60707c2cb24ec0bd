"""The stories of a score, read and given to their tellers, and laid out in a night."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

from lullaby import places
from lullaby.chance import Key
from lullaby.errors import WrittenWrongly
from lullaby.evening.narration.beats import Beat, beats_of
from lullaby.evening.narration.speaker import Speaker
from lullaby.evening.narration.telling import Tale, Told
from lullaby.evening.notes import NoTime
from lullaby.narrator.speech import Manner
from lullaby.night.narration import Narration
from lullaby.score import Score
from lullaby.score.front_matter import front_matter_of
from lullaby.score.model import Change, Telling, Until
from lullaby.sleep.course import Course
from lullaby.story.lexicon import merged
from lullaby.story.reading import read_text
from lullaby.story.text import Paragraph, Text
from lullaby.time import RATE

_NAMES = {field.name for field in fields(Manner)}
GAP = 4 * RATE
"""Frames between two stories, at the least."""
HEARD = 3
"""No sentence begins in this last part of the night's fade-out, its third: there 12 dB are gone already."""


def manner_from(values: Change) -> Manner:
    """The manner of a teller whose voice has these settings."""
    facts = {name: value for name, value in values.items() if name in _NAMES}
    return Manner(**facts)  # type: ignore[arg-type]


FIGURES = ((1.1, 1.05, 1.0), (0.9, 0.96, 0.9), (1.18, 1.09, 1.1), (0.82, 0.92, 0.9))
"""Pitch, throat and range of those who speak in a story, times the teller's own: a teller does the voices."""


def told_by(values: Change, text: Text) -> Callable[[Beat], Manner]:
    """Who speaks each sentence: the teller, and as the teller does them, the figures of the story."""
    own = manner_from(values)
    figures: dict[str, Manner] = {}
    for number, who in enumerate(text.cast):
        pitch, throat, span = FIGURES[number % len(FIGURES)]
        figures[who] = replace(
            own,
            pitch=round(own.pitch * pitch, 3),
            throat=round(own.throat * throat, 3),
            range=round(own.range * span, 3),
        )
    return lambda beat: figures.get(beat.sentence.who, own)


def told_in(
    score: Score,
    say: Mapping[str, str],
    day: date | None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Told]:
    """What is told in this score on this date; `say` is how its listener has words said. A LullabyError where
    a text, or a recording, cannot be read. `progress`: how far a recording is heard through."""
    for turns in score.tellings:
        telling = turns.on(day)
        part = score.part(telling.voice)
        if part is None:
            continue
        if telling.recording is not None:
            from lullaby.evening.recorded.told import recorded

            found = recorded(telling.recording, progress)
            yield told_with(telling, found.text, part.values, found.beats)
            continue
        text = text_of(telling)
        yield told_with(telling, replace(text, say=merged(text.say, say)), part.values)


def text_of(telling: Telling) -> Text:
    """What a telling says: the text that stands in it, or else in its file. A LullabyError where that cannot
    be read."""
    if not telling.text:
        return read_text(telling.path)
    from lullaby.story.markdown import markdown_told  # a library, and most nights tell nothing

    mistakes: list[WrittenWrongly] = []
    front, said = front_matter_of(telling.text, telling.story, mistakes)
    if mistakes:
        raise mistakes[0]
    front = front if front.lang else replace(front, lang=telling.lang)
    text = markdown_told(said, front, telling.story)
    return text if telling.slower == 1 else _at_pace(text, telling.slower)


def _at_pace(text: Text, pace: float) -> Text:
    """The text with every sentence at so many times its pace."""
    return replace(
        text,
        parts=tuple(
            replace(
                part,
                items=tuple(
                    replace(
                        item, sentences=tuple(replace(one, pace=one.pace * pace) for one in item.sentences)
                    )
                    if isinstance(item, Paragraph)
                    else item
                    for item in part.items
                ),
            )
            for part in text.parts
        ),
    )


def told_with(telling: Telling, text: Text, values: Change, recorded: tuple[Beat, ...] = ()) -> Told:
    """`recorded`: what is told, where somebody spoke it themselves."""
    beats = recorded or tuple(beats_of(text))
    pace = values.get("pace", 110.0)
    return Told(
        telling,
        text,
        beats,
        told_by(values, text),
        float(pace) if isinstance(pace, int | float) else 110.0,
        ships=telling.ours if telling.text else comes_along(telling.path),
    )


def comes_along(path: Path) -> bool:
    """Is the text at this path one that ships? One that stands in no file was made by lullaby."""
    ours = places.shipped("scores").resolve()
    return not path.is_file() or path.resolve().is_relative_to(ours)


def tales_of(
    score: Score, told: list[Told], seed: int, day: date | None, speaker: Speaker, ahead: int
) -> list[Tale]:
    """The tellings of a night, to be laid out one after another. `ahead`: sentences that are spoken before
    they are wanted."""
    night = Key.root(seed, "night", day.isoformat() if day else "any night") / "/tellings"
    last = score.length - score.fade_out // HEARD
    return [
        Tale(
            one,
            one.telling.at,
            last,
            night / number / one.telling.story,
            Key.root(seed, "story", one.telling.story),
            speaker,
            ahead,
        )
        for number, one in enumerate(told)
    ]


def without_time(score: Score, tales: list[Tale], course: Course | None) -> Iterator[NoTime]:
    """What is not told, or not to its end, because the night ends first; of what is not laid out yet, as far
    as can be told."""
    free = 0
    for tale in tales:
        telling, count = tale.told.telling, len(tale.told.beats)
        at = tale.laid[0].line.start if tale.laid else max(telling.at, free)
        free = max(tale.next, at) + tale.coming + GAP
        lasts, told = tale.told.seconds(tale.told.first), None
        if tale.over:
            # the last of them may be longer than what was left of the night
            cut = bool(tale.laid) and tale.laid[-1].line.stop > score.length
            short, told = tale.cut_short or cut, tale.laying.number - cut if tale.laid else 0
        else:
            short = (
                isinstance(telling.until, Until)
                and tale.asleep_from(course) is None
                and free - GAP > tale.last
            )
        if short:
            yield NoTime(tale.told.text.title or telling.story, at, score.length, told, count, lasts)


def lay_out(
    tales: list[Tale],
    course: Course | None,
    until: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Narration, ...]:
    """Lays the tales out; with `until` no further than needed to know what is told up to that frame."""
    count = sum(len(tale.told.beats) for tale in tales)
    done, free = 0, 0
    for tale in tales:
        while (until is None or max(tale.next, free) < until) and tale.lay(course, free) is not None:
            if progress is not None:
                progress(done + tale.laying.number, count)
        done += len(tale.told.beats)
        if not tale.over:
            break
        if tale.laid:
            free = tale.laid[-1].line.stop + GAP
    return tuple(tale.narration for tale in tales)
