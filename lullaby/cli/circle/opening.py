"""`lullaby circle open FILE.night` and `lullaby open LINE`: what it is; or a sound file of it; or played, at
the instant at which it begins."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from lullaby.cli.circle.composing import compose
from lullaby.cli.options.moments import cut
from lullaby.cli.options.nights import say_notes
from lullaby.cli.playing.devices import list_devices
from lullaby.cli.playing.heard_now import play
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.evening import Evening, prepared
from lullaby.evening.narration.storytelling import Storytelling
from lullaby.ritual.circle.pack import starts
from lullaby.ritual.circle.pack.evening import evening_in, other_engine, softer_here
from lullaby.ritual.circle.pack.facts import facts_of_pack
from lullaby.ritual.circle.pack.opening import keep, opened
from lullaby.ritual.circle.share_line import BEGINS, shared_from
from lullaby.ritual.circle.sharing import differences, facts_of_line, request_of
from lullaby.score.plain_text import plain, short
from lullaby.time import RATE, Span, clock

pause: Callable[[float], object] = Event().wait
"""Waits so many seconds; Ctrl-C ends it."""
_A_WHILE = 20.0
"""Seconds after which the clock is looked at again: a machine may sleep meanwhile."""


def pack(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.list_devices:
        return list_devices(asked, bedside)
    _one_thing(asked)
    if asked.log is not None:
        raise AskedWrongly("a pack is the night that is played: there is no more to log. Leave --log out.")
    path = Path(asked.pack)
    with opened(path) as found:
        evening = evening_in(found, asked.listener, asked.device, compose)
        for said in (other_engine(found), softer_here(evening.night)):
            if said is not None:
                bedside.note(said)
        if getattr(asked, "keep", None):
            keep(found, Path(asked.keep))
        facts = facts_of_pack(found, evening, path)
        return _done(asked, bedside, evening, found.head.starts, facts)


def shared(asked: argparse.Namespace, bedside: Bedside) -> int:
    if asked.list_devices:
        return list_devices(asked, bedside)
    _one_thing(asked)
    if len(asked.line) == 1 and not asked.line[0].startswith(BEGINS) and Path(asked.line[0]).is_file():
        asked.pack = asked.line[0]
        return pack(asked, bedside)
    found = shared_from("".join(asked.line))
    request = replace(request_of(found), listener=asked.listener, device=asked.device)
    # to say what it is, nothing need be spoken
    until = None if asked.file or asked.play else 0
    with bedside.speaking() as progress:
        evening = prepared(request, storytelling=Storytelling(until=until, progress=progress))
    said = list(differences(found, evening))
    for line in said:
        bedside.note(plain(line))
    return _done(asked, bedside, evening, found.starts, facts_of_line(found, said))


def _one_thing(asked: argparse.Namespace) -> None:
    if asked.render and not asked.file:
        raise AskedWrongly("--render keeps it as a file: -o FILE says where.")
    if asked.file and asked.play:
        raise AskedWrongly("-o keeps a file, and --play is heard now: leave one of them out.")
    if asked.now and not asked.play:
        raise AskedWrongly("--now is about playing: --play does that.")
    if asked.jobs is not None and not 1 <= asked.jobs <= 256:
        raise AskedWrongly("--jobs goes from 1 to 256.")


def _done(
    asked: argparse.Namespace,
    bedside: Bedside,
    evening: Evening,
    starting: datetime.datetime,
    facts: dict[str, Any],
) -> int:
    if asked.file:
        return _rendered(asked, bedside, evening)
    if asked.play:
        return _played(asked, bedside, evening, starting)
    if asked.json:
        bedside.facts(facts)
        return 0
    say_notes(evening, bedside)
    night, local = evening.night, starting.astimezone(bedside.clock.now().tzinfo)
    bedside.say(plain(f"{night.score.title}: {clock(night.length)}, begins {local:%Y-%m-%d %H:%M:%S}."))
    for turn in facts.get("turns", []):
        bedside.say(plain(f"    {turn['who']} {'tells' if turn['role'] == 'tell' else 'plays'}."))
    for story in facts.get("stories", []):
        bedside.say(plain(f"    It tells {short(story['title'], 100)}."))
    bedside.say("    --play plays it then; --render -o FILE keeps it as a sound file.")
    return 0


def _rendered(asked: argparse.Namespace, bedside: Bedside, evening: Evening) -> int:
    from lullaby.evening.facts.file import facts_of_file
    from lullaby.export import BEDSIDE, export, format_of, size

    path, night = Path(asked.file), evening.night
    format_of(path)
    span: Span = cut(asked, night.length) & night.span
    say_notes(evening, bedside)
    with bedside.working(f"Rendering {night.score.title}") as progress:
        export(night, path, span=span, bits=asked.bits, jobs=asked.jobs, progress=progress, note=bedside.note)
    facts = facts_of_file(evening, path, span, BEDSIDE, asked.bits)
    if asked.json:
        bedside.facts(facts)
    else:
        bedside.say(plain(f"{path}: {clock(len(span))}, {size(facts['bytes'])}, {night.fingerprint}"))
    return 0


def _played(
    asked: argparse.Namespace, bedside: Bedside, evening: Evening, starting: datetime.datetime
) -> int:
    """Plays it from the instant at which it begins; who comes later hears what everybody hears by then."""
    night = evening.night
    _ = night.gain  # the opening is listened to now, not when it is to begin
    if not asked.now:
        if asked.start is not None:
            raise AskedWrongly("--from is for --now: else it is where everybody else is by then.")
        if starts.joining(starting, bedside.clock.now(), night.length) is None:
            over = starting + datetime.timedelta(seconds=night.length / RATE)
            raise AskedWrongly(f"this night was over at {over:%Y-%m-%d %H:%M} UTC.\n    --now plays it now.")
        _wait(bedside, starting)

    def heard(_: object) -> Evening:
        joined = None if asked.now else starts.joining(starting, bedside.clock.now(), night.length)
        if joined is not None and joined.frame:
            asked.start = f"{joined.frame / RATE:.6f}"
        return evening

    return play(asked, bedside, heard)


def _wait(bedside: Bedside, starting: datetime.datetime) -> None:
    said = False
    while (left := (starting - bedside.clock.now()).total_seconds()) > 0:
        if not said:
            local = starting.astimezone(bedside.clock.now().tzinfo)
            bedside.note(f"It begins at {local:%H:%M:%S}, in {clock(round(left * RATE))}.")
            said = True
        pause(min(left, _A_WHILE))
