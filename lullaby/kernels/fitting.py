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
def fill_fitted(
    basis: Floats,
    errors: Floats,
    target: Floats,
    solves: bool,
    q: Floats,
    r: Floats,
    sums: Floats,
    out: Floats,
) -> None:
    """out: the weights w for which w · basis is nearest to `target`, errors weighted by `errors`. Where it
    does not solve for them, the products of the columns of q with the target.

    `basis` holds a row for every place, and in it a column for every weight. By Gram-Schmidt, twice over; all
    columns are brought to a length of 1 before. Scratch: `q` as large as `basis`, `r` with a row and a column
    for every weight, `sums` with three rows as long as those or as the columns.
    """
    places, count = basis.shape
    scale, parts, own = sums[0], sums[1], sums[2]
    for k in range(0 if solves else count, count + 1):
        last = k == count
        for i in range(places):
            own[i] = (target[i] if last else basis[i, k]) * errors[i]
        for half in range(2):
            for _ in range(1 if last else 2 * half * min(k, 1)):
                for j in range(k):
                    parts[j] = q[0, j] * own[0]
                for i in range(1, places):
                    for j in range(k):
                        parts[j] += q[i, j] * own[i]
                if last:
                    break
                for j in range(k):
                    r[j, k] += parts[j]
                for i in range(places):
                    left = own[i]
                    for j in range(k):
                        left = left - q[i, j] * parts[j]
                    own[i] = left
            if last:
                break
            size = own[0] * own[0]
            for i in range(1, places):
                size += own[i] * own[i]
            size = np.sqrt(size)
            for i in range(places):
                own[i] = own[i] / size
            if half:
                r[k, k] = size
            else:
                scale[k] = size
        if not last:
            for i in range(places):
                q[i, k] = own[i]
    for k in range(count - 1, -1, -1):
        if not solves:
            out[k] = parts[k]
            continue
        known = 0.0
        for j in range(k + 1, count):
            known += r[k, j] * out[j]
        out[k] = (parts[k] - known) / r[k, k]
    if solves:
        for k in range(count):
            out[k] = out[k] / scale[k]
