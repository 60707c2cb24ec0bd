"""The numbers that player and output callback share: what each means, and who writes it.

All lie in one array of 64-bit numbers, which may be shared between processes: its first SLOTS numbers are
`Slot`s (some of them float64), then each frame of the ring takes one number: two float32.
"""

from __future__ import annotations

from enum import IntEnum

from lullaby.time import RATE


class Slot(IntEnum):
    """The shared numbers. Those of the first group are written by the player, the others by the callback;
    OVER, FLOW and WAITING by the player, too, where nobody plays or a fade is undone."""

    WRITTEN = 0
    """Frames written into the ring so far."""
    END = 1
    """The frame of the ring at which the sound is over; NEVER while more will come."""
    PLAYS = 2
    """1: play; 0: pause."""
    JUMP = 3
    """Skip to this frame of the ring; whoever asks for it again, asks with a greater one."""
    ENDING = 4
    """Frames of a fade to silence; 0: none, or it is taken back."""
    CURVE = 5
    """The shape of that fade: SOFT or EVEN. One that is not undone yet keeps the shape that it began with."""
    UP = 6
    """Frames of a ramp from silence."""
    DOWN = 7
    """Frames of a ramp to silence, for a pause or a jump."""
    VOLUME = 8  # float64
    CEILING = 9  # float64

    READ = 16
    """Frames read from the ring so far."""
    CALLS = 17
    HEARD = 18
    """Frames given to the device, silence and all."""
    STARVED = 19
    """How often the ring ran low, so that the sound had to fade."""
    WAITING = 20
    """1 while the ring is filled before anything is played."""
    JUMPED = 21
    """The last jump that was made."""
    OVER = 22
    """1 once the sound is over, or has faded to silence for good."""
    FIRST = 23
    """Frames given to the device before the first that was not silent; -1 before that."""
    FLOW = 24  # float64
    FADED = 25  # float64
    """How far the ending is from silence, 1 to 0."""
    LONGEST = 27
    """Nanoseconds of the longest call, where whoever calls it measures that."""
    LOUDNESS = 26  # float64
    """The volume as it is on its way to VOLUME."""
    SHAPE = 28
    """The CURVE of the fade that is under way or being undone: to change it in between would be a step."""


SLOTS = 64
RING = 1 << 17
"""Frames: 2.7 seconds."""
SIZE = SLOTS + RING
NEVER = 1 << 62

SOFT, EVEN = 0, 1
"""Curves of an ending: slow at both ends (in amplitude), or by the same number of dB every second."""
FLOOR_DB = 60.0
"""dB that an even ending falls; what is left goes in a straight line."""

RESERVE = RATE // 10
"""Frames that are kept in the ring to fade out with, should nothing more come."""
REFILL = RATE // 4
"""Frames that are waited for before anything is played (again)."""
AT_ONCE = RATE // 20
"""Frames of the ramps that are not asked for: of the volume, and where sound is missing."""
RESTORE = RATE // 2
"""Frames in which an ending that is taken back is undone."""
