"""Run by test_web_renderer in a network of its own, out of which no way leads: a renderer that is none of
ours (gmediarender) is found by its name, given a night, and fetches and plays it. Prints what happened, as
JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from boxes import file_of

from lullaby.errors import CouldNot
from lullaby.time import WallClock
from lullaby.web.boxes.casting import Sent, cast, hushed
from lullaby.web.boxes.dlna import Renderer, at, find
from lullaby.web.boxes.finding import box_called
from lullaby.web.boxes.watching import Fetched
from lullaby.web.ranges import answer_to
from lullaby.web.wanted import Wanted

HOME = "10.77.0.1"
WANTED = Wanted.read("eight-hours~date=2026-11-30~from=3600~to=3608")
LONGER = Wanted.read("eight-hours~date=2026-11-30~from=3600~to=3720")
HOUR = Wanted.read("eight-hours~date=2026-11-30~from=3600~to=7200")
FREEZES = 260.0
"""Seconds until it does: it has filled what it has room for, and has been seen for two minutes."""
NAME = "The bedroom's box"


renderer: list[subprocess.Popen[bytes]] = []
"""The process of the one that there is."""


def make_a_network() -> None:
    """Two ends of a cable, for a renderer of UPnP will not have the loopback."""
    for words in (
        "link set lo up",
        "link add home0 type veth peer name home1",
        f"addr add {HOME}/24 dev home0",
        "link set home0 up",
        "link set home1 up",
        "route add 224.0.0.0/4 dev home0",
    ):
        subprocess.run(["ip", *words.split()], check=True)


@contextlib.contextmanager
def a_renderer(folder: str) -> Iterator[None]:
    """A renderer that plays by the clock, into nothing."""
    command = ["gmediarender", "-I", "home0", "-f", NAME, "--gstout-audiopipe", "fakesink sync=true"]
    command += ["-u", "0f1c2d3e-0000-4000-8000-000000000001", "--logfile", f"{folder}/log"]
    env = {"HOME": folder, "XDG_CACHE_HOME": folder, "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if b"Ready for rendering" in line:
                    break
            else:
                raise RuntimeError("gmediarender ended before it was ready")
            renderer[:] = [process]
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def a_server(fetched: Fetched) -> Iterator[tuple[str, list[str]]]:
    """Serves the nights above, and tells what was fetched; the ranges that were asked for, besides."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            name = self.path.removeprefix("/night/").removesuffix(".mp3")
            file = file_of(Wanted.read(name))
            headers = {key.lower(): value for key, value in self.headers.items()}
            asked.append(f"{self.command} {headers.get('range', '')}".strip())
            answer = answer_to(self.command, headers, file.length, '"a"')
            self.send_response(answer.status)
            self.send_header("Content-Type", "audio/mpeg")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(answer.stop - answer.start))
            if said := answer.content_range(file.length):
                self.send_header("Content-Range", said)
            self.end_headers()
            if self.command == "HEAD":
                return
            place = answer.start
            with contextlib.suppress(ConnectionError):
                for data in file.read(answer.start, answer.stop):
                    for k in range(0, len(data), 4_096):
                        self.wfile.write(data[k : k + 4_096])
                        fetched.taken(name, place, len(data[k : k + 4_096]))
                        place += len(data[k : k + 4_096])

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer((HOME, 0), Answering) as server:
        server.daemon_threads = True
        server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 128 << 10)  # as `lullaby cast` does
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{HOME}:{server.server_port}/night/", asked
        server.shutdown()


async def place_in(box: Renderer) -> float:
    """Where the renderer says that it is, in seconds of its piece."""
    said = await box._ask("AVTransport", "GetPositionInfo")
    hours, minutes, seconds = str(said["RelTime"]).split(":")
    return int(hours) * 3_600 + int(minutes) * 60 + float(seconds)


