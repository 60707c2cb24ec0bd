"""A night that an address names, made an evening of: the same as if it had been typed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.web.wanted import Wanted


def evening_for(wanted: Wanted, bedside: Bedside) -> Evening:
    """The evening of this address: of a score, a ritual, a mix, or of a story that has no other's name."""
    from lullaby.cli.options.nights import request_of
    from lullaby.cli.parser import parsed
    from lullaby.evening import prepared
    from lullaby.evening.narration.alone import StoryRequest, story_evening
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.web.rooms.typed import words_of

    if (path := _story(wanted)) is not None:
        return story_evening(
            StoryRequest(
                path,
                listener=wanted.listener,
                seed=wanted.seed,
                date=wanted.date,
                sleeper=wanted.sleeper,
            ),
            Storytelling,
        )
    return prepared(request_of(parsed(["render", *words_of(wanted.whole)]), bedside))


def check(wanted: Wanted, bedside: Bedside) -> None:
    """An AskedWrongly where it names nothing there is."""
    from lullaby.cli.options.nights import request_of
    from lullaby.cli.parser import parsed
    from lullaby.evening.which import score_of
    from lullaby.web.rooms.typed import words_of

    if _story(wanted) is None:
        score_of(request_of(parsed(["render", *words_of(wanted.whole)]), bedside).what)


def _story(wanted: Wanted) -> Path | None:
    """The file of the story that is meant."""
    from lullaby.score.stories import story_files

    name, *others = wanted.words
    return None if others or _is_a_night(name) else story_files(Path()).get(name)


def _is_a_night(name: str) -> bool:
    from lullaby.score import score_files
    from lullaby.score.finding import find_voice_path
    from lullaby.score.rituals import ritual_files
    from lullaby.voices.kinds import KINDS

    return name in score_files() or name in ritual_files() or find_voice_path(name, KINDS) is not None
