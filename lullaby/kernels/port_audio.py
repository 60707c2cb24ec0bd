"""The output callback as PortAudio calls it, from a thread of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from lullaby.kernels.deferred import primitive
from lullaby.kernels.jit import callback
from lullaby.kernels.playback import play
from lullaby.kernels.shared_numbers import SIZE

whole_numbers_at, floats_at = primitive("arrays", "whole_numbers_at"), primitive("arrays", "floats_at")
"""(address, count) → an array of so many: of 64 bits each, of float32."""


def port_audio_callback() -> int:
    """The address of a function as PortAudio calls it, whose user data is that of the shared numbers."""
    address, number = "voidptr", "uint64"
    return callback("int32", (address, address, number, address, number, address), _asked_by_port_audio)


def _asked_by_port_audio(given: Any, asked: Any, frames: Any, when: Any, flags: Any, shared: Any) -> Any:
    play(whole_numbers_at(shared, SIZE), floats_at(asked, 2 * np.int64(frames)))
    return 0
