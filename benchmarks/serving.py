"""Nights that are served: how soon a phone hears them, how far ten phones outrun the clock, what it costs.

    python -m benchmarks serving [--hours 8] [--minutes 1] [--rounds 3]

Against `lullaby serve` in a process of its own on the loopback, its kernels compiled before. `hours` are of
the night whose bytes are compared with those that `render` makes, `minutes` of what each of ten phones reads:
Opus in MP4 as the page asks for it, and once more by MP3, as in browsers that do not play that.
Seconds by the clock mean little while other work shares the machine: CPU seconds and the load stand beside.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.cpu import ROOT, of_child
from benchmarks.memory import cpu_s, most_memory
from lullaby import places


@dataclass(frozen=True)
class Form:
    """A form in which a night is asked for."""

    ending: str
    a_second: int
    """Bytes of a second of sound."""


OPUS, MP3 = Form(".m4o", 12_000), Form(".mp3", 20_000)
"""What the page asks for in most browsers, and in the others."""
HEAD = 4_096
"""Bytes before any sound, at the most."""
NIGHT = "rain+sea~length=28800~all-night=x"
READY = "hearth+purr"
"""Tonight of the server that is measured: it tells no story."""
MIXES = ("rain+sea", "hearth+purr", "brown-noise+rain:-3", "pink-noise+sea", "rain+bowl")
PHONES = 10
SEEKS = 30


@dataclass(frozen=True)
class Waited:
    """What somebody waited for, in seconds by the clock, and what it cost the server."""

    wall_s: float
    longest_s: float
    cpu_s: float


@dataclass(frozen=True)
class Phones:
    """Ten phones at once."""

    slowest: float
    """Times real time."""
    fastest: float
    cpu_s_a_minute: float
    """CPU seconds of the server for a minute of sound of one phone."""
    possible: float
    """Times real time for each of ten, were all cores the server's."""


@dataclass(frozen=True)
class Served:
    """What a run came to."""

    ready: Waited
    """From the request to the first four seconds of a night that is ready."""
    never_asked: Waited
    """The same of one that nobody has asked for before."""
    seek_first: Waited
    """From a seek anywhere in eight hours to its first byte."""
    seek: Waited
    """And to its first two seconds."""
    one_night: Phones
    ten_nights: Phones
    one_night_by_mp3: Phones
    ten_nights_by_mp3: Phones
    memory_mb: float
    """The server and its children at the most; what they share is counted in each."""
    hours: float
    cpu_for_render: float
    """CPU of the server for the bytes of so many hours, for that of `render`."""
    load: tuple[float, float]
    """Of the machine, before and after."""


class Server:
    """`lullaby serve` on a port of its own."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    def read(self, night: str, form: Form, start: int, stop: int = 0, enough: int = 0) -> float:
        """Reads these bytes of the night, or the first of them that are `enough`: seconds to the first."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        began = time.monotonic()
        asked = f"bytes={start}-{stop - 1 if stop else ''}"
        line.request("GET", f"/night/{night}{form.ending}", headers={"Range": asked})
        answer = line.getresponse()
        if answer.status != 206:
            raise RuntimeError(f"{night}{form.ending} {asked}: {answer.status} {answer.read(200)!r}")
        got = len(answer.read(1))
        first = time.monotonic() - began
        while some := answer.read(min(65_536, enough - got) if enough else 65_536):
            got += len(some)
        line.close()
        if got != (enough or stop - start):
            raise RuntimeError(f"{night}{form.ending} {asked}: {got} bytes came")
        return first

    def read_first(self, night: str, form: Form, seconds: int) -> float:
        """Reads what sounds in these first seconds, and all that stands before it."""
        return self.read(night, form, 0, enough=HEAD + seconds * form.a_second)

    def length(self, night: str, form: Form) -> int:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)) as line:
            line.request("HEAD", f"/night/{night}{form.ending}")
            return int(line.getresponse().headers["content-length"])

    def waited(self, works: Sequence[Callable[[], object]]) -> list[tuple[float, float]]:
        """Seconds by the clock and of the server's CPU, for each."""
        found = []
        for work in works:
            before, began = cpu_s(self.pid), time.monotonic()
            work()
            found.append((time.monotonic() - began, cpu_s(self.pid) - before))
        return found

    def settle(self) -> None:
        """Until it does nothing any more."""
        before = -1.0
        while (now := cpu_s(self.pid)) > before:
            before = now
            time.sleep(1.0)


def _at(home: str) -> dict[str, str]:
    """The environment of a lullaby whose home this is, with the kernels that are compiled already."""
    return {**os.environ, "LULLABY_HOME": home, "LULLABY_CACHE": str(places.cache())}


