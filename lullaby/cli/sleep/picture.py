"""The picture of a hypnogram, with the level and the events of a usual night beneath."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lullaby.sleep.course import Course

HELP = "stages, how softly a night would play to them, and what happens: as .png or .svg"


def draw(course: Course, path: Path, title: str, subtitle: str, *, four_class: bool = False) -> Path:
    from lullaby.drawing.hypnogram_picture import picture
    from lullaby.night.usual_following import usual_following

    follows = usual_following(course)
    return picture(
        course.runs,
        path,
        title=title,
        subtitle=subtitle,
        four_class=four_class,
        length=course.stop,
        level=follows.level,
        until=follows.ends,
        events=follows.events,
        private=course.real,
    )
