"""The tags of a night's file: title, credits, chapters, cover, and which night it is."""

from __future__ import annotations

from collections.abc import Iterator

from lullaby.export.containers.tags import (
    FOR_A_LISTENER,
    FOR_HEADPHONES,
    MOST_CHAPTERS,
    VOICES_ALONE,
    Chapter,
    Tags,
)
from lullaby.night import ENGINE, Night
from lullaby.night.credits import credits, spoken
from lullaby.night.narration import A_RECORDING
from lullaby.score.planned_ritual import PlannedRitual
from lullaby.time import Span


def tags_of(night: Night, span: Span, cover: bytes, size: int) -> Tags:
    from lullaby import __version__

    besides = {
        FOR_HEADPHONES: night.headphones,
        FOR_A_LISTENER: night.for_listener,
        VOICES_ALONE: night.unmeasured,
    }
    return Tags(
        title=sayable(night.score.title),
        **_whose(night),
        date=night.date.isoformat() if night.date else "",
        comment=", ".join(
            [
                f"lullaby {night.fingerprint}, engine {ENGINE}, seed {night.seed}",
                *(word for word, is_so in besides.items() if is_so),
            ]
        ),
        credits=sayable(credits(night.score, spoken(night.narrations)).text),
        encoder=f"lullaby {__version__}",
        chapters=chapters(night, span),
        cover=cover,
        cover_size=size,
    )


def _whose(night: Night) -> dict[str, str]:
    """The artist and the genre: a story is its author's, and where nobody knows who that is, nobody's."""
    if not night.score.is_story:
        return {}
    told = night.narrations[0] if night.narrations else None
    ours = told is None or (told.ships and told.by != A_RECORDING)
    author = told.author if told is not None else ""
    return {"artist": sayable(author) or ("lullaby" if ours else ""), "genre": "Audiobook"}


def chapters(night: Night, span: Span) -> tuple[Chapter, ...]:
    """A chapter for each part of a story; in a score for each scene, too, and the story itself is in place of
    its first part; of a ritual each movement is one, called after the story told in it. It begins with the
    one that the span begins in; a single one is left out."""
    ritual = night.score.ritual
    found: list[Chapter] = []
    for at, title in sorted(_movements(ritual, night) if ritual else (*_scenes(night), *_stories(night))):
        if at >= span.stop:
            break
        chapter = Chapter(max(0, at - span.start), title)
        if found and chapter.start == 0:
            found.pop()
        found.append(chapter)
    if found and (night.score.is_story or not night.score.scenes):  # a story begins with its first part
        found[0] = Chapter(0, found[0].title)
    if found and found[0].start > 0:
        found.insert(0, Chapter(0, sayable(night.score.title)))
    return tuple(found[:MOST_CHAPTERS]) if len(found) > 1 else ()


def _movements(ritual: PlannedRitual, night: Night) -> Iterator[tuple[int, str]]:
    for one in ritual.movements:
        told = (told for told in night.narrations if told.lines and one.at <= told.lines[0].start < one.stop)
        titles = (told.title for told in told if told.title and not told.title.startswith(_plain(one.name)))
        yield one.at, sayable(next(titles, "")) or _title(one.name)


def _scenes(night: Night) -> Iterator[tuple[int, str]]:
    scenes = () if night.score.is_story else night.score.scenes  # a bed's
    return ((scene.at, _title(scene.name)) for scene in scenes)


def _stories(night: Night) -> Iterator[tuple[int, str]]:
    for narration in night.narrations:
        parts = narration.parts
        if night.score.scenes and not night.score.is_story and narration.lines:
            title = narration.title or (parts[0][1] if parts else "")
            parts = ((narration.lines[0].start, title), *parts[1:])
        yield from ((at, sayable(heading)) for at, heading in parts if heading)


def sayable(text: str) -> str:
    """Text that can be encoded: a title taken from a file's name may hold bytes that are no letters."""
    return text.encode(errors="replace").decode()


def _title(name: str) -> str:
    """ "further-off" is read as "Further off"."""
    words = _plain(name) or name
    return words[:1].upper() + words[1:]


def _plain(name: str) -> str:
    return sayable(name).replace("-", " ").replace("_", " ").strip()
