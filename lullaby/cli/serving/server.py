"""The server behind `lullaby serve`: wired together, started, and told by its terminal."""

from __future__ import annotations

import argparse
import datetime
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lullaby import places
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot, LullabyError
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.web.house import House
    from lullaby.web.mqtt.account import Account
    from lullaby.web.rooms.room import Room
    from lullaby.web.wanted import Wanted

LIVES = "127.0.0.1"
LOOKS = 120.0
"""Seconds between two looks whether it is another evening."""


def needs_the_extra() -> None:
    """A CouldNot that says what to type, where the libraries of the server are not here."""
    from importlib.util import find_spec

    missing = [name for name in ("starlette", "uvicorn", "segno") if find_spec(name) is None]
    if missing:
        raise CouldNot(
            f"serving needs {', '.join(missing)}, which did not come along.\n"
            "    In the folder of lullaby's checkout, type: pip install '.[serve]'"
        )


def forget(asked: argparse.Namespace, bedside: Bedside) -> int:
    """No phone is known any more. A server that runs notices at the next request."""
    from lullaby.web.who.paired import Paired

    if asked.pair is not None:
        raise AskedWrongly("--forget and --pair are two things: say one after the other.")
    paired = Paired.load()
    count = len(paired.phones)
    paired.forget()
    bedside.say(f"Forgotten: {count} phone{'' if count == 1 else 's'} and rooms. Each has to be paired anew.")
    return 0


def pair(asked: argparse.Namespace, bedside: Bedside) -> int:
    """A new code, from the server that runs."""
    import http.client
    import json

    from lullaby.web.who.addresses import in_url

    listener = asked.pair
    if listener:
        from lullaby.people.listeners import find_person

        find_person(listener)
    line = http.client.HTTPConnection(LIVES, asked.port, timeout=5)
    origin = in_url(LIVES, asked.port)
    try:
        line.request(
            "POST",
            "/code",
            json.dumps({"for": listener}),
            {"Content-Type": "application/json", "Origin": origin},
        )
        answer = json.loads(line.getresponse().read(1 << 16))
    except (OSError, ValueError, http.client.HTTPException):
        raise CouldNot(f"no lullaby serves at port {asked.port} here: lullaby serve --lan") from None
    finally:
        line.close()
    if not isinstance(answer, dict) or "code" not in answer:
        raise CouldNot(str(answer.get("error") if isinstance(answer, dict) else "it did not give a code."))
    if asked.json:
        bedside.facts(answer)
        return 0
    at_home = [str(one) for one in answer.get("at_home", ())]
    _show_code(answer["code"], at_home or [in_url(LIVES, asked.port)], listener, bedside)
    if not at_home:
        bedside.note("It serves this machine alone. For phones at home: lullaby serve --lan")
    return 0


def house_of(asked: argparse.Namespace, bedside: Bedside) -> House:
    """All that is served."""
    from lullaby.cli.options.addresses import evening_for
    from lullaby.evening.enough import left_now
    from lullaby.evening.request import DEFAULT
    from lullaby.journal.book import evening_of
    from lullaby.web.changes import Changes
    from lullaby.web.house import House
    from lullaby.web.nights import Nights
    from lullaby.web.rooms.asked import all_rooms
    from lullaby.web.rooms.here import Here
    from lullaby.web.rooms.known import known_rooms
    from lullaby.web.stretches import Stretches
    from lullaby.web.who.paired import Paired
    from lullaby.web.who.pairing import Pairing

    here = Here()
    kept = [places.home() / name for name in ("scores", "voices", "people", "circles")]
    changes = Changes([*kept, places.shipped("scores"), places.shipped("voices")])

    def evening() -> datetime.date:
        return evening_of(bedside.clock.now())

    def may(wanted: Wanted) -> None:
        """By the clock, whatever date an address says: it is heard now."""
        left_now(wanted.listener, evening(), anyway=False)

    if asked.listener is not None:
        from lullaby.people.listeners import find_person

        find_person(asked.listener, bedside.note)
    return House(
        nights=Nights(lambda wanted: evening_for(wanted, bedside), may, evening, changes.stamp),
        stretches=Stretches(),
        paired=Paired.load(),
        pairing=Pairing(time.monotonic),
        clock=bedside.clock,
        rooms=lambda: all_rooms(here, known_rooms().values()),
        words=tuple(asked.night or [DEFAULT]),
        listener=asked.listener,
    )


