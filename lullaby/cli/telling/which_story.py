"""Which story is meant, by whom it is told, and from where on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import plain, quoted

if TYPE_CHECKING:
    from lullaby.evening.narration.alone import StoryRequest


def add_story(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "story",
        metavar="STORY",
        nargs="?",
        help="a story by name (lullaby stories), a text (.md .txt .epub .ssml), or a recording (.m4a .mp3 …)",
    )
    parser.add_argument("--by", metavar="TELLER", help="who tells it: a voice of the kind teller")
    parser.add_argument("--parts", metavar="N[-M]", help="some of its parts: 3, 2-5, or 4- for the rest")
    parser.add_argument(
        "--go-on", action="store_true", help="from just before where it stopped the last time"
    )


def story_path(named: str) -> Path:
    """The file of this story: a path, or a name among the listener's own and the shipped ones."""
    from lullaby.score.stories import story_files

    path = Path(named).expanduser()
    if path.suffix or "/" in named:
        if not path.exists():
            raise AskedWrongly(f"{plain(named)}: there is no such file.")
        return path
    stories = story_files(Path())
    if named in stories:
        return stories[named]
    if path.exists():
        return path
    hint = choices(named, stories, "There are", f"{len(stories)} stories: lullaby stories lists them")
    raise AskedWrongly(f"there is no story {quoted(named)}.\n    {plain(hint)}")


def story_request(asked: argparse.Namespace, bedside: Bedside, *, heard_now: bool) -> StoryRequest:
    """What was typed, as a request."""
    from lullaby.cli.options.nights import seed_of
    from lullaby.cli.options.sleepers import course_of
    from lullaby.evening.narration.alone import StoryRequest
    from lullaby.night.night_log import NightLog

    course = course_of(asked)
    if isinstance(course, NightLog):
        raise AskedWrongly("the log of a night says all that was heard: lullaby render --course does that.")
    return StoryRequest(
        story_path(asked.story),
        teller=asked.by,
        bed=asked.bed,
        listener=asked.listener,
        parts=asked.parts,
        go_on=asked.go_on,
        seed=seed_of(asked),
        date=bedside.clock.now().date() if asked.listener else None,
        sleeper=course or asked.sleeper,
        course_file=asked.course or "",
        device=asked.device,
        heard_now=heard_now,
    )
