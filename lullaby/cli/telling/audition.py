"""All tellers, one after another, in one file: whoever wants to choose hears them say the same."""

from __future__ import annotations

import argparse
from pathlib import Path

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain
from lullaby.time import clock

_OF_A_STORY = ("new", "bed", "by", "parts", "go-on", "subtitles", "overlays")


def audition(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.evening.narration.audition import audition_evening
    from lullaby.evening.narration.speaker import Speaker
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.export import STORY, cores, export, format_of

    for option, name in (("story", asked.story), *((option, f"--{option}") for option in _OF_A_STORY)):
        if getattr(asked, option.replace("-", "_")):
            raise AskedWrongly(
                f"--audition has every teller say the same, and tells no story: leave {plain(str(name))} out."
            )
    if asked.file is None:
        raise AskedWrongly("--audition is kept as a file: -o tellers.m4b")
    path = Path(asked.file)
    format_of(path)
    with bedside.speaking() as progress, Speaker(at_once=cores()) as speaker:
        evening = audition_evening(Storytelling(speaker, progress=progress))
    with bedside.working("Keeping the audition") as working:
        export(evening.night, path, use=STORY, progress=working, note=bedside.note)
    bedside.say(plain(f"{path}: {len(evening.night.narrations)} tellers, {clock(evening.night.length)}"))
    return 0
