"""A night that is heard, in the journal: written down when it begins, and again when it ends. A journal that
cannot be written is said once, and the night plays on."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import LullabyError
from lullaby.score.plain_text import plain
from lullaby.time import RATE

if TYPE_CHECKING:
    from lullaby.evening import Evening
    from lullaby.journal.nights import NightPlayed
    from lullaby.player import Player
    from lullaby.time import Span


EVERY = 300.0
"""Seconds of sound after which it is written down how much was heard: a night may be killed."""


def log_for(asked: argparse.Namespace, bedside: Bedside) -> str | None:
    """The file of the night's log: the one that was named, else one of the journal's own, so that what keys
    and evidence change can be had again."""
    if asked.log is not None:
        return str(asked.log)
    if asked.no_journal or "pack" in asked or "line" in asked:  # a pack, a line say all of their night
        return None
    from lullaby.journal.book import logs_folder
    from lullaby.people.private import make_private_folder

    try:
        folder = logs_folder(asked.listener)
        make_private_folder(folder.parent)
        make_private_folder(folder)
    except LullabyError as error:
        bedside.note(f"Nothing is written down of this night: {error}")
        asked.no_journal = True
        return None
    stem = f"{bedside.clock.now():%Y-%m-%d-%H%M%S}"
    names = (folder / f"{stem}{'' if number == 1 else f'-{number}'}.log" for number in range(1, 1000))
    return str(next(path for path in names if not path.exists()))


@contextlib.contextmanager
def noted(
    asked: argparse.Namespace,
    evening: Evening,
    span: Span,
    player: Player,
    log: str | None,
    bedside: Bedside,
) -> Iterator[None]:
    """Writes down that this night began, and what was heard of it when the block ends."""
    if asked.no_journal:
        with _counted(asked, span, player, bedside):
            yield
        return
    from lullaby.cli.journal.traces import before_forgetting
    from lullaby.journal.nights import end_night, heard_so_far, note_night

    begun = bedside.clock.now()
    number: int | None = None
    with _said_only(bedside):
        before_forgetting(asked.listener, begun.date())
        number = note_night(asked.listener, _night(asked, evening, begun, log), begun.date(), bedside.note)
    if number is None:
        yield
        return
    kept, written = number, 0.0

    def heard() -> float:
        return _heard(span, player)

    def write_down(seconds: float) -> None:
        with contextlib.suppress(LullabyError):  # at the end it is tried again, and said
            heard_so_far(asked.listener, kept, seconds, bedside.clock.now().date())

    def look() -> None:
        nonlocal written
        if heard() >= written + EVERY:
            written = heard()
            # the player's own thread waits for no disk
            threading.Thread(target=write_down, args=(written,), name="journal", daemon=True).start()

    player.every_tick(look)
    try:
        yield
    finally:
        with _said_only(bedside):
            ended = bedside.clock.now()
            end_night(asked.listener, kept, ended, heard(), ended.date())


@contextlib.contextmanager
def _counted(asked: argparse.Namespace, span: Span, player: Player, bedside: Bedside) -> Iterator[None]:
    """Without the journal only its minutes count, and only where its listener has set a limit."""
    from lullaby.journal.book import evening_of
    from lullaby.people.enough.unwritten import add_unwritten

    evening = evening_of(bedside.clock.now())
    try:
        yield
    finally:
        try:
            add_unwritten(asked.listener, evening, _heard(span, player))
        except LullabyError as error:
            bedside.note(f"The minutes of this night are counted nowhere: {error}")


def _heard(span: Span, player: Player) -> float:
    """Seconds."""
    return max(0, min(player.frame - span.start, player.ring.read)) / RATE


@contextlib.contextmanager
def _said_only(bedside: Bedside) -> Iterator[None]:
    try:
        yield
    except LullabyError as error:
        bedside.note(f"This night is not in the journal: {error}")


def _night(
    asked: argparse.Namespace, evening: Evening, begun: datetime.datetime, log: str | None
) -> NightPlayed:
    from lullaby.journal.nights import NightPlayed
    from lullaby.night.engine import engine_name

    night = evening.night
    ritual = night.score.ritual
    return NightPlayed(
        title=plain(night.score.title),
        asked=again(asked, evening),
        fingerprint=night.fingerprint,
        engine=engine_name(),
        seed=night.seed,
        date=night.date,
        begun=begun,
        log="" if log is None else str(Path(log).absolute()),
        mood="" if ritual is None else ritual.mood,
        ritual="" if ritual is None else ritual.name,
        level=round(night.score.level + (asked.volume or 0.0), 2),
        dba=_at_the_pillow(asked, evening),
    )


def _at_the_pillow(asked: argparse.Namespace, evening: Evening) -> float | None:
    """dBA of its opening, where somebody has measured the device."""
    from lullaby.people.devices import calibration_for
    from lullaby.people.listeners import find_person

    person = None if asked.listener is None else find_person(asked.listener)
    known, night = calibration_for(person, asked.device), evening.night
    if known.offset is None:
        return None
    dba = known.dba(night.measured_a + 20 * math.log10(float(night.gain)) + (asked.volume or 0.0))
    return None if dba is None else round(dba, 1)


_OPTIONS = (
    ("--for", "listener"), ("--all-night", "all_night"), ("--device", "device"), ("--by", "by"),
    ("--bed", "bed"), ("--minutes", "minutes"), ("--series", "series"), ("--parts", "parts"),
    ("--course", "course"), ("--course-night", "course_night"), ("--sleeper", "sleeper"),
    ("--length", "length"), ("--mood", "mood"), ("--hemisphere", "hemisphere"), ("--circle", "circle"),
    ("--from", "start"), ("--to", "stop"),
)  # fmt: skip
_FLAGS = (("--headphones", "headphones"), ("--new", "new"))


def again(asked: argparse.Namespace, evening: Evening) -> tuple[str, ...]:
    """The command after `lullaby` that keeps the same night as a file."""
    if "pack" in asked:
        return ("circle", "open", str(Path(asked.pack).absolute()), "--render", "-o", "again.m4b")
    if "line" in asked:
        return ("open", *asked.line, "--render", "-o", "again.m4b")
    told = "story" in asked
    words = ["render", *getattr(asked, "night", [])]
    if told:
        words = ["tell", asked.story] if asked.story else ["tell"]
    elif words == ["render"]:
        words.append(evening.asked.name)
    said = [*words, "--seed", str(evening.night.seed)]
    if evening.night.date is not None and (not told or asked.new):
        said += ["--date", evening.night.date.isoformat()]
    for option, name in _OPTIONS:
        if getattr(asked, name, None) is not None:
            said += [option, str(getattr(asked, name))]
    said += [option for option, name in _FLAGS if getattr(asked, name, False)]
    for setting in getattr(asked, "settings", []):
        said += ["--set", setting]
    return (*said, "-o", "again.m4b") if told else tuple(said)
