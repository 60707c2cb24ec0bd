"""Numbers that two threads or two processes share without a lock: read with acquire, written with release.

Whoever reads a number so, also sees everything that was written before it was.
"""

from __future__ import annotations

from lullaby.kernels.deferred import primitive

load_acquire = primitive("atomics", "load_acquire")
"""(array, index) → array[index], of whole numbers of 64 bits."""
store_release = primitive("atomics", "store_release")
"""(array, index, value): array[index] = value, of whole numbers of 64 bits."""