async def seen() -> dict[str, Any]:
    fetched, facts = Fetched(), {}
    box = await box_called("the bedroom", 2)
    assert isinstance(box, Renderer)
    facts["name"], facts["host"] = box.name, box.host
    by_address = await at(box._device.device_url)
    facts["by address"] = by_address.name
    with a_server(fetched) as (address, asked):
        said: list[str] = []

        async def played(wanted: Wanted) -> None:
            night = Sent(wanted, "Hush & <Rain>", file_of)
            await cast(box, night, lambda one: f"{address}{one}.mp3", fetched, WallClock(), say=said.append)

        going = asyncio.ensure_future(played(WANTED))
        places = [0.0]
        until = 0
        while not going.done():
            places.append(await place_in(box))
            until = max(until, fetched.until(str(WANTED)))
            await asyncio.sleep(0.25)
        await going
        facts["bytes"], facts["fetched"] = file_of(WANTED).length, until
        facts["played"], facts["said"] = max(places), said
        facts["asked"] = asked

        level = await box.volume()
        going = asyncio.ensure_future(played(LONGER))
        while await place_in(box) < 2.0 or await box.was_stopped():
            await asyncio.sleep(0.1)
        await hushed(box)  # as `lullaby cast --stop` does, from elsewhere
        await going
        facts["stopped"], facts["said"] = await box.was_stopped(), said
        facts["volume"] = [level, await box.volume()]
    return facts


async def frozen() -> dict[str, Any]:
    """It plays, and then its process stands still while the kernel answers for it; and then it goes on."""
    fetched, said, ahead = Fetched(), [], []
    box = (await find(2))[0]
    clock = WallClock()
    began = clock.now()

    def since() -> float:
        return (clock.now() - began).total_seconds()

    with a_server(fetched) as (address, _):
        addresses: list[str] = []

        def address_of(wanted: Wanted) -> str:
            addresses.append(f"{since():.1f} {wanted.start}")
            return f"{address}{wanted}.mp3"

        night = Sent(HOUR, "An hour", file_of)
        going = asyncio.ensure_future(
            cast(box, night, address_of, fetched, clock, say=lambda line: said.append(since()))
        )
        rate = 20_000  # bytes a second
        while since() < FREEZES and not going.done():
            ahead.append(round(fetched.until(str(HOUR)) / rate - since()))
            await asyncio.sleep(1.0)
        renderer[0].send_signal(signal.SIGSTOP)
        froze = since()
        while not said:
            await asyncio.sleep(0.2)
        renderer[0].send_signal(signal.SIGCONT)
        while len(addresses) < 2 or not await _plays(box) or going.done():
            await asyncio.sleep(0.5)
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    return {"froze": froze, "sent on": said, "addresses": addresses, "ahead": ahead}


async def _plays(box: Renderer) -> bool:
    try:
        return await place_in(box) > 2.0 and not await box.was_stopped()
    except CouldNot:
        return False


async def typed() -> dict[str, Any]:
    """The same by the command: cast, until it is ended with Ctrl-C."""
    facts: dict[str, Any] = {}
    box = (await find(2))[0]
    lullaby = (sys.executable, "-m", "lullaby", "cast")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    going = await asyncio.create_subprocess_exec(
        *lullaby, box._device.device_url, "pink-noise:-6", "--volume", "50", **pipes
    )
    while going.returncode is None and (await place_in(box) < 2.0 or await box.was_stopped()):
        await asyncio.sleep(0.1)
    facts["volume"] = await box.volume()
    if going.returncode is None:
        going.send_signal(signal.SIGINT)
    out, err = await going.communicate()
    facts |= {"code": going.returncode, "out": out.decode(), "err": err.decode()}
    facts["stopped"] = await box.was_stopped()
    facts["volume after"] = await box.volume()
    listing = await asyncio.create_subprocess_exec(*lullaby, "--list", "--json", **pipes)
    facts["listed"] = json.loads((await listing.communicate())[0])["boxes"]
    return facts


if __name__ == "__main__":
    make_a_network()
    with tempfile.TemporaryDirectory() as folder, a_renderer(folder):
        print(json.dumps(asyncio.run({"seen": seen, "typed": typed, "frozen": frozen}[sys.argv[1]]())))
