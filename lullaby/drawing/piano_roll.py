"""The notes of a night's music: pitch upwards, time to the right; the whole night, and its first minute of
music close by."""

from __future__ import annotations

from dataclasses import replace

from lullaby.drawing.palette import FAINT, GOLD, INK, Colour
from lullaby.drawing.picture_layout import GRIDLINE, HAIRLINE, HEIGHT, LEFT, RIGHT, SMALL, Canvas
from lullaby.drawing.typeface import Drawable
from lullaby.music.programme import Score
from lullaby.night.music import heard_of
from lullaby.night.night import Night
from lullaby.score.music import name_of
from lullaby.time import PAGE, Span, clock

ROLL = 150
"""Pixels of a roll's height."""
ABOVE, BETWEEN = 14, 56
"""Pixels above the first roll, and between the two."""
BELOW = 2 * ROLL + ABOVE + BETWEEN + 44
"""Pixels that a picture is higher with them."""
CLOSE = PAGE
"""Frames of the second."""

COLOURS: dict[str, Colour] = {
    "drone": (72, 98, 164),
    "accompaniment": (112, 132, 128),
    "lull": (196, 140, 150),
    "melody": GOLD,
}
"""By role, what is behind first."""


def music_in(night: Night) -> Score | None:
    """What instruments are heard to play in this night, if anything."""
    music, written = night.score.music, night.music
    if music is None or written is None:
        return None
    found = replace(written, notes=heard_of(night.plan, music, written))
    return found if any(found.notes.values()) else None


def add_rolls(canvas: Canvas, night: Night, music: Score) -> None:
    """Both rolls, beneath what else there is."""
    first = min(note.start for notes in music.notes.values() for note in notes)
    first = max((bar.start for bar in music.bars if bar.start <= first), default=first)
    top = HEIGHT + ABOVE
    _add_legend(canvas, music, top - 14)
    _add_roll(canvas, music, Span(0, night.length), top)
    near = Span(first, min(night.length, first + CLOSE))
    top += ROLL + BETWEEN
    canvas.text((LEFT, top - 10), f"the first minute, from {clock(near.start)}", "ls", FAINT)
    _add_roll(canvas, music, near, top)
    for bar in music.bars:
        if near.start <= bar.start < near.stop:
            x = _x(bar.start, near)
            canvas.line((x, top), (x, top + ROLL), HAIRLINE if bar.of_section == 0 else GRIDLINE)
            if bar.of_section == 0 and bar.section:
                canvas.text((x + 4, top + ROLL + 20), bar.section, "ls", INK)


def _add_legend(canvas: Canvas, music: Score, foot: float) -> None:
    left: float = LEFT
    for role, colour in reversed(COLOURS.items()):
        if music.notes.get(role):
            canvas.text((left, foot), role, "ls", colour)
            left += Drawable(role).width(SMALL) + 24


def _add_roll(canvas: Canvas, music: Score, span: Span, top: float) -> None:
    pitches = [note.pitch for notes in music.notes.values() for note in notes]
    low, high = min(pitches) - 2, max(pitches) + 2
    each = ROLL / (high - low)
    for pitch in range(low, high + 1):
        if pitch % 12 == music.scale.tonic % 12:
            y = top + ROLL - (pitch - low) * each
            canvas.line((LEFT, y), (RIGHT, y), GRIDLINE)
            canvas.text((LEFT - 10, y), name_of(pitch), "rm")
    for role, colour in COLOURS.items():
        for note in music.notes.get(role, ()):
            start, stop = max(note.start, span.start), min(note.start + note.frames, span.stop)
            if start < stop:
                y = top + ROLL - (note.pitch - low) * each
                left, right = _x(start, span), _x(stop, span)
                thick = max(1.5, 0.35 * each)
                canvas.draw.rectangle([(left, y - thick), (max(left + 1, right - 1), y + thick)], fill=colour)


def _x(frame: int, span: Span) -> float:
    return LEFT + (RIGHT - LEFT) * (frame - span.start) / len(span)
