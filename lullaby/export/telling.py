"""What a file is to say of the night in it."""

from __future__ import annotations

from lullaby.export.containers.about import MOST_CHAPTERS, About, Chapter
from lullaby.night import ENGINE, Night
from lullaby.night.credits import credits
from lullaby.time import Span


def told_of(night: Night, span: Span, cover: bytes, size: int) -> About:
    from lullaby import __version__

    return About(
        title=sayable(night.score.title),
        date=night.date.isoformat() if night.date else "",
        comment=f"lullaby {night.fingerprint}, engine {ENGINE}, seed {night.seed}"
        + (", for headphones" if night.headphones else ""),
        credits=sayable(credits(night.score).text),
        encoder=f"lullaby {__version__}",
        chapters=chapters(night, span),
        cover=cover,
        cover_size=size,
    )


def chapters(night: Night, span: Span) -> tuple[Chapter, ...]:
    """A chapter a scene. What goes on where the span begins is the first; one alone is none."""
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
    """A name of a file need not be text; what a tag says must be."""
    return text.encode(errors="replace").decode()


def _title(name: str) -> str:
    """ "further-off" is read as "Further off"."""
    words = sayable(name).replace("-", " ").replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]
