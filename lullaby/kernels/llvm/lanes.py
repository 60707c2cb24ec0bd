"""Shuffles: the few ways in which the lanes of a vector are moved, swapped and reduced."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from lullaby.kernels.llvm.simd import F32_LLVM, f32x16, lane_numbers
from lullaby.kernels.simd import LANES


def _reorder(order: list[int]) -> Any:
    @intrinsic
    def reordered(typing: Any, a: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.shuffle_vector(args[0], ir.Constant(F32_LLVM, ir.Undefined), lane_numbers(order))

        return f32x16(f32x16), code

    return reordered


swap_halves = _reorder([k ^ 2 for k in range(LANES)])
"""Lanes 0, 1 and 2, 3 exchanged, and so on: the imaginary for the real part of each stereo state."""


def _moved(lanes: int) -> Any:
    """Lanes shifted up by so many (down, if negative), with zeros shifted in."""
    order = [k - lanes if 0 <= k - lanes < LANES else LANES for k in range(LANES)]

    @intrinsic
    def moved(typing: Any, a: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.shuffle_vector(args[0], ir.Constant(F32_LLVM, [0.0] * LANES), lane_numbers(order))

        return f32x16(f32x16), code

    return moved


later_1, later_2, later_3, later_4, later_5, later_6, later_7 = (_moved(2 * frames) for frames in range(1, 8))
sooner_1, sooner_2, sooner_3 = (_moved(-2 * frames) for frames in range(1, 4))
"""Eight interleaved stereo frames, shifted by some frames; silence comes in."""

up_1, up_2, up_4, up_8 = (_moved(lanes) for lanes in (1, 2, 4, 8))
"""Sixteen frames of one channel, likewise."""
last_of = _reorder([LANES - 1] * LANES)
"""The last lane in all lanes."""


def _unzip(first: int) -> Any:
    @intrinsic
    def every_other(typing: Any, a: Any, b: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.shuffle_vector(args[0], args[1], lane_numbers(list(range(first, 2 * LANES, 2))))

        return f32x16(f32x16, f32x16), code

    return every_other


lefts, rights = _unzip(0), _unzip(1)
"""One channel of sixteen interleaved frames in two vectors."""


@intrinsic
def load_frames(typing: Any, array: Any, index: Any, apart: Any) -> Any:
    """Eight stereo frames that lie so many floats apart, the first at `index`."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = make_array(signature.args[0])(context, builder, args[0]).data
        double = ir.IntType(64)
        frames = ir.Constant(ir.VectorType(double, LANES // 2), ir.Undefined)
        offset = args[1]
        for k in range(LANES // 2):
            place = builder.bitcast(builder.gep(data, [offset]), double.as_pointer())
            frames = builder.insert_element(
                frames, builder.load(place, align=4), ir.Constant(ir.IntType(32), k)
            )
            offset = builder.add(offset, args[2])
        return builder.bitcast(frames, F32_LLVM)

    return f32x16(array, types.intp, types.intp), code


@intrinsic
def greatest(typing: Any, a: Any) -> Any:
    """The largest lane. A maximum is the same in any order, so this may be a tree."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.FloatType(), [F32_LLVM]),
            f"llvm.vector.reduce.fmax.v{LANES}f32",
        )
        return builder.call(function, args)

    return types.float32(f32x16), code
