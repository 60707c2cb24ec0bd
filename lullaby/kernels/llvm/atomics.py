"""Numbers that two threads or two processes share without a lock: read with acquire, written with release.

Whoever reads a number so, also sees everything that was written before it was.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_BYTES = 8


def _place(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.gep(make_array(array_type)(context, builder, array).data, [index])


@intrinsic
def load_acquire(typing: Any, array: Any, index: Any) -> Any:
    """array[index], of whole numbers of 64 bits."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], *args)
        return builder.load_atomic(place, "acquire", _BYTES, typ=ir.IntType(64))

    return types.int64(array, types.int64), code


@intrinsic
def store_release(typing: Any, array: Any, index: Any, value: Any) -> Any:
    """array[index] = value, of whole numbers of 64 bits."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _place(context, builder, signature.args[0], *args[:2])
        builder.store_atomic(args[2], place, "release", _BYTES)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), code
