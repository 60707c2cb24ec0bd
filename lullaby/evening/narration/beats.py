"""A text as beats: every sentence in order, and what stands between it and the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lullaby.narrator.shelf import Shelved
from lullaby.story.headings import spoken_heading
from lullaby.story.pauses import Pause
from lullaby.story.text import Paragraph, Part, Sentence, Text

_RANK = {pause: rank for rank, pause in enumerate(Pause)}


@dataclass(frozen=True)
class Beat:
    sentence: Sentence
    part: int
    paragraph: int
    """Counted through the whole text."""
    after: Pause
    seconds: float | None = None
    """The length of the pause after it, where the text gives one."""
    heading: bool = False
    recorded: Shelved | None = None
    """Its sound, where somebody spoke it themselves."""
    within: float = field(default=0.0, repr=False)
    """Seconds of that pause which the sounds before and after it hold already."""


def beats_of(text: Text, *, titled: bool = True) -> list[Beat]:
    """With `titled` a title of its own is spoken first, and headings before their parts."""
    found: list[Beat] = []
    paragraph = 0
    title = text.title if text.titled else ""
    if titled and title:
        found.append(_heading(title, text.lang, 0, paragraph))
    for number, part in enumerate(text.parts):
        paragraph += 1
        if titled and part.heading and part.heading != title:
            found.append(_heading(part.heading, _language(part, text), number, paragraph))
        for item in part.items:
            if isinstance(item, Paragraph):
                paragraph += 1
                found += _spoken(item, number, paragraph)
            elif found:
                found[-1] = _rests(found[-1], Pause.SCENE if item.scene else Pause.MARK, item.seconds)
        if found:
            found[-1] = _rests(found[-1], Pause.PART, None)
    return found


def _spoken(paragraph: Paragraph, part: int, number: int) -> list[Beat]:
    beats = [
        Beat(one, part, number, Pause.CLAUSE if one.ends_clause else Pause.SENTENCE)
        for one in paragraph.sentences
    ]
    if beats:
        beats[-1] = replace(beats[-1], after=Pause.PARAGRAPH)
    return beats


def _heading(title: str, lang: str, part: int, paragraph: int) -> Beat:
    spoken = spoken_heading(title)
    spoken = spoken if spoken[-1] in ".!?…" else f"{spoken}."
    return Beat(Sentence(spoken, lang), part, paragraph, Pause.HEADING, heading=True)


def _language(part: Part, text: Text) -> str:
    for item in part.items:
        if isinstance(item, Paragraph) and item.sentences:
            return item.sentences[0].lang
    return text.lang


def _rests(beat: Beat, pause: Pause, seconds: float | None) -> Beat:
    """The beat with this pause after it, if it is the stronger one; seconds that are asked for add up."""
    if seconds is not None:
        seconds += beat.seconds or 0.0
        return replace(beat, seconds=seconds, after=max(beat.after, pause, key=_RANK.__getitem__))
    if beat.seconds is not None:
        return beat
    return replace(beat, after=max(beat.after, pause, key=_RANK.__getitem__))
