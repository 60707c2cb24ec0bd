"""What `exact` works out of long arrays, compiled: the same operations in the same order, and the same bits.

`exact` falls back on numpy where an argument is not sane: not a number, or one whose power has no ordinary
exponent.

As plain loops: `powers` in tests/references/powers.py.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.exact import ATANH, COS, EXP, LN2, SIN, TAU
from lullaby.kernels.jit import kernel

Floats: TypeAlias = NDArray[np.float64]

EXP2, LOG2, SIN_TURNS = 0, 1, 2
"""What to work out."""

_EXP, _SIN, _COS, _ATANH = (np.array(terms) for terms in (EXP, SIN, COS, ATANH))
_WHOLE = 6755399441055744.0
"""1.5 × 2⁵²: added to a whole number it leaves that number in the lowest bits."""
_WHOLE_BITS = 0x4338_0000_0000_0000
_FRACTION, _HALF = 0x000F_FFFF_FFFF_FFFF, 0x3FE0_0000_0000_0000
_LEAST, _MOST = 2.2250738585072014e-308, 1.7976931348623157e308


@kernel
def fill_powers(which: int, x: Floats, out: Floats) -> bool:
    """out = 2 to the x, its logarithm to base 2, or the sine of x turns. False where some of it was not
    sane."""
    insane = 0
    if which == EXP2:
        for i in range(x.size):
            given = x[i]
            small = not given > -1000.0
            insane |= int(given >= 1000.0)
            value = 0.0 if small else given
            whole = np.rint(value)
            y = (value - whole) * LN2
            total = _EXP[0]
            for k in range(1, _EXP.size):
                total = total * y + _EXP[k]
            power = np.float64(whole + _WHOLE).view(np.int64) << 52
            raised = np.int64(np.float64(total).view(np.int64) + power).view(np.float64)
            out[i] = 0.0 if small else raised
    elif which == LOG2:
        for i in range(x.size):
            given = x[i]
            insane |= int(not given >= _LEAST) | int(not given <= _MOST)
            bits = np.float64(given).view(np.int64)
            mantissa = np.int64((bits & _FRACTION) | _HALF).view(np.float64)
            # the exponent as a number, by way of the bits of one
            exponent = np.int64(_WHOLE_BITS + (bits >> 52)).view(np.float64) - _WHOLE - 1022.0
            low = mantissa < 0.7071067811865476
            mantissa = mantissa * 2 if low else mantissa
            exponent = exponent - 1 if low else exponent
            z = (mantissa - 1) / (mantissa + 1)
            zz = z * z
            total = _ATANH[0]
            for k in range(1, _ATANH.size):
                total = total * zz + _ATANH[k]
            out[i] = 2 * z * total / LN2 + exponent
    else:
        for i in range(x.size):
            given = x[i]
            insane |= int(not given > -1e9) | int(not given < 1e9)
            quarter = np.rint(given * 4)
            y = (given - quarter / 4) * TAU
            yy = y * y
            sine, cosine = _SIN[0], _COS[0]
            for k in range(1, _SIN.size):
                sine = sine * yy + _SIN[k]
                cosine = cosine * yy + _COS[k]
            turn = np.float64(quarter + _WHOLE).view(np.int64)
            value = cosine if turn & 1 else y * sine
            out[i] = -value if turn & 2 else value
    return insane == 0
