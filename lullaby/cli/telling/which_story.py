"""Which story is meant, by whom it is told, and from where on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby import places
from lullaby.cli.options.nights import date_of
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, choices
from lullaby.people.private import put_new
from lullaby.score.plain_text import plain, quoted

if TYPE_CHECKING:
    from lullaby.evening.narration.alone import StoryRequest
    from lullaby.story.text import Text


def add_story(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "story",
        metavar="STORY",
        nargs="?",
        help="a story by name (lullaby stories), a text (.md .txt .epub .ssml), or a recording (.m4a .mp3 …)",
    )
    parser.add_argument(
        "--new", action="store_true", help="a new story, woven for tonight and, with --for, for them"
    )
    parser.add_argument("--minutes", type=float, metavar="N", help="of a new story: how long (8)")
    parser.add_argument("--series", metavar="NAME", help="of a new story: another row of them")
    parser.add_argument(
        "--date", type=date_of, metavar="YYYY-MM-DD", help="of a new story: its night (today)"
    )
    parser.add_argument("--keep", metavar="NAME", help="of a new story: keep its text among your own")
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


def new_story(asked: argparse.Namespace, bedside: Bedside) -> tuple[Path, Text]:
    """A story that is woven now, and the name it goes by."""
    from lullaby.cli.options.nights import seed_of
    from lullaby.evening.narration.woven import USUAL_MINUTES, woven_story
    from lullaby.score.checks import Unfit, file_name

    if asked.story is not None:
        raise AskedWrongly(
            f"--new weaves a story, and {plain(asked.story)} is one already: leave one of them out."
        )
    for option, name in (("--series", asked.series), ("--keep", asked.keep)):
        try:
            if name is not None:
                file_name(name)
        except Unfit as unfit:
            raise AskedWrongly(f"{option} {quoted(name)} {unfit.what}") from None
    day = asked.date or bedside.clock.now().date()
    woven = woven_story(
        asked.listener,
        day,
        USUAL_MINUTES if asked.minutes is None else asked.minutes,
        asked.series,
        seed_of(asked) or 0,
    )
    if asked.keep is not None:
        path = places.home() / "scores" / "stories" / f"{asked.keep}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        put_new(path, woven.markdown)
        bedside.note(plain(f"{path}: lullaby tell {asked.keep}"))
        if (places.shipped("scores") / "stories" / path.name).is_file():
            bedside.note("From now on this hides the story of that name that comes with lullaby.")
    return Path(f"{woven.name}.md"), woven.text


def not_new(asked: argparse.Namespace) -> None:
    """Refused where something is said of a new story, and none is asked for."""
    for option in ("minutes", "series", "date", "keep"):
        if getattr(asked, option) is not None and not asked.new:
            raise AskedWrongly(f"--{option} is about a new story: --new weaves one.")


def story_request(asked: argparse.Namespace, bedside: Bedside, *, heard_now: bool) -> StoryRequest:
    """What was typed, as a request."""
    from lullaby.cli.options.nights import heard_on, seed_of
    from lullaby.cli.options.sleepers import course_of
    from lullaby.evening.narration.alone import StoryRequest
    from lullaby.night.night_log import NightLog

    not_new(asked)
    course = course_of(asked)
    if isinstance(course, NightLog):
        raise AskedWrongly("the log of a night says all that was heard: lullaby render --course does that.")
    path, text = (None, None) if not asked.new else new_story(asked, bedside)
    return StoryRequest(
        path or story_path(asked.story),
        text,
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
        heard_on=heard_on(asked, bedside) if heard_now else None,
        anyway=getattr(asked, "anyway", False),
    )
