"""The process that plays: it opens a device, hands it the callback, and does nothing else.

    python -m lullaby.player.output '{"ring": …, "device": …, "frames": …}'

Nothing that happens to the player's own process (a thread that hogs it, garbage collection, a crash) can
make this one late, and a device that cannot be opened again here can be in a fresh one. It says lines of
JSON:

    {"within": 20}     the next line comes within so many seconds, or never
    {"plays": …}       on which device it plays
    {"why": …}         why it cannot

It ends when its standard input does: where the player is gone, after a fade.

A device that is gone is looked for again and again for as long as a night lasts, so that is done first:
what plays takes half a second of computing to load.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lullaby.player import pulse
from lullaby.player.child_process import tell
from lullaby.player.device import Device, Unheard, called, library, port_audio_devices
from lullaby.time import RATE

AT_ONCE = RATE // 20
"""Frames of the fade where the player lets the device go in the middle of a sound."""
ANSWERS, LOADS = 20.0, 120.0
"""Seconds that the sound system may take to answer, and that a slow machine may take to load what plays."""
NICE = -11
"""The priority that sound servers run at."""
LAST_FADE = RATE
"""Frames of the fade where the player is gone: less than the ring holds."""


def main(words: list[str]) -> int:
    asked = json.loads(words[0])
    if asked.get("list"):
        sinks = pulse.devices()
        tell({"devices": [device.facts for device in sinks]})  # PortAudio may hang over a broken sound card
        tell({"devices": [device.facts for device in all_devices(sinks)]})
        return 0
    try:
        tell({"within": ANSWERS})
        must_be_there(asked["way"], asked["device"])
        tell({"within": LOADS})
        from lullaby.player.ring import opened
        from lullaby.player.ways import LATENCY, WAYS, compile_now

        memory = opened(asked["ring"])
        compile_now()
        tell({"within": ANSWERS})
        # now that it is loaded: until then whoever makes the first sound is in a greater hurry. What plays
        # faster than life, in tests, would take the cores from everybody.
        if asked["comes_first"] and asked["speed"] == 1:
            come_first()
        with WAYS[asked["way"]](memory, asked) as facts:
            stall = facts.pop("stall", None)
            tell({"plays": facts})
            wait(memory, stall, LATENCY)
    except Unheard as error:
        tell({"why": str(error)})
        return 1
    return 0


def all_devices(sinks: list[Device]) -> list[Device]:
    """Those of the sound server, and those that PortAudio finds beside them."""
    beside = [device for device in port_audio_devices() if not (sinks and device.name in pulse.USUAL)]
    return [*sinks, *(replace(device, usual=device.usual and not sinks) for device in beside)]


def must_be_there(way: str, device: str | None) -> None:
    """An Unheard where this device is gone."""
    if device is None:
        return
    if way == "pulse" and (found := pulse.library()) is not None:
        pulse.must_be_there(found, device)
    if way == "portaudio" and library() is not None and called(device, port_audio_devices()) is None:
        raise Unheard(f"there is no device {device}")


def come_first() -> None:
    """Asks the system to run this process before others, which it may refuse: a block of sound takes it some
    microseconds, and is late where it waits for its turn."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
            return
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICE)


def wait(memory: Any, stall: Callable[[], None] | None, latency: float) -> None:
    """Until the player says that it is enough, or is gone."""
    for line in sys.stdin:
        if line.strip() == "end":
            _fall_silent(memory, AT_ONCE, latency)
            return
        if line.strip() == "stall" and stall is not None:
            stall()
    _fall_silent(memory, LAST_FADE, latency + 0.1)


def _fall_silent(memory: Any, frames: int, latency: float) -> None:
    """Waits until what still sounds has faded, and the device has played it."""
    from lullaby.kernels.playback import publish
    from lullaby.kernels.shared_numbers import Slot

    if memory[Slot.OVER] or memory.view("float64")[Slot.FLOW] == 0:
        return
    publish(memory, int(Slot.DOWN), frames)
    publish(memory, int(Slot.PLAYS), 0)
    time.sleep(frames / RATE + latency)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
