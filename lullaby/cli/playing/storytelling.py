"""The stories of a night that plays: told a minute ahead, marked where they stop."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lullaby.cli.playing.session import Session
from lullaby.time import RATE

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.evening.narration.live import LiveStory
    from lullaby.evening.narration.speaker import Speaker
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.evening.narration.telling import Tale
    from lullaby.narrator.narrator import Narrator
    from lullaby.people.bookmarks import Bookmark
    from lullaby.player import Player


AT_ONCE = 4
"""Seconds of a story that are spoken before it plays: its title, and what follows it."""


@contextlib.contextmanager
def narrator_started() -> Iterator[Narrator]:
    """The process that speaks, from now on."""
    from lullaby.narrator.narrator import Narrator

    narrator = Narrator()
    try:
        yield narrator
    finally:
        narrator.stop()


@contextlib.contextmanager
def spoken_ahead(narrator: Narrator | None) -> Iterator[Callable[[], Storytelling]]:
    """What has the stories of a night spoken while it plays, for as long as this lasts: by this narrator, or
    one that is started when there is something to say."""
    speakers: list[Speaker] = []

    def storytelling() -> Storytelling:
        from lullaby.evening.narration.speaker import Speaker
        from lullaby.evening.narration.storytelling import Storytelling

        speakers.append(Speaker(narrator))
        return Storytelling(speakers[0], until=AT_ONCE * RATE)

    try:
        yield storytelling
    finally:
        for speaker in speakers:
            speaker.close()


@contextlib.contextmanager
def story_of(
    evening: Evening, player: Player, session: Session, stopped: dict[str, Bookmark | None]
) -> Iterator[LiveStory | None]:
    """The night's stories, while it plays; None where nothing is told. Where serials stop goes into
    `stopped`."""
    storytelling = evening.storytelling
    if storytelling is None or not storytelling.tales or evening.request.log is not None:
        yield None
        return

    from lullaby.evening.narration.going_on import bookmark_in, mark
    from lullaby.evening.narration.live import LiveStory
    from lullaby.narrator.shelf import make_room

    listener, day = evening.request.listener, session.clocks.wall().date()

    def marked(tale: Tale, sentence: int | None) -> None:
        mark(listener, tale, sentence, day)
        serial = tale.told.telling.serial
        if serial and sentence != 0:  # at its beginning it stands where it stood
            stopped[serial] = bookmark_in(tale, sentence, day)

    story = LiveStory(
        storytelling.tales,
        lambda: player.night,
        lambda: player.frame,
        player.change,
        marks=marked,
        note=session.bedside.note,
        grows=lambda: not player.resting,
        rests=storytelling.rest,
    )
    story.start()
    try:
        yield story
    finally:
        story.end()  # before what speaks: a sentence that it is stopped in is no fault
        storytelling.stop()
        story.close()
        make_room(session.clocks.wall().timestamp())
