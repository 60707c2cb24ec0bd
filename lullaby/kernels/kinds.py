"""What kinds of arguments a kernel is called with, as text: of the values themselves, and of numba's types.

Machine code is kept for kinds, and two texts are the same only where numba's types are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_NUMBERS: dict[type, str] = {
    bool: "bool",
    int: "int64",
    float: "float64",
    np.bool_: "bool",
    **{one: np.dtype(one).name for one in (np.float32, np.float64)},
    **{getattr(np, f"{sign}int{bits}"): f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
}
INT64 = range(-(2**63), 2**63)
"""What numba takes for an int64; a larger whole number is none."""


def of_value(value: Any) -> str | None:
    """None: of this, numba alone knows the kind."""
    if type(value) is not np.ndarray:
        return None if type(value) is int and value not in INT64 else _NUMBERS.get(type(value))
    item, flags = _of_dtype(value.dtype), value.flags
    layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
    return None if item is None else _of_array(item, value.ndim, layout, flags.writeable)


def _of_dtype(dtype: np.dtype[Any]) -> str | None:
    if dtype.names is None or dtype.fields is None:
        return dtype.str if dtype.kind in "biuf" and dtype.isnative else None
    fields = [(dtype.fields[name][1], name, _of_dtype(dtype.fields[name][0])) for name in dtype.names]
    return _of_record(fields, dtype.itemsize, dtype.isalignedstruct)


def of_type(kind: Any) -> str | None:
    """The same of a type of numba's."""
    from numba import types

    if kind == types.voidptr:
        return "voidptr"
    if not isinstance(kind, types.Array):
        return str(kind) if isinstance(kind, types.Boolean | types.Integer | types.Float) else None
    item = _of_item(kind.dtype)
    return None if item is None else _of_array(item, kind.ndim, kind.layout, kind.mutable)


def _of_item(kind: Any) -> str | None:
    from numba import types
    from numba.np.numpy_support import as_dtype

    if not isinstance(kind, types.Record):
        return _of_dtype(as_dtype(kind)) if isinstance(kind, types.Boolean | types.Number) else None
    fields = [(field.offset, name, _of_item(field.type)) for name, field in kind.fields.items()]
    return _of_record(fields, kind.size, kind.aligned)


def _of_array(item: str, dimensions: int, layout: str, mutable: bool) -> str:
    """Where the numbers of an array begin is nothing to numba, but for records that are packed."""
    return f"{item}[{dimensions}{layout}{'' if mutable else ' readonly'}]"


def _of_record(fields: list[tuple[int, str, str | None]], size: int, aligned: bool) -> str | None:
    if any(kind is None for _, _, kind in fields):
        return None
    return f"{sorted(fields)}{size}{'' if aligned else ' packed'}"
