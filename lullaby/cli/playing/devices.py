"""The device that `lullaby play` plays on, and the list of those there are."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lullaby import places
from lullaby.cli.terminal.bedside import Bedside
from lullaby.errors import AskedWrongly, CouldNot
from lullaby.score.plain_text import plain, quoted

if TYPE_CHECKING:
    from lullaby.player import Outlet, Way
    from lullaby.player.maker import Maker


def add_device_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--list-devices", action="store_true", help="the devices that can play, and no more")
    parser.add_argument("--json", action="store_true", help="with --list-devices: the same for programs")


def add_null(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--null", type=float, metavar="SPEED", help="plays to nobody, so many times as fast: for tests"
    )
    parser.add_argument("--heard", metavar="FILE", help="with --null: keep what was played, as raw float32")


def way_of(asked: argparse.Namespace) -> Way:
    """The device to play on."""
    from lullaby.player import Way

    if asked.json:
        raise AskedWrongly("--json is for --list-devices; `lullaby now --json` says what plays.")
    if asked.null is not None:
        if not (math.isfinite(asked.null) and 0 < asked.null <= 10_000):
            raise AskedWrongly("--null goes from more than 0 to 10000.")
        if asked.heard:
            try:
                open(asked.heard, "ab").close()
            except OSError as error:
                raise CouldNot(f"{plain(asked.heard)}: {places.why_not(error, 'kept')}") from error
        return Way("null", speed=asked.null, into=asked.heard and os.path.abspath(asked.heard))
    if asked.heard:
        raise AskedWrongly("--heard is for --null alone; `lullaby render` keeps a night.")

    return Way(*address_of(asked.device))


def address_of(name: str | None) -> tuple[str, str | None]:
    """The library and the device that are meant by this name or a part of it: the usual ones where none is
    named, or one that was calibrated and is no sound device's."""
    from lullaby.player.device import devices, meant, needs_a_library, no_such
    from lullaby.player.pulse import USUAL

    needs_a_library()
    if name is None or name in USUAL:
        return "usual", None
    there = devices()
    found = meant(name, there)
    if len(found) > 1:
        names = ", ".join(plain(device.name) for device in found)
        raise AskedWrongly(f"--device {quoted(name)} may be any of these: {names}.")
    if found:
        return found[0].address

    from lullaby.people.calibration import device_name
    from lullaby.people.devices import known_devices

    if device_name(name) not in known_devices(None):
        raise no_such(name, there)
    return "usual", None


@contextlib.contextmanager
def outlet_on(way: Way) -> Iterator[tuple[Outlet, Maker]]:
    """The device, and the process that makes the sound: they come up while the night is made."""
    from lullaby.player.forked import load_for_copies
    from lullaby.player.maker import Maker

    forks = load_for_copies()
    maker = Maker(forks=forks)
    try:
        from lullaby.player import Outlet
        from lullaby.player.ring import Ring

        outlet = Outlet(Ring(), way)
        outlet.open(time.monotonic(), forks=forks)
        try:
            yield outlet, maker
        finally:
            outlet.close()
    finally:
        maker.close()


def list_devices(asked: argparse.Namespace, bedside: Bedside) -> int:
    from lullaby.player import devices
    from lullaby.player.device import needs_a_library

    needs_a_library()
    there = devices()
    if asked.json:
        bedside.facts([device.facts for device in there])
        return 0
    for device in there:
        bedside.say(plain(device.name) + (" (the usual one)" if device.usual else ""))
    if not there:
        bedside.note("There is no device that can play.")
    return 0
