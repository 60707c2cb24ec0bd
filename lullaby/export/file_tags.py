"""The tags of a night's file: title, credits, chapters, cover, and which night it is."""

from __future__ import annotations

from lullaby.export.containers.tags import (
    FOR_A_LISTENER,
    FOR_HEADPHONES,
    MOST_CHAPTERS,
    VOICES_ALONE,
    Chapter,
    Tags,
)
from lullaby.night import ENGINE, Night
from lullaby.night.credits import credits
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
        date=night.date.isoformat() if night.date else "",
        comment=", ".join(
            [
                f"lullaby {night.fingerprint}, engine {ENGINE}, seed {night.seed}",
                *(word for word, is_so in besides.items() if is_so),
            ]
        ),
        credits=sayable(credits(night.score).text),
        encoder=f"lullaby {__version__}",
        chapters=chapters(night, span),
        cover=cover,
        cover_size=size,
    )


def chapters(night: Night, span: Span) -> tuple[Chapter, ...]:
    """A chapter for each scene, from the one that the span begins in. A single chapter is left out."""
    found: list[Chapter] = []
    for scene in night.score.scenes:
        if scene.at >= span.stop:
            break
        chapter = Chapter(max(0, scene.at - span.start), _title(scene.name))
        if found and chapter.start == 0:
            found.pop()
        found.append(chapter)
    if found and found[0].start > 0:
        found.insert(0, Chapter(0, sayable(night.score.title)))
    return tuple(found[:MOST_CHAPTERS]) if len(found) > 1 else ()


def sayable(text: str) -> str:
    """Text that can be encoded: a title taken from a file's name may hold bytes that are no letters."""
    return text.encode(errors="replace").decode()


def _title(name: str) -> str:
    """ "further-off" is read as "Further off"."""
    words = sayable(name).replace("-", " ").replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]