@contextlib.contextmanager
def server(*night: str) -> Iterator[Server]:
    """A server of this night, until the block ends."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        env = _at(home)
        child = subprocess.Popen(
            [sys.executable, "-m", "lullaby", "serve", *night, "--port", str(port)],
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while True:
                with contextlib.suppress(ConnectionRefusedError), socket.socket() as line:
                    line.connect(("127.0.0.1", port))
                    break
                if child.poll() is not None:
                    raise RuntimeError(f"the server ended with {child.returncode}")
                time.sleep(0.02)
            yield Server(child.pid, port)
        finally:
            child.terminate()
            child.wait()


def serving(hours: float, minutes: float, rounds: int) -> Served:
    of_child([sys.executable, "-m", "lullaby", "warmup"])
    before = os.getloadavg()[0]
    ready = []
    for _ in range(rounds):
        with server(*READY.split("+")) as there:
            there.settle()
            tonight = f"{READY}~date={_tonight()}"
            ready += there.waited([partial(there.read_first, tonight, OPUS, 4)])
    with server(*READY.split("+")) as there, most_memory(there.pid) as most:
        there.settle()
        nights = [f"{mix}~seed={seed}~length=28800~all-night=x" for seed in (1, 2) for mix in MIXES]
        never = there.waited([partial(there.read_first, night, OPUS, 4) for night in nights[:5]])
        firsts, seeks = _seeks(there)
        one, one_by_mp3 = (_phones(there, form, [NIGHT] * PHONES, minutes) for form in (OPUS, MP3))
        ten, ten_by_mp3 = (_phones(there, form, nights, minutes) for form in (OPUS, MP3))
        ratio = _beside_render(there, hours)
    return Served(
        _middle(ready),
        _middle(never),
        _middle([(first, cpu) for first, (_, cpu) in zip(firsts, seeks, strict=True)]),
        _middle(seeks),
        one,
        ten,
        one_by_mp3,
        ten_by_mp3,
        most.resident_mb,
        hours,
        ratio,
        (before, os.getloadavg()[0]),
    )


def _tonight() -> str:
    from lullaby.journal.book import evening_of
    from lullaby.time import WallClock

    return evening_of(WallClock().now()).isoformat()


def _seeks(there: Server) -> tuple[list[float], list[tuple[float, float]]]:
    chance, length, firsts = random.Random(1), there.length(NIGHT, OPUS), list[float]()
    there.read_first(NIGHT, OPUS, 0)

    def seek() -> None:
        start = chance.randrange(HEAD, length - 60 * OPUS.a_second)
        firsts.append(there.read(NIGHT, OPUS, start, enough=2 * OPUS.a_second))

    return firsts, there.waited([seek] * SEEKS)


def _phones(there: Server, form: Form, nights: list[str], minutes: float) -> Phones:
    """Each reads so many minutes from a place of its own."""
    length, size = there.length(nights[0], form), round(60 * minutes * form.a_second)
    for night in set(nights):
        there.read_first(night, form, 0)  # all are prepared
    chance = random.Random(f"phones {form.ending}")
    starts = [chance.randrange(HEAD, length - size) for _ in nights]
    before, began = cpu_s(there.pid), time.monotonic()

    def heard(night: str, start: int) -> float:
        there.read(night, form, start, start + size)
        return 60 * minutes / (time.monotonic() - began)

    with ThreadPoolExecutor(len(nights)) as phones:
        factors = sorted(phones.map(heard, nights, starts))
    cost = (cpu_s(there.pid) - before) / minutes / len(nights)
    cores = len(os.sched_getaffinity(0))
    return Phones(factors[0], factors[-1], cost, 60 / cost * cores / len(nights))


def _beside_render(there: Server, hours: float) -> float:
    """The first minute is left out of both: it holds what either needs before it begins."""
    seconds = round(3_600 * hours)
    night = f"rain+sea~seed=77~length={seconds}~all-night=x"
    minute, whole = HEAD + 60 * MP3.a_second, there.length(night, MP3)
    there.read(night, MP3, 0, minute)
    before = cpu_s(there.pid)
    there.read(night, MP3, minute, whole)
    served = cpu_s(there.pid) - before
    with tempfile.TemporaryDirectory() as home:
        env = _at(home)
        command = [sys.executable, "-m", "lullaby", "render", "rain", "sea", "--seed", "77", "--length"]
        command += [str(seconds), "--all-night", "x", "--for-use", "stream"]
        kept = of_child([*command, "-o", str(Path(home) / "night.mp3")], env)
        first = of_child([*command, "--to", "60", "-o", str(Path(home) / "minute.mp3")], env)
    return served / (kept - first)


def _middle(found: list[tuple[float, float]]) -> Waited:
    walls = [wall for wall, _ in found]
    return Waited(median(walls), max(walls), median(cpu for _, cpu in found))


def table(found: Served) -> str:
    """As it is read, each with what it is to reach."""
    rows = [
        ("first 4 s of a night that is ready", found.ready, 1.5),
        ("first 4 s of one never asked for", found.never_asked, 1.5),
        ("a seek: its first byte", found.seek_first, 0.5),
        ("a seek: its first 2 s", found.seek, 0.5),
    ]
    lines = [f"{'':38}{'median':>9}{'longest':>10}{'CPU':>9}{'to reach':>11}"]
    lines += [
        f"{name:38}{one.wall_s:7.2f} s{one.longest_s:8.2f} s{one.cpu_s:7.2f} s{most:9.1f} s"
        for name, one, most in rows
    ]
    for name, ten in (
        ("ten phones, one night", found.one_night),
        ("ten phones, ten nights", found.ten_nights),
        ("ten phones by MP3, one night", found.one_night_by_mp3),
        ("ten phones by MP3, ten nights", found.ten_nights_by_mp3),
    ):
        lines.append(
            f"{name:38}each {ten.slowest:.1f} to {ten.fastest:.1f} × real time (10); "
            f"{ten.cpu_s_a_minute:.2f} s of CPU a minute: {ten.possible:.1f} × on idle cores"
        )
    lines.append(f"{'memory at the most':38}{found.memory_mb:.0f} MB (400)")
    lines.append(f"{f'CPU for {found.hours:g} h of bytes, by render':38}{found.cpu_for_render:.2f} (1.2)")
    lines.append(f"load {found.load[0]:.1f} to {found.load[1]:.1f} on {os.cpu_count()} cores")
    return "\n".join(lines)
