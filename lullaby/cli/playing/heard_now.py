"""A night heard now, from its preparation to the end of its sound, with all that may happen meanwhile."""

from __future__ import annotations

import argparse
import datetime
import gc
import math
import threading
from typing import TYPE_CHECKING

from lullaby import heap
from lullaby.cli.options.moments import cut
from lullaby.cli.options.nights import say_notes
from lullaby.cli.playing.circle_held import held_if_heard
from lullaby.cli.playing.clocks import clocks_of
from lullaby.cli.playing.dawn import play_dawn
from lullaby.cli.playing.daybreak import Daybreak
from lullaby.cli.playing.devices import outlet_on, way_of
from lullaby.cli.playing.driven import Driven, door_of_its_own
from lullaby.cli.playing.face_options import seen_of
from lullaby.cli.playing.noted import log_for, noted
from lullaby.cli.playing.session import Session, follower_of, kept_awake, log_of, play_night, player_of
from lullaby.cli.playing.storytelling import spoken_ahead, story_of
from lullaby.cli.playing.timer import Timer, timer_of
from lullaby.cli.playing.timer_hours import TimerHours
from lullaby.cli.playing.waking import Waking, say_waking, waking_of
from lullaby.cli.playing.watched import watched
from lullaby.cli.terminal.bedside import Bedside
from lullaby.cli.terminal.keys import keys
from lullaby.errors import AskedWrongly
from lullaby.player.ending import FADE
from lullaby.ritual.schedule.of_a_rule import is_of_a_rule
from lullaby.score.plain_text import plain
from lullaby.time import LONGEST, RATE, Span, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from lullaby.evening import Evening
    from lullaby.evening.narration.storytelling import Storytelling
    from lullaby.narrator.narrator import Narrator
    from lullaby.people.bookmarks import Bookmark


SETTLED = (0.25, 1.0)
"""Seconds after which what plays has loaded most of what it takes, and all of it. The first sentences of a
story, which take most memory, are spoken between."""


def play(
    asked: argparse.Namespace,
    bedside: Bedside,
    evening_with: Callable[[Callable[[], Storytelling]], Evening],
    *,
    narrator: Narrator | None = None,
    ends: bool = False,
) -> int:
    """Plays an evening. `evening_with` prepares it, given what has its stories told. `narrator`: one that is
    started already. With `ends` the player is gone when it is over, whoever might wake again."""
    timer = timer_of(asked, bedside.clock.now().date())
    if asked.volume is not None and not -90 <= asked.volume <= 0:
        raise AskedWrongly("--volume goes from -90 to 0: nothing is louder than the night itself.")
    waking = waking_of(asked, bedside.clock.now())
    cut(asked, LONGEST)
    seen = seen_of(asked)
    way = way_of(asked)

    with (
        spoken_ahead(narrator) as storytelling,
        door_of_its_own(bedside) as door,
        outlet_on(way) as (outlet, maker),
        bedside.working(""),
        keys() as pressed,
        watched(pressed, bedside, seen) as view,
    ):
        evening = evening_with(storytelling)
        left, why_no_more = _left(asked, evening, bedside)
        dawn = None if waking is None else waking.dawn_of(evening)
        span = cut(asked, evening.night.length) & evening.night.span
        driven = Driven(door, view, min(timer.fade, FADE))
        kept = log_for(asked, bedside)
        with (
            log_of(kept, evening, bedside, wanted=asked.log is not None) as log,
            kept_awake(outlet, bedside, all_along=waking is not None) as awake,
        ):
            session = Session(clocks_of(way, bedside.clock), driven, bedside, log, asked.volume or 0.0)
            player = player_of(
                evening,
                span,
                outlet,
                maker,
                session,
                awake=awake,
                waits=waking is not None,
                ends=ends,
                ready=asked.ready,
            )
            live = follower_of(asked, evening, player, session)
            daybreak = (
                None if waking is None else Daybreak(waking, player, session.clocks, live, bedside.note)
            )
            say_notes(evening, bedside, follows=True)
            gc.freeze()  # all is loaded: it is not looked through, which would copy what is shared
            gc.enable()
            for seconds in SETTLED:
                settled = threading.Timer(seconds, _settle)
                settled.daemon = True
                settled.start()
            player.wait_for_device()
            if is_of_a_rule() and (why := _confirmed(bedside)) is not None:
                bedside.note(why)
                return 0
            _say(evening, span, timer, waking, bedside)
            if timer.between is not None:
                player.every_tick(TimerHours(timer, timer.between, player, session.clocks).look)
            elif timer.seconds is not None:
                player.end_in(timer.seconds, timer.fade, timer.curve)
            if left is not None and (timer.between is not None or left * 60 < (timer.seconds or math.inf)):
                player.end_in(left * 60, timer.fade, timer.curve)
                bedside.note(why_no_more)
            stopped: dict[str, Bookmark | None] = {}
            with (
                noted(asked, evening, span, player, None if log is None else kept, bedside),
                story_of(evening, player, session, stopped) as story,
            ):
                play_night(evening, player, live, daybreak, session, story)
            held_if_heard(asked, evening, player.frame, stopped, bedside)
            if dawn is not None and daybreak is not None:
                if daybreak.started and not player.stopped:
                    play_dawn(dawn, daybreak, player.outlet.way, session)
                elif daybreak.wakes:
                    bedside.note("It was stopped, so it will not grow light.")
    return 0


def _settle() -> None:
    heap.let_go_of("libllvmlite")
    heap.give_back()


def _confirmed(bedside: Bedside) -> str | None:
    """Why the night of a rule that begins here may not, after all."""
    from lullaby.ritual.schedule.beginning import confirmed

    return confirmed(bedside.clock)


def _left(asked: argparse.Namespace, evening: Evening, bedside: Bedside) -> tuple[float | None, str]:
    """Minutes that its listener's limits leave a night that was not asked for as others are: a pack, a line,
    a log. Of any other the request itself knows."""
    if evening.request.heard_on is not None:
        return None, ""
    from lullaby.evening.enough import left_now
    from lullaby.journal.book import evening_of

    listener = asked.listener or evening.request.listener
    return left_now(listener, evening_of(bedside.clock.now()), anyway=getattr(asked, "anyway", False))


def _say(evening: Evening, span: Span, timer: Timer, waking: Waking | None, bedside: Bedside) -> None:
    """What plays and until when; the only time that a clock is spoken of."""
    now = bedside.clock.now()
    lasts = min(len(span), LONGEST if timer.seconds is None else round(timer.seconds * RATE))
    if timer.between is not None and timer.between.around(now) is None:
        lasts = len(span)
    if waking is not None:
        lasts = min(lasts, round((waking.begins - now).total_seconds() * RATE))
    ends = now + datetime.timedelta(seconds=lasts / RATE)
    title = plain(evening.night.score.title)
    bedside.say(f"{title} plays for {clock(lasts)}, until {ends:%H:%M}.")
    if timer.between is not None and timer.seconds is not None:
        hours = f"{timer.between.first:%H:%M} and {timer.between.last:%H:%M}"
        bedside.say(f"Between {hours} it is silent after {clock(round(timer.seconds * RATE))}.")
    if waking is not None:
        say_waking(waking, bedside)
    bedside.finish()  # whoever reads a pipe reads it now
