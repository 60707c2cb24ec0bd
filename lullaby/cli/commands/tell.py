"""`lullaby tell`: a story told, now or as a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lullaby.cli.commands.play import add_playing
from lullaby.cli.options.listener import add_device, add_for
from lullaby.cli.options.sleepers import add_sleeper
from lullaby.cli.playing.devices import list_devices
from lullaby.cli.playing.waking import add_waking
from lullaby.cli.telling.keeping import add_keeping, keep_story, no_file_options, no_playing_options
from lullaby.cli.telling.which_story import add_story
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly

if TYPE_CHECKING:
    from collections.abc import Callable

    from lullaby.evening import Evening
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.narrator.narrator import Narrator


def add(commands: Any) -> None:
    parser = commands.add_parser("tell", help="a story told, now or as a file", allow_abbrev=False)
    add_story(parser)
    parser.add_argument("--bed", metavar="NIGHT", help='over a bed: a score, or voices: "rain sea:-6"')
    parser.add_argument("--seed", type=int, metavar="N", help="other pauses and tunes of the voice (0)")
    add_for(parser)
    add_device(parser)
    add_sleeper(parser)
    add_keeping(parser)
    add_playing(parser)
    add_waking(parser)
    parser.set_defaults(run=run, start=None, stop=None)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.list_devices:
        return list_devices(asked, bedside)
    if asked.file:
        no_playing_options(asked)
    if asked.audition:
        from lullaby.cli.telling.audition import audition

        return audition(asked, bedside)
    if asked.story is None and not asked.new:
        raise AskedWrongly(
            "which story?  `lullaby stories` lists them, --new weaves one, a text is named by its path."
        )
    if asked.file:
        return keep_story(asked, bedside)

    no_file_options(asked)

    from lullaby.cli.playing.storytelling import narrator_started

    with narrator_started() as narrator:  # before anything else: it takes longest to load
        return play_story(asked, bedside, narrator)


def play_story(asked: argparse.Namespace, bedside: Bedside, narrator: Narrator) -> int:
    """The story that was asked for, told now."""
    from lullaby.cli.playing.heard_now import play
    from lullaby.cli.telling.which_story import story_request
    from lullaby.evening.narration.alone import story_evening

    request = story_request(asked, bedside, heard_now=True)

    def heard(storytelling: Callable[[], Storytelling]) -> Evening:
        return story_evening(request, storytelling)

    return play(asked, bedside, heard, narrator=narrator, ends=True)
