"""What kernels are compiled for, and what numpy does without, where the same bits must come out."""

from __future__ import annotations

import numpy as np

_UMATH = np._core._multiarray_umath  # type: ignore[attr-defined]

WIDE = sorted(
    name
    for name in _UMATH.__cpu_dispatch__
    if ("512" in name or "V4" in name) and _UMATH.__cpu_features__.get(name)
)
"""numpy's names for the AVX-512 code that it uses in this process."""

NATIVE = "native"
PLAINEST = "generic"
TARGETS: dict[str, dict[str, str]] = {
    NATIVE: {},
    "haswell": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""},
    PLAINEST: {"NUMBA_CPU_NAME": "generic"} | ({"NPY_DISABLE_CPU_FEATURES": " ".join(WIDE)} if WIDE else {}),
}
"""Environments of processes that make the same nights."""
