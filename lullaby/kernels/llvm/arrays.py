"""Arrays over memory that somebody else has, for functions that are called by libraries written in C."""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array


def _over(number: types.Number) -> Any:
    kind, size = types.Array(number, 1, "C"), number.bitwidth // 8

    @intrinsic
    def over(typing: Any, address: Any, count: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            array, step = make_array(kind)(context, builder), context.get_constant(types.intp, size)
            data = builder.bitcast(args[0], array.data.type)
            populate_array(array, data=data, shape=[args[1]], strides=[step], itemsize=step, meminfo=None)
            return array._getvalue()

        return kind(types.voidptr, types.intp), code

    return over


whole_numbers_at, floats_at = _over(types.int64), _over(types.float32)
