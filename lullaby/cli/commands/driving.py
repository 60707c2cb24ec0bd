"""`lullaby now`, `more`, `next` and `stop`: asking the player that plays, through its door."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Mapping
from typing import Any

from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import figure, plain
from lullaby.time import RATE, clock

MINUTES = 10.0


def add(commands: Any) -> None:
    parser = commands.add_parser("now", help="what plays, and until when", allow_abbrev=False)
    parser.add_argument("--json", action="store_true", help="the same for programs")
    parser.set_defaults(run=now)
    parser = commands.add_parser("more", help="ten minutes more of what plays", allow_abbrev=False)
    parser.add_argument("minutes", metavar="MINUTES", nargs="?", type=float, default=MINUTES, help="(10)")
    parser.set_defaults(run=more)
    parser = commands.add_parser(
        "next", help="the next movement of the ritual that plays, or the next scene", allow_abbrev=False
    )
    parser.set_defaults(run=next_one)
    parser = commands.add_parser("stop", help="a fade, and the end of what plays", allow_abbrev=False)
    parser.set_defaults(run=stop)


def now(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.player.client import ask

    state = ask({"do": "state"})
    if asked.json:
        bedside.facts(state)
        return 0
    where = f"{clock(round(state['at'] * RATE))} of {clock(round(state['length'] * RATE))}"
    scene = f", {plain(state['scene'])}" if state["scene"] else ""
    bedside.say(f"{plain(state['title'])}: {state['state']}, {where}{scene}; {_until(state, bedside)}.")
    if state["wakes"] is not None:
        light = datetime.datetime.fromisoformat(state["wakes"]).astimezone()
        bedside.say(f"    it grows light at {light:%H:%M}")
    bedside.say(f"    volume {figure(state['volume'])} dB")
    for voice in state["voices"]:
        level = "silent" if voice["level"] is None else f"{voice['level']:.1f} dB"
        fader = "silent" if voice["fader"] is None else f"{voice['fader']:+g} dB"
        moved = "" if voice["fader"] == 0 else f" (its fader: {fader})"
        bedside.say(f"    {plain(voice['name'])} {level}{moved}")
    return 0


def more(asked: argparse.Namespace, bedside: Bedside) -> int:
    if not 1 / 60 <= asked.minutes <= 24 * 60:
        raise AskedWrongly("MINUTES goes from a sixtieth to 1440.")

    from lullaby.player.client import ask

    state = ask({"do": "more", "seconds": asked.minutes * 60})
    bedside.say(f"{plain(state['title'])} plays on: {_until(state, bedside)}.")
    return 0


def next_one(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.player.client import ask

    state = ask({"do": "skip"})
    now = state["movement"] or state["scene"]
    bedside.say(f"{plain(state['title'])} goes on{f' with {plain(now)}' if now else ''}.")
    return 0


def stop(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.player.client import ask

    state = ask({"do": "stop"})
    bedside.say(f"{plain(state['title'])} fades out.")
    return 0


def _until(state: Mapping[str, Any], bedside: Bedside) -> str:
    ends = bedside.clock.now() + datetime.timedelta(seconds=state["left"])
    return f"it ends at {ends:%H:%M}"
