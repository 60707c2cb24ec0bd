"""The process that plays: it opens a device, hands it the callback, and does nothing else.

    python -m lullaby.player.output '{"ring": …, "device": …, "frames": …}'

Nothing that happens to the player's own process (a thread that hogs it, garbage collection, a crash) can
make this one late, and a device that cannot be opened again here can be in a fresh one. It says one line of
JSON once it plays, or why it cannot, and ends when its standard input does: where the player is gone, after
a fade.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

import numpy as np

from lullaby.kernels.playback import play, port_audio_callback, publish
from lullaby.kernels.shared_numbers import NEVER, REFILL, SIZE, Slot
from lullaby.player import pulse
from lullaby.player.child_process import tell
from lullaby.player.device import Device, chosen, library, port_audio_devices, quiet
from lullaby.player.ring import opened
from lullaby.time import RATE

LAST_FADE = RATE
"""Frames of the fade where the player is gone: less than the ring holds."""
LATENCY = 0.2
"""Seconds that the device holds. The ring holds more."""


def main(words: list[str]) -> int:
    asked = json.loads(words[0])
    if asked.get("list"):
        tell({"devices": [device.facts for device in port_audio_devices()]})
        return 0
    memory = opened(asked["ring"])
    play(np.zeros(SIZE, np.int64), np.zeros(2, np.float32))  # compiled before anybody waits for it
    ways = {
        "usual": usual,
        "pulse": pulse_audio,
        "portaudio": port_audio,
        "miniaudio": mini_audio,
        "null": null_device,
    }
    try:
        with ways[asked["way"]](memory, asked) as facts:
            stall = facts.pop("stall", None)
            tell({"plays": facts})
            wait(memory, stall)
    except Unheard as error:
        tell({"why": str(error)})
        return 1
    return 0


class Unheard(Exception):
    """The error of a device that cannot be played on, and why."""


def wait(memory: Any, stall: Callable[[], None] | None) -> None:
    """Until the player says that it is enough, or is gone."""
    for line in sys.stdin:
        if line.strip() == "end":
            return
        if line.strip() == "stall" and stall is not None:
            stall()
    publish(memory, int(Slot.DOWN), LAST_FADE)
    publish(memory, int(Slot.PLAYS), 0)
    time.sleep(LAST_FADE / RATE + LATENCY + 0.1)


@contextlib.contextmanager
def usual(memory: Any, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The sound server where there is one, else PortAudio."""
    with contextlib.ExitStack() as device:
        try:
            facts = device.enter_context(pulse_audio(memory, asked))
        except Unheard:
            facts = device.enter_context(port_audio(memory, asked))
        yield facts


@contextlib.contextmanager
def pulse_audio(memory: Any, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Its loop is Python; this process has nothing else to do."""
    library = pulse.library()
    if library is None:
        raise Unheard("there is no PulseAudio library")
    frames = asked["frames"]
    try:
        stream = pulse.Stream(library, asked["device"], frames, round(LATENCY * RATE))
    except pulse.Refused as error:
        raise Unheard(f"the device {asked['device'] or 'that is usual'} does not play ({error})") from None
    with pulse.filled(stream, partial(play, memory), frames):
        yield {"device": stream.device, "latency": LATENCY, "way": "pulse"}


@contextlib.contextmanager
def port_audio(memory: Any, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sounddevice = library()
    if sounddevice is None:
        raise Unheard("there is no PortAudio library")
    device = chosen(asked["device"], port_audio_devices())
    if device is None:
        raise Unheard(f"there is no device {asked['device'] or 'that plays'}")
    called = port_audio_callback()
    ffi = sounddevice._ffi
    try:
        with quiet():
            # the class beneath OutputStream, which takes a callback written in C
            stream = sounddevice._StreamBase(
                kind="output",
                samplerate=RATE,
                blocksize=asked["frames"],
                device=device.number,
                channels=2,
                dtype="float32",
                latency=LATENCY,
                callback=ffi.cast("PaStreamCallback *", called.address),
                userdata=ffi.cast("void *", memory.ctypes.data),
            )
            stream.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        said = str(error.args[0] if error.args else error).split("[")[0].strip().lower()
        raise Unheard(f"the device {device.name} could not be opened ({said})") from None
    try:
        yield {"device": device.name, "latency": stream.latency, "way": "portaudio"}
    finally:
        with quiet():
            stream.close(ignore_errors=True)


@contextlib.contextmanager
def mini_audio(memory: Any, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Where PortAudio is missing. Its callback is Python; this process has nothing else to do."""
    try:
        import miniaudio
    except ImportError:
        raise Unheard("there is no miniaudio") from None

    def sound() -> Generator[Any, int, None]:
        frames = yield b""
        while True:
            out = np.empty(2 * int(frames), np.float32)
            play(memory, out)
            frames = yield out

    try:
        with quiet():
            found = _found_by_mini_audio(miniaudio)
            names = [Device(number, d["name"], number == 0, 2, float(RATE)) for number, d in enumerate(found)]
            device = chosen(asked["device"], names)
            if asked["device"] and device is None:
                raise Unheard(f"there is no device {asked['device']}")
            out = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=2,
                sample_rate=RATE,
                buffersize_msec=max(round(LATENCY * 1_000), round(asked["frames"] * 1_000 / RATE)),
                device_id=found[device.number]["id"] if device and asked["device"] else None,
            )
            waiting = sound()
            next(waiting)
            out.start(waiting)
    except miniaudio.MiniaudioError as error:
        raise Unheard(f"no sound device could be opened ({error})") from None
    try:
        yield {"device": device.name if device else "usual", "latency": LATENCY, "way": "miniaudio"}
    finally:
        out.close()


def _found_by_mini_audio(miniaudio: Any) -> list[dict[str, Any]]:
    try:
        return list(miniaudio.Devices().get_playbacks())
    except miniaudio.MiniaudioError:
        return []


@contextlib.contextmanager
def null_device(memory: Any, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A device nobody hears, paced as a real one is: for machines without one, and for tests. `speed` is how
    many seconds it plays in one, 0: as fast as there is sound. `into` is a file for what it was given."""
    frames, speed = asked["frames"], asked["speed"]
    out = np.zeros(2 * frames, np.float32)
    into = open(os.fspath(asked["into"]), "ab", buffering=0) if asked["into"] else None  # noqa: SIM115
    ended, stalled = threading.Event(), threading.Event()

    def enough() -> bool:
        ahead = memory[Slot.WRITTEN] - memory[Slot.READ]
        return bool(ahead > REFILL + frames or memory[Slot.END] < NEVER or memory[Slot.PLAYS] == 0)

    def run() -> None:
        began, given = time.monotonic(), 0
        while not ended.is_set():
            if stalled.is_set():  # active, and never called again: for tests
                ended.wait()
                return
            if speed > 0:
                late = time.monotonic() - began - given / (RATE * speed)
                if late < 0 and ended.wait(-late):
                    return
                if late > 1:  # it was suspended: a device does not catch up
                    began += late
            elif not enough():
                play(memory, out[:0])
                ended.wait(0.002)
                continue
            began_to_play = time.perf_counter_ns()
            play(memory, out)
            memory[Slot.LONGEST] = max(memory[Slot.LONGEST], time.perf_counter_ns() - began_to_play)
            given += frames
            if into is not None:
                into.write(out.tobytes())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield {"device": "null", "latency": 0.0, "way": "null", "stall": stalled.set}
    finally:
        ended.set()
        thread.join()
        if into is not None:
            into.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
