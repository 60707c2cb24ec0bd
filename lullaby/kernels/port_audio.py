"""The output callback as PortAudio calls it, from a thread of its own."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from lullaby.kernels.deferred import Deferred
from lullaby.kernels.jit import callback
from lullaby.kernels.playback import play
from lullaby.kernels.shared_numbers import SIZE

carray = Deferred(lambda: import_module("numba").carray)


def port_audio_callback() -> int:
    """The address of a function as PortAudio calls it, whose user data is that of the shared numbers."""
    address, number = "voidptr", "uint64"
    return callback("int32", (address, address, number, address, number, address), _asked_by_port_audio)


def _asked_by_port_audio(given: Any, asked: Any, frames: Any, when: Any, flags: Any, shared: Any) -> Any:
    play(carray(shared, (SIZE,), np.int64), carray(asked, (2 * np.int64(frames),), np.float32))
    return np.int32(0)
