"""Shuffles: the few ways in which the lanes of a vector are moved, swapped and reduced."""

from __future__ import annotations

from lullaby.kernels.deferred import primitive

swap_halves = primitive("lanes", "swap_halves")
"""Lanes 0, 1 and 2, 3 exchanged, and so on: the imaginary for the real part of each stereo state."""

later_1, later_2, later_3, later_4, later_5, later_6, later_7 = (
    primitive("lanes", f"later_{frames}") for frames in range(1, 8)
)
sooner_1, sooner_2, sooner_3 = (primitive("lanes", f"sooner_{frames}") for frames in range(1, 4))
"""Eight interleaved stereo frames, shifted by some frames; silence comes in."""

up_1, up_2, up_4, up_8 = (primitive("lanes", f"up_{lanes}") for lanes in (1, 2, 4, 8))
"""Sixteen frames of one channel, likewise."""
last_of = primitive("lanes", "last_of")
"""The last lane in all lanes."""

lefts, rights = primitive("lanes", "lefts"), primitive("lanes", "rights")
"""One channel of sixteen interleaved frames in two vectors."""
load_frames = primitive("lanes", "load_frames")
"""(array, index, apart) → eight stereo frames that lie so many floats apart, the first at `index`."""

greatest = primitive("lanes", "greatest")
"""The largest lane. A maximum is the same in any order, so this may be a tree."""
