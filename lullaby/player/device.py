"""The one door to sounddevice: it is opened late, and says plainly when nobody is in.

PortAudio is a library of the system's own. Its Linux wheel comes without, and where no sound card is
found ALSA complains at length on the terminal; neither is the listener's business.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lullaby.errors import CouldNot
from lullaby.time import RATE

LATENCY = 1.0
"""Seconds held by the device. A stall of 0.6 s was heard at 35 ms, and not at all at one second."""

Fill = Callable[[NDArray[np.float32]], bool]
"""Fills a block of frames; False when it was the last."""


def sounddevice() -> Any:
    """The library, or a CouldNot that says how to get it."""
    try:
        with _quiet():
            import sounddevice as found
    except OSError:
        how = {"linux": ": sudo apt install libportaudio2"}.get(sys.platform, "")
        raise CouldNot(
            f"nothing can be played without the PortAudio library{how}; or keep it with -o FILE."
        ) from None
    except ImportError:
        raise CouldNot(
            "nothing can be played without sounddevice: pip install sounddevice; or use -o FILE."
        ) from None
    return found


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """While this lasts nothing reaches stderr, not even from libraries written in C."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError):
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def playing(fill: Fill, finished: Callable[[], None]) -> Iterator[None]:
    """While this lasts, the usual device plays what `fill` fills; `finished` is called when all is heard."""
    library = sounddevice()

    # some systems throw away what the device still holds when it is told to stop: the end would be lost
    sounding, silence = True, round((LATENCY + 0.25) * RATE)

    def callback(out: NDArray[np.float32], frames: int, when: Any, flags: Any) -> None:
        nonlocal sounding, silence
        if sounding:
            sounding = fill(out)
            return
        out[:] = 0
        silence -= frames
        if silence <= 0:
            raise library.CallbackStop

    try:
        with _quiet():
            stream = library.OutputStream(
                samplerate=RATE,
                channels=2,
                dtype="float32",
                latency=LATENCY,
                callback=callback,
                finished_callback=finished,
            )
            stream.start()
    except (library.PortAudioError, ValueError) as error:
        said = str(error.args[0] if error.args else error).split("[")[0].strip().lower()
        why = (
            "there is no sound device" if "querying" in said else f"no sound device could be opened ({said})"
        )
        raise CouldNot(f"{why}; keep it with -o FILE instead.") from None
    try:
        yield
    finally:
        with _quiet():
            stream.close(ignore_errors=True)


def devices() -> list[dict[str, Any]]:
    """The devices that can play, the usual one marked; a CouldNot where nothing can."""
    library = sounddevice()
    with _quiet():
        found = [dict(device) for device in library.query_devices()]
        usual = library.default.device[1]
    return [
        {
            "name": device["name"],
            "usual": number == usual,
            "channels": device["max_output_channels"],
            "rate": device["default_samplerate"],
        }
        for number, device in enumerate(found)
        if device["max_output_channels"] > 0
    ]
