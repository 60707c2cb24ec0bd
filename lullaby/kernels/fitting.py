"""Least squares for the colours of noise, every sum in the order in which it is written down.

As plain loops: `fitted` in tests/references/filters.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float64]


@kernel
def fill_weights(
    basis: Floats, errors: Floats, target: Floats, q: Floats, r: Floats, sums: Floats, out: Floats
) -> None:
    """out: the weights w for which w · basis is nearest to `target`, errors weighted by `errors`.

    `basis` holds a row for every place, and in it a column for every weight. By Gram-Schmidt, twice over; all
    columns are brought to a length of 1 before. Scratch: `q` as large as `basis`, `r` with a row and a column
    for every weight, `sums` with two rows of them.
    """
    places, count = basis.shape
    scale, parts = sums[0], sums[1]
    for i in range(places):
        for j in range(count):
            q[i, j] = basis[i, j] * errors[i]
    fill_products(q, count, q, -1, scale)
    for j in range(count):
        scale[j] = np.sqrt(scale[j])
    for i in range(places):
        for j in range(count):
            q[i, j] = q[i, j] / scale[j]
    for k in range(count):
        for j in range(k):
            r[j, k] = 0.0
        for _ in range(2 if k else 0):
            fill_products(q, k, q, k, parts)
            for j in range(k):
                r[j, k] += parts[j]
            for i in range(places):
                left = q[i, k]
                for j in range(k):
                    left = left - q[i, j] * parts[j]
                q[i, k] = left
        size = q[0, k] * q[0, k]
        for i in range(1, places):
            size += q[i, k] * q[i, k]
        r[k, k] = np.sqrt(size)
        for i in range(places):
            q[i, k] = q[i, k] / r[k, k]
    for j in range(count):
        parts[j] = q[0, j] * (target[0] * errors[0])
    for i in range(1, places):
        wanted = target[i] * errors[i]
        for j in range(count):
            parts[j] += q[i, j] * wanted
    for k in range(count - 1, -1, -1):
        known = 0.0
        for j in range(k + 1, count):
            known += r[k, j] * out[j]
        out[k] = (parts[k] - known) / r[k, k]
    for k in range(count):
        out[k] = out[k] / scale[k]


@kernel
def fill_products(q: Floats, count: int, other: Floats, column: int, out: Floats) -> None:
    """out: the sums, from the first place to the last, of the first columns of q times a column of another
    table; where that is -1, times themselves."""
    for j in range(count):
        out[j] = q[0, j] * (q[0, j] if column < 0 else other[0, column])
    for i in range(1, q.shape[0]):
        if column < 0:
            for j in range(count):
                out[j] += q[i, j] * q[i, j]
        else:
            by = other[i, column]
            for j in range(count):
                out[j] += q[i, j] * by
