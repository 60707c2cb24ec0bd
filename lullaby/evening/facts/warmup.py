"""What is known of a warmup: which kernels were compiled, and how long each took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lullaby.kernels import jit


def facts_of_warmup(taken: float, compiled: Mapping[str, float]) -> dict[str, Any]:
    """Seconds in all, and of each kernel that was compiled, the slowest first."""
    return {
        "seconds": round(taken, 3),
        "ready": sum(1 for kernel in jit.kernels.values() if kernel.signatures),
        "cache": str(jit.cache_folder()),
        "compiled": {name: round(s, 3) for name, s in sorted(compiled.items(), key=lambda k: -k[1])},
    }
