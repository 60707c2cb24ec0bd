"""`lullaby new`: a score, story, ritual or tune to start from, with comments, that is right as it stands."""

from __future__ import annotations

import argparse
import errno
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lullaby import places
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot, choices
from lullaby.score import checks
from lullaby.score.plain_text import plain, quoted

_TEMPLATES = Path(checks.__file__).parent / "templates"


@dataclass(frozen=True)
class Sheet:
    """One sort of file that a person writes."""

    folder: Path
    """The folder it is looked for in, among the listener's own and among what is shipped."""
    ending: str
    within: str = ""
    """How a score uses it, where no command does alone; {} is its name."""
    does: str = "render"
    """The command that uses it."""


SHEETS = {
    "score": Sheet(Path("scores"), ".toml"),
    "story": Sheet(Path("scores/stories"), ".md", does="tell"),
    "ritual": Sheet(Path("scores/rituals"), ".toml"),
    "tune": Sheet(Path("scores/tunes"), ".abc", within='tunes = ["{}"] in the [music] of a score'),
}


def add(commands: Any) -> None:
    parser = commands.add_parser(
        "new", help="a score, story, ritual or tune to start from", allow_abbrev=False
    )
    parser.add_argument("what", metavar="WHAT", help="score, story, ritual or tune")
    parser.add_argument("name", metavar="NAME", help="what it will be called: harbour-walk")
    parser.add_argument("--here", action="store_true", help="in this folder, not in your own of lullaby")
    parser.add_argument("--json", action="store_true", help="where it is, for programs")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.what not in SHEETS:
        raise AskedWrongly(
            f"there is no new {quoted(asked.what)}.\n    {choices(asked.what, SHEETS, 'There are')}"
        )
    sheet = SHEETS[asked.what]
    name = _name(asked.name, sheet.ending)
    folder = Path() if asked.here else places.home() / sheet.folder
    path = folder / (name + sheet.ending)
    text = (_TEMPLATES / (asked.what + sheet.ending)).read_text("utf-8").replace("{title}", _title(name))
    _write(path, text)
    if asked.json:
        from lullaby.evening.facts.new import facts_of_new

        bedside.facts(facts_of_new(asked.what, name, path))
        return 0
    bedside.say(plain(str(path)))
    bedside.say(f"    lullaby check {shlex.quote(str(path))}")
    if sheet.within:
        bedside.say(f"    {sheet.within.format(plain(name))} plays it.")
    else:
        bedside.say(f"    lullaby {sheet.does} {shlex.quote(str(path) if asked.here else name)}")
    if not asked.here and (places.shipped("scores").parent / sheet.folder / path.name).is_file():
        bedside.note(f"From now on this hides the {asked.what} of that name that comes with lullaby.")
    return 0


def _name(typed: str, ending: str) -> str:
    """The typed text as a name that any system can hold, or a line that says why not."""
    name = typed.removesuffix(ending)
    try:
        checks.file_name(name)
    except checks.Unfit as unfit:
        raise AskedWrongly(f"{quoted(typed)} {unfit.what}\n    A name is like harbour-walk.") from None
    return name


def _title(name: str) -> str:
    words = " ".join(name.replace("-", " ").replace("_", " ").split()) or name
    return words[:1].upper() + words[1:]


def _write(path: Path, text: str) -> None:
    """The whole file or none, and never over another."""
    there = AskedWrongly(
        f"{plain(str(path))}: this is there already, and stays as it is.\n"
        "    Take another name, or move it away."
    )
    if os.path.lexists(path):
        raise there
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        places.put_new(path, text.encode())
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(path):  # it came meanwhile
            raise there from None
        raise CouldNot(_why_not(path, error)) from error


def _why_not(path: Path, error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{plain(str(path))}: nothing may be written there."
    if error.errno == errno.ENOSPC:
        return f"{plain(str(path))}: the disk is full."
    return f"{plain(str(path))}: {places.why_not(error)}"
