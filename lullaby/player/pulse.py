"""PulseAudio, and PipeWire where it answers as PulseAudio does: the sound is kept on the device it began on.

When a device goes, the sound server moves what plays there to another: from headphones to the speakers of the
laptop, in the middle of the night. It leaves a stream alone that says it will not be moved, and only the
server's own library can say so; its plug-in for ALSA, which PortAudio plays through, cannot.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from lullaby.player.device import Unheard
from lullaby.time import RATE

FRAME = 8
"""Bytes: two channels of float32."""
FLOAT32, CHANNELS = 5, 2
READY, FAILED = (4, 2), (5, 3)
"""What a context and a stream say when they can be used, and from when on they never will be."""
STAYS = 0x0200 | 0x2000 | 0x20000
"""PA_STREAM_DONT_MOVE, ADJUST_LATENCY, FAIL_ON_SUSPEND: a device that is asleep counts as gone."""
USUAL = (None, "default", "pulse")
"""Names of the device that the server itself chooses: the last two are PortAudio's."""


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Buffer(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("most", "held", "first", "least", "recorded"))


def library() -> Any:
    """libpulse, or None where it is missing."""
    if sys.platform != "linux":
        return None
    try:
        pulse = ctypes.CDLL("libpulse.so.0")
    except OSError:
        return None
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    spec, buffer = ctypes.POINTER(_Spec), ctypes.POINTER(_Buffer)
    for name, result, *takes in (
        ("pa_mainloop_new", pointer),
        ("pa_mainloop_get_api", pointer, pointer),
        ("pa_mainloop_iterate", number, pointer, number, pointer),
        ("pa_mainloop_wakeup", None, pointer),
        ("pa_mainloop_free", None, pointer),
        ("pa_context_new", pointer, pointer, text),
        ("pa_context_connect", number, pointer, text, number, pointer),
        ("pa_context_get_state", number, pointer),
        ("pa_context_errno", number, pointer),
        ("pa_context_disconnect", None, pointer),
        ("pa_context_unref", None, pointer),
        ("pa_stream_new", pointer, pointer, text, spec, pointer),
        ("pa_stream_connect_playback", number, pointer, text, buffer, number, pointer, pointer),
        ("pa_stream_get_state", number, pointer),
        ("pa_stream_get_device_name", text, pointer),
        ("pa_stream_writable_size", ctypes.c_size_t, pointer),
        ("pa_stream_write", number, pointer, pointer, ctypes.c_size_t, pointer, ctypes.c_int64, number),
        ("pa_stream_disconnect", number, pointer),
        ("pa_stream_unref", None, pointer),
        ("pa_strerror", text, number),
    ):  # fmt: skip
        function = getattr(pulse, name)
        function.restype, function.argtypes = result, takes
    return pulse


class Stream:
    """A stream on one device, which is filled until it is closed."""

    def __init__(self, pulse: Any, device: str | None, frames: int, held: int) -> None:
        """`held`: frames that the server is to hold. An Unheard says why there is none."""
        self._pulse, self._name = pulse, device
        self._closing = contextlib.ExitStack()
        self._ended = False
        try:
            self._loop = self._made(pulse.pa_mainloop_new(), pulse.pa_mainloop_free)
            api = pulse.pa_mainloop_get_api(self._loop)
            self._context = self._made(pulse.pa_context_new(api, b"lullaby"), pulse.pa_context_unref)
            if pulse.pa_context_connect(self._context, None, 0, None) < 0:
                raise self._refused()
            self._closing.callback(pulse.pa_context_disconnect, self._context)
            self._until_ready(pulse.pa_context_get_state, self._context, 0)
            spec = _Spec(FLOAT32, RATE, CHANNELS)
            self._stream = self._made(
                pulse.pa_stream_new(self._context, b"night", ctypes.byref(spec), None), pulse.pa_stream_unref
            )
            unset = 0xFFFF_FFFF
            block = frames * FRAME
            # it begins with the first block: it may hold less than a whole number of them
            buffer = _Buffer(unset, held * FRAME, block, block, unset)
            name = None if device in USUAL or device is None else device.encode()
            if pulse.pa_stream_connect_playback(self._stream, name, ctypes.byref(buffer), STAYS, None, None):
                raise self._refused()
            self._closing.callback(pulse.pa_stream_disconnect, self._stream)
            self._until_ready(pulse.pa_stream_get_state, self._stream, 1)
            self.device: str = pulse.pa_stream_get_device_name(self._stream).decode()
            if name is not None and self.device != device:
                raise Unheard("the sound server would play it elsewhere")
        except BaseException:
            self._closing.close()
            raise

    def _made(self, what: int | None, free: Callable[[int], None]) -> int:
        if what is None:
            raise Unheard("the sound server cannot be asked")
        self._closing.callback(free, what)
        return what

    def _refused(self) -> Unheard:
        why = self._pulse.pa_strerror(self._pulse.pa_context_errno(self._context)).decode(errors="replace")
        return Unheard(f"the device {self._name or 'that is usual'} does not play ({why.lower()})")

    def _until_ready(self, state: Callable[[int], int], what: int, which: int) -> None:
        while (now := state(what)) != READY[which]:
            if now >= FAILED[which] or self._pulse.pa_mainloop_iterate(self._loop, 1, None) < 0:
                raise self._refused()

    def fill(self, play: Callable[[Any], None], frames: int) -> bool:
        """Plays until `end` is called, in blocks of so many frames; False where the device goes before."""
        import numpy as np  # whoever only asks whether a device is there does without

        pulse, out = self._pulse, np.zeros(CHANNELS * frames, np.float32)
        while not self._ended:
            if pulse.pa_stream_get_state(self._stream) != READY[1]:
                return self._ended
            for _ in range(pulse.pa_stream_writable_size(self._stream) // out.nbytes):
                play(out)
                pulse.pa_stream_write(self._stream, out.ctypes.data, out.nbytes, None, 0, 0)
            if pulse.pa_mainloop_iterate(self._loop, 1, None) < 0:
                return self._ended
        return True

    def end(self) -> None:
        """From another thread: it is enough."""
        self._ended = True
        self._pulse.pa_mainloop_wakeup(self._loop)

    def close(self) -> None:
        self._closing.close()


def must_be_there(pulse: Any, device: str) -> None:
    """An Unheard where this device does not play."""
    Stream(pulse, device, RATE // 10, RATE // 10).close()


@contextlib.contextmanager
def filled(stream: Stream, play: Callable[[Any], None], frames: int) -> Iterator[None]:
    """The stream is filled by a thread while this lasts. Where its device goes, this process ends: the player
    sees that at once."""

    def fill() -> None:
        if not stream.fill(play, frames):
            os._exit(1)

    thread = threading.Thread(target=fill, name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stream.end()
        thread.join()
        stream.close()
