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

from lullaby.player.device import Device, Unheard
from lullaby.time import RATE

FRAME = 8
"""Bytes: two channels of float32."""
FLOAT32, CHANNELS = 5, 2
RUNNING = 0
"""What an operation says that has not been answered."""
CONTEXT, STREAM = (4, 5), (2, 3)
"""The numbers by which each says that it can be used, and from which on it never will be."""
UNMUTED, FULL = 0x10000, 0x10000
"""PA_STREAM_START_UNMUTED, PA_VOLUME_NORM."""
STAYS = 0x0200 | 0x2000 | 0x20000
"""PA_STREAM_DONT_MOVE, ADJUST_LATENCY, FAIL_ON_SUSPEND: a device that is asleep counts as gone."""
USUAL = ("default", "pulse")
"""What PortAudio calls the device that the server itself chooses."""


class _Spec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Volume(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("of", ctypes.c_uint32 * 32))


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
        ("pa_context_get_server_info", pointer, pointer, _SAYS_SERVER, pointer),
        ("pa_context_get_sink_info_list", pointer, pointer, _SAYS_SINK, pointer),
        ("pa_operation_get_state", number, pointer),
        ("pa_operation_unref", None, pointer),
        ("pa_strerror", text, number),
    ):  # fmt: skip
        function = getattr(pulse, name)
        function.restype, function.argtypes = result, takes
    return pulse


class _Sink(ctypes.Structure):
    """The beginning of what the server says of a sink."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("index", ctypes.c_uint32),
        ("description", ctypes.c_char_p),
        ("sound", _Spec),
    )


class _Server(ctypes.Structure):
    """The beginning of what it says of itself."""

    _fields_ = (
        *((name, ctypes.c_char_p) for name in ("user", "host", "version", "server")),
        ("sound", _Spec),
        ("usual_sink", ctypes.c_char_p),
    )


_SAYS_SINK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Sink), ctypes.c_int, ctypes.c_void_p)
_SAYS_SERVER = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(_Server), ctypes.c_void_p)


class Connection:
    """A connection to the usual server. An Unheard says why there is none."""

    def __init__(self, pulse: Any, named: str | None = None, program: bytes = b"lullaby") -> None:
        """`named`: the device it is for, as an error says it; `program`: what the mixer says who plays."""
        self._pulse, self._name = pulse, named
        self._closing = contextlib.ExitStack()
        try:
            self._loop = self._made(pulse.pa_mainloop_new(), pulse.pa_mainloop_free)
            api = pulse.pa_mainloop_get_api(self._loop)
            self._context = self._made(pulse.pa_context_new(api, program), pulse.pa_context_unref)
            if pulse.pa_context_connect(self._context, None, 0, None) < 0:
                raise self._refused()
            self._closing.callback(pulse.pa_context_disconnect, self._context)
            self._until_ready(pulse.pa_context_get_state, self._context, CONTEXT)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._closing.close()

    def devices(self) -> list[Device]:
        """Its sinks, the usual one marked."""
        usual: list[bytes] = []
        found: list[tuple[bytes, bytes, int, int]] = []

        def says_server(context: Any, server: Any, data: Any) -> None:
            if server:
                usual.append(server.contents.usual_sink or b"")

        def says_sink(context: Any, sink: Any, is_last: int, data: Any) -> None:
            if sink and not is_last:
                one = sink.contents
                found.append((one.name, one.description or one.name, one.sound.channels, one.sound.rate))

        server_back, sink_back = _SAYS_SERVER(says_server), _SAYS_SINK(says_sink)
        self._wait(self._pulse.pa_context_get_server_info(self._context, server_back, None))
        self._wait(self._pulse.pa_context_get_sink_info_list(self._context, sink_back, None))
        return [
            Device(
                number,
                description.decode(errors="replace"),
                name in usual,
                channels,
                float(rate),
                "pulse",
                name.decode(errors="replace"),
            )
            for number, (name, description, channels, rate) in enumerate(found)
        ]

    def _wait(self, operation: int | None) -> None:
        """Until this has been answered."""
        if operation is None:
            raise self._refused()
        try:
            while self._pulse.pa_operation_get_state(operation) == RUNNING:
                if self._pulse.pa_mainloop_iterate(self._loop, 1, None) < 0:
                    raise self._refused()
        finally:
            self._pulse.pa_operation_unref(operation)

    def _made(self, what: int | None, free: Callable[[int], None]) -> int:
        if what is None:
            raise Unheard("the sound server cannot be asked")
        self._closing.callback(free, what)
        return what

    def _refused(self) -> Unheard:
        why = self._pulse.pa_strerror(self._pulse.pa_context_errno(self._context)).decode(errors="replace")
        return Unheard(f"the device {self._name or 'that is usual'} does not play ({why.lower()})")

    def _until_ready(self, state: Callable[[int], int], what: int, says: tuple[int, int]) -> None:
        ready, failed = says
        while (now := state(what)) != ready:
            if now >= failed or self._pulse.pa_mainloop_iterate(self._loop, 1, None) < 0:
                raise self._refused()


class Stream(Connection):
    """A stream on one device, which is filled until it is closed."""

    def __init__(
        self, pulse: Any, device: str | None, frames: int, held: int, *, wakes: bool = False
    ) -> None:
        """`held`: frames that the server is to hold. With `wakes` it is an alarm's: a mixer keeps what each
        program was turned down to, and what was muted for the night is to wake all the same."""
        super().__init__(pulse, device, b"lullaby alarm" if wakes else b"lullaby")
        self._ended = False
        try:
            spec = _Spec(FLOAT32, RATE, CHANNELS)
            self._stream = self._made(
                pulse.pa_stream_new(self._context, b"night", ctypes.byref(spec), None), pulse.pa_stream_unref
            )
            unset = 0xFFFF_FFFF
            block = frames * FRAME
            # it begins with the first block: it may hold less than a whole number of them
            buffer = _Buffer(unset, held * FRAME, block, block, unset)
            name = None if device is None or device in USUAL else device.encode()
            how, volume = STAYS, None
            if wakes:
                how, volume = STAYS | UNMUTED, ctypes.byref(_Volume(CHANNELS, (FULL,) * CHANNELS))
            if pulse.pa_stream_connect_playback(self._stream, name, ctypes.byref(buffer), how, volume, None):
                raise self._refused()
            self._closing.callback(pulse.pa_stream_disconnect, self._stream)
            self._until_ready(pulse.pa_stream_get_state, self._stream, STREAM)
            self.device: str = pulse.pa_stream_get_device_name(self._stream).decode()
            if name is not None and self.device != device:
                raise Unheard("the sound server would play it elsewhere")
        except BaseException:
            self.close()
            raise

    def fill(self, play: Callable[[Any], None], frames: int) -> bool:
        """Plays until `end` is called, in blocks of so many frames; False where the device goes before."""
        import numpy as np  # whoever only asks whether a device is there does without

        pulse, out = self._pulse, np.zeros(CHANNELS * frames, np.float32)
        while not self._ended:
            if pulse.pa_stream_get_state(self._stream) != STREAM[0]:
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


def devices() -> list[Device]:
    """The sinks of the usual server; none where there is no server."""
    found = library()
    if found is None:
        return []
    try:
        server = Connection(found)
    except Unheard:
        return []
    try:
        return server.devices()
    except Unheard:
        return []
    finally:
        server.close()


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
