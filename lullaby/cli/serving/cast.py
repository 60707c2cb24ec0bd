"""The work of `lullaby cast`: a box is found, given the night from a server of its own, and watched."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from lullaby.cli.serving.server import house_of, needs_the_extra
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly
from lullaby.score.plain_text import plain

if TYPE_CHECKING:
    from lullaby.web.boxes.watching import Fetched
    from lullaby.web.house import House
    from lullaby.web.wanted import Wanted

_WAITS = 128 << 10
"""Bytes that wait in this machine for a box: with more, it would seem to have fetched what it has not."""
_SOON = 0.01
"""Seconds between two looks whether the server answers."""


def list_boxes(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.web.boxes.finding import boxes_at_home, facts_of_boxes

    async def found() -> int:
        answers = await boxes_at_home()
        await answers.close()
        if asked.json:
            bedside.facts(facts_of_boxes(answers))
            return 0
        for box in answers.boxes:
            bedside.say(f"{box.name}: {box.kind}, {box.host}")
        if not answers.boxes:
            bedside.note("No box at home has answered.")
        for line in answers.trouble:
            bedside.note(line)
        return 0 if answers.boxes else 1

    return asyncio.run(found())


def stop(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.web.boxes.casting import hushed
    from lullaby.web.boxes.finding import box_called

    async def stopped() -> None:
        box = await box_called(asked.box)
        try:
            await hushed(box)
        finally:
            await box.close()
        bedside.say(f"{box.name} is stopped.")

    asyncio.run(stopped())
    return 0


def cast(asked: argparse.Namespace, bedside: Bedside) -> int:
    needs_the_extra()
    if asked.volume is not None and not 0 <= asked.volume <= 100:
        raise AskedWrongly("--volume goes from 0 to 100.")

    from lullaby.web.wanted import Wanted

    house = house_of(asked, bedside)
    asyncio.run(_cast(asked, house, Wanted.read(str(house.tonight(None))), bedside))
    return 0


async def _cast(asked: argparse.Namespace, house: House, wanted: Wanted, bedside: Bedside) -> None:
    from lullaby.web.boxes.casting import Sent, cast
    from lullaby.web.boxes.finding import box_called, own_address
    from lullaby.web.boxes.watching import Fetched

    box = await box_called(asked.box)
    fetched = Fetched()
    try:
        served = await asyncio.to_thread(house.nights.served, wanted)
        async with serving(house, own_address(box.host), fetched, bedside) as server:

            def address_of(what: Wanted, ending: str = ".mp3") -> str:
                path = f"/night/{what}{ending}"
                return f"{server}{quote(path, safe='/~=+:,')}?key={house.paired.key_for(path)}"

            if asked.volume is not None:
                await box.set_volume(asked.volume / 100)
            title = served.night.score.title
            night = Sent(
                wanted, title, lambda what: house.nights.served(what).file(".mp3"), address_of(wanted, ".jpg")
            )
            bedside.say(f"{plain(title)} plays on {box.name}. Ctrl-C ends it.")
            bedside.finish()
            await cast(box, night, address_of, fetched, house.clock, say=bedside.note)
    finally:
        await box.close()


@contextlib.asynccontextmanager
async def serving(house: House, host: str, fetched: Fetched, bedside: Bedside) -> AsyncIterator[str]:
    """A server for the box alone, at a port that is free: its address."""
    from lullaby.web.app import app_of
    from lullaby.web.server import doors, server_of
    from lullaby.web.who.addresses import in_url

    with doors([host], 0) as open_doors:
        (door,) = open_doors
        door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WAITS)
        server = server_of(app_of(house, note=bedside.note, fetched=fetched.taken), signals=False)
        going = asyncio.create_task(server.serve(sockets=open_doors))
        try:
            while not (server.started or going.done()):  # a box that asks before is turned away
                await asyncio.sleep(_SOON)
            yield in_url(host, door.getsockname()[1])
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await going