def serve(asked: argparse.Namespace, bedside: Bedside) -> int:
    needs_the_extra()
    if not 1 <= asked.port <= 65535:
        raise AskedWrongly("--port goes from 1 to 65535.")
    if any("/" in host or ":" in host for host in asked.host):
        raise AskedWrongly("--host is a name alone, like lullaby.home.")

    from lullaby.cli.options.addresses import check
    from lullaby.web.allocation import keep_together
    from lullaby.web.wanted import Wanted

    keep_together()
    house = house_of(asked, bedside)
    check(Wanted.read(str(house.tonight(None))), bedside)  # what is no night is said before it is served

    from lullaby.web.app import app_of
    from lullaby.web.mqtt.account import account_of
    from lullaby.web.server import doors, server_of
    from lullaby.web.who.addresses import addresses, in_url

    account = None if asked.mqtt is None else account_of(asked.mqtt, bedside.note)
    at_home = addresses() if asked.lan else []
    if asked.lan and not at_home:
        bedside.note("This machine is in no network at home, so phones will not find it.")
    house.at_home = tuple(in_url(one, asked.port) for one in at_home)
    with doors([LIVES, *at_home], asked.port) as open_doors:
        app = app_of(house, hosts=asked.host, note=bedside.note)
        server = server_of(app)
        _say_where(asked, house, bedside)
        threading.Thread(target=_keep_ready, args=(house, bedside), daemon=True).start()
        if asked.lan and at_home and sys.stdin is not None and sys.stdin.isatty() and not asked.json:
            threading.Thread(target=_ask_for_codes, args=(house, bedside), daemon=True).start()
        with _home_assistant(account, house.rooms()["here"], bedside):
            server.run(sockets=open_doors)
    return 0


@contextmanager
def _home_assistant(account: Account | None, room: Room, bedside: Bedside) -> Iterator[None]:
    """Offers this machine's room by MQTT meanwhile, where that was asked for."""
    if account is None:
        yield
        return
    from lullaby.web.mqtt.broker import at_broker
    from lullaby.web.mqtt.nights import offered_here

    with at_broker(account, offered_here(), room, bedside.note):
        yield


def _say_where(asked: argparse.Namespace, house: House, bedside: Bedside) -> None:
    from lullaby.web.who.addresses import in_url

    here = in_url(LIVES, asked.port)
    code = house.pairing.code() if house.at_home else None
    house.pairs_for = asked.listener
    if asked.json:
        from lullaby.web.facts import facts_of_server

        bedside.facts(facts_of_server(here, house.at_home, code))
        sys.stdout.flush()
        return
    bedside.say(f"Tonight is served on this machine at {here}")
    if code is None:
        bedside.say("    Phones at home: lullaby serve --lan")
    else:
        _show_code(code, house.at_home, asked.listener, bedside)
    bedside.say("Ctrl-C ends it.")
    bedside.finish()


def _show_code(code: str, places: Sequence[str], listener: str | None, bedside: Bedside) -> None:
    from lullaby.web.who.qr import line, picture

    address = f"{places[0]}/pair"
    if sys.stdout is not None and sys.stdout.isatty() and bedside.redraws:
        bedside.say(picture(address))
    bedside.say(line(address, code))
    if listener:
        bedside.say(f"    It pairs a phone of {plain(listener)}.")


def _ask_for_codes(house: House, bedside: Bedside) -> None:
    """Enter shows a new code."""
    bedside.say("Enter shows a new code.")
    for _ in sys.stdin:
        _show_code(house.pairing.code(), house.at_home, house.pairs_for, bedside)
        bedside.finish()


def _keep_ready(house: House, bedside: Bedside) -> None:
    """Compiles what is not compiled yet, and makes tonight's night ready before anybody asks for it, every
    evening anew: its plan, what is told in it, its first seconds, its picture."""
    from lullaby.cli.serving.warming import warm_up
    from lullaby.evening.enough import Enough

    warm_up(bedside.note)
    ready: Wanted | None = None
    while True:
        tonight = house.tonight(None)
        if tonight != ready:
            ready = tonight
            try:
                served = house.nights.served(tonight)
                house.stretches.get_ready(served.file(".mp3"), served.tag(".mp3"))
                _ = served.cover
            except Enough as error:
                bedside.note(str(error))
            except (LullabyError, OSError) as error:
                bedside.note(f"Tonight cannot be made: {error}")
        time.sleep(LOOKS)
