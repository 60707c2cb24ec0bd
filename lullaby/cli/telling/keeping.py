"""A story kept as a file: an audiobook, with its words as subtitles where they are asked for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lullaby.cli.files.going_on import going_on_is_said
from lullaby.cli.options.nights import say_notes
from lullaby.cli.telling.which_story import story_request
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, choices
from lullaby.score.plain_text import plain, quoted
from lullaby.time import clock

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.export import Use

SUBTITLES = (".srt", ".vtt")


def add_keeping(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", dest="file", metavar="FILE", help="keep it as a file: .m4b .opus .mp3 .flac .wav"
    )
    parser.add_argument(
        "--subtitles",
        metavar="FILE",
        action="append",
        default=[],
        help="its words and when they are heard: .srt or .vtt",
    )
    parser.add_argument(
        "--overlays", metavar="FILE", help="of an EPUB: a copy that speaks, with each sentence marked: .epub"
    )
    parser.add_argument("--bits", type=int, choices=(16, 24), help="of a sample, in .flac and .wav (16)")
    parser.add_argument("--for-use", dest="use", metavar="USE", help="where it goes, as `render` knows it")
    parser.add_argument("--jobs", type=int, metavar="N", help="minutes made side by side (one a core)")
    parser.add_argument("--audition", action="store_true", help="all tellers, each with its first sentences")


def no_file_options(asked: argparse.Namespace) -> None:
    """Refused where something is said of a file, and none is asked for."""
    for option, name in (
        ("subtitles", None),
        ("overlays", None),
        ("bits", None),
        ("use", "for-use"),
        ("jobs", None),
    ):
        if getattr(asked, option):
            raise AskedWrongly(f"--{name or option} is about a file: -o FILE keeps the story as one.")


def no_playing_options(asked: argparse.Namespace) -> None:
    """Refused where something is said of what is heard now, and a file is asked for."""
    for option in _HEARD_NOW:
        if getattr(asked, option) is not None:
            name = option.replace("_", "-")
            raise AskedWrongly(
                f"--{name} is about what is heard now, and -o keeps a file: leave one of them out."
            )


_HEARD_NOW = (
    *("null", "heard", "volume", "log", "evidence", "microphone", "dim_after"),
    *("for_time", "between", "fade", "curve", "wake", "wake_over", "wake_window", "wake_with"),
)


def keep_story(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.jobs is not None and not 1 <= asked.jobs <= 256:
        raise AskedWrongly("--jobs goes from 1 to 256.")
    for name in asked.subtitles:
        if Path(name).suffix.lower() not in SUBTITLES:
            raise AskedWrongly(f"--subtitles {plain(name)}: subtitles end in .srt or .vtt.")

    from lullaby.cli.telling.overlays import check_overlays, keep_overlays
    from lullaby.evening.narration.alone import no_words, story_evening
    from lullaby.evening.narration.captions import captions_of
    from lullaby.evening.narration.speaker import Speaker
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.export import cores, export, format_of, write_subtitles
    from lullaby.narrator.shelf import make_room

    path = Path(asked.file)
    format_of(path)
    use = _use(asked)
    request = story_request(asked, bedside, heard_now=False)
    if asked.subtitles:
        no_words(request.path, "--subtitles")
    if asked.overlays:
        check_overlays(request.path, Path(asked.overlays))
    with bedside.speaking() as progress, Speaker(at_once=asked.jobs or cores()) as speaker:
        evening = story_evening(request, lambda: Storytelling(speaker, progress=progress))
    night = evening.night
    say_notes(evening, bedside, follows=True)
    assert evening.storytelling is not None
    for name in asked.subtitles:
        write_subtitles(Path(name), captions_of(evening.storytelling.tales))
    with going_on_is_said(path, bedside), bedside.working(f"Telling {night.score.title}") as progress:
        export(night, path, bits=asked.bits, use=use, jobs=asked.jobs, progress=progress, note=bedside.note)
    if asked.overlays:
        keep_overlays(asked, bedside, evening, request.path, Path(asked.overlays))
    make_room(bedside.clock.now().timestamp())
    _say(asked, bedside, evening, path, use)
    return 0


def _use(asked: argparse.Namespace) -> Use:
    from lullaby.export import BEDSIDE, STORY, USES

    if asked.use is None:
        return BEDSIDE if asked.bed else STORY
    if asked.use not in USES:
        raise AskedWrongly(f"--for-use {quoted(asked.use)}: {choices(asked.use, USES, 'there are')}")
    return USES[asked.use]


def _say(asked: argparse.Namespace, bedside: Bedside, evening: Evening, path: Path, use: Use) -> None:
    from lullaby.evening.facts.file import facts_of_file
    from lullaby.export import size

    facts: dict[str, Any] = facts_of_file(evening, path, evening.night.span, use, asked.bits)
    if asked.json:
        bedside.facts(facts)
        return
    title = evening.night.score.title
    bedside.say(plain(f"{path}: {title}, {clock(evening.night.length)}, {size(facts['bytes'])}"))
