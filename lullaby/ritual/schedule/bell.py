"""One soft bell, on one device and no other, and never over other sound."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lullaby.errors import LullabyError
from lullaby.ritual.schedule.sounding import sounding
from lullaby.time import RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lullaby.player.device import Device

VOICE = "evening-bowl"
LOOKS_THROUGH = 60 * RATE
"""Frames of that voice in which its first stroke is looked for."""
LASTS = 5 * RATE
PEAK = 0.06
"""Of full scale, about -24 dBFS: a voice alone at unity is louder."""
COMES_UP = 20.0
"""Seconds in which a device must begin to play."""


def ring(device: str) -> str:
    """Rings once; "" where it was heard, else why it was not, in a few words."""
    try:
        found = device_called(device)
        if isinstance(found, str):
            return found
        if (why := sounding().why_not) is not None:
            return why
        return _play(bell(), found)
    except LullabyError as error:
        return str(error).partition("\n")[0]


def device_called(name: str) -> Device | str:
    """The device of this name; or why there is none to play on, in a few words."""
    from lullaby.player.device import devices, meant

    there = meant(name, devices())
    if len(there) == 1:
        return there[0]
    return f"the device {name} is not there" if not there else f"{name} may be any of several devices"


def bell() -> NDArray[np.float32]:
    """The first stroke of the bowl, softly, faded out."""
    import numpy as np

    from lullaby.evening import Mix, Request, prepared

    night = prepared(Request(Mix((VOICE,), (), LOOKS_THROUGH), alone=True)).night
    sound = night.render(night.span)
    loud = np.abs(sound).max(axis=1)
    first = int(np.argmax(loud > 0.02 * loud.max()))
    one = sound[first : first + LASTS]
    fade = np.minimum(1.0, np.arange(len(one), 0, -1) / (2 * RATE)) * np.minimum(
        1.0, np.arange(len(one)) / 480
    )
    soft: NDArray[np.float32] = (one * fade[:, None] * (PEAK / np.abs(one).max())).astype(np.float32)
    return soft


def _play(sound: NDArray[np.float32], device: Device) -> str:
    import numpy as np

    from lullaby.player.outlet import Outlet, State, Way
    from lullaby.player.ring import Ring

    ring = Ring()
    outlet = Outlet(ring, Way(*device.address))
    given_up = time.monotonic() + COMES_UP + len(sound) / RATE
    at, length = 0, len(sound)
    sound = np.concatenate([sound, np.zeros((3 * RATE, 2), np.float32)])  # no device takes a block by halves
    outlet.open(time.monotonic())
    ring.play(RATE // 50)
    try:
        while time.monotonic() < given_up:
            outlet.look(time.monotonic())
            if outlet.state is State.LOST:
                return f"{device.name} does not play"
            while at < len(sound) and ring.written - ring.read < RATE:
                ring.write(sound[at : at + RATE // 4])
                at += RATE // 4
            if ring.read >= length:
                time.sleep(0.3)  # what the device itself still holds
                return ""
            time.sleep(0.05)
    finally:
        ring.pause(RATE // 50)
        outlet.close()
    return f"{device.name} does not answer"
