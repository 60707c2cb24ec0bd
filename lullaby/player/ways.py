"""The ways to play: each opens a device, and lets the callback be called for as long as its block lasts."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

import numpy as np

from lullaby.kernels.playback import play
from lullaby.kernels.port_audio import port_audio_callback
from lullaby.kernels.shared_numbers import NEVER, REFILL, SIZE, Slot
from lullaby.player import pulse
from lullaby.player.child_process import tell
from lullaby.player.device import (
    Device,
    Unheard,
    called,
    library,
    port_audio_devices,
    quiet,
    without_port_audio,
)
from lullaby.time import RATE

LATENCY = 0.2
"""Seconds that the device holds. The ring holds more."""


def compile_now() -> None:
    """Before anybody waits for it."""
    play(np.zeros(SIZE, np.int64), np.zeros(2, np.float32))


def timed(memory: Any, out: Any) -> None:
    """Plays the next frames, and notes the longest that this has taken."""
    began = time.perf_counter_ns()
    play(memory, out)
    memory[Slot.LONGEST] = max(memory[Slot.LONGEST], time.perf_counter_ns() - began)


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
    found = pulse.library()
    if found is None:
        raise Unheard("there is no PulseAudio library")
    frames = asked["frames"]
    stream = pulse.Stream(found, asked["device"], frames, round(LATENCY * RATE), wakes=asked["wakes"])
    with pulse.filled(stream, partial(timed, memory), frames):
        yield {"device": stream.device, "latency": LATENCY, "way": "pulse"}


@contextlib.contextmanager
def port_audio(memory: Any, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sounddevice = library()
    if sounddevice is None:
        raise Unheard(without_port_audio())
    device = called(asked["device"], port_audio_devices())
    if device is None:
        raise Unheard(f"there is no device {asked['device'] or 'that plays'}")
    callback = port_audio_callback()
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
                callback=ffi.cast("PaStreamCallback *", callback),
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
            timed(memory, out)
            frames = yield out

    try:
        with quiet():
            found = _found_by_mini_audio(miniaudio)
            names = [Device(number, d["name"], number == 0, 2, float(RATE)) for number, d in enumerate(found)]
            device = None if asked["device"] is None else called(asked["device"], names)
            if asked["device"] and device is None:
                raise Unheard(f"there is no device {asked['device']}")
            out = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.FLOAT32,
                nchannels=2,
                sample_rate=RATE,
                buffersize_msec=max(round(LATENCY * 1_000), round(asked["frames"] * 1_000 / RATE)),
                device_id=found[device.number]["id"] if device else None,
            )
            waiting = sound()
            next(waiting)
            out.start(waiting)
    except miniaudio.MiniaudioError as error:
        raise Unheard(f"no sound device could be opened ({error})") from None
    try:
        yield {"device": asked["device"], "latency": LATENCY, "way": "miniaudio"}
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
            timed(memory, out)
            given += frames
            try:
                if into is not None:
                    into.write(out.tobytes())
            except OSError as error:
                tell({"why": f"{asked['into']}: {(error.strerror or 'it cannot be written').lower()}"})
                os._exit(1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield {"device": "null", "latency": 0.0, "way": "null", "stall": stalled.set}
    finally:
        ended.set()
        thread.join()
        if into is not None:
            into.close()


WAYS: dict[str, Callable[[Any, dict[str, Any]], contextlib.AbstractContextManager[dict[str, Any]]]] = {
    "usual": usual,
    "pulse": pulse_audio,
    "portaudio": port_audio,
    "miniaudio": mini_audio,
    "null": null_device,
}
"""By name. Each takes the ring's memory and what was asked for, and tells which device it is."""
