"""How long it takes from the command to the first sound, in CPU seconds of a process of its own."""

from __future__ import annotations

from benchmarks.startup import startup


def test_the_first_page_is_soon_there() -> None:
    """Cold: 20 s at the most, and no kernel over 3; from the cache: 2 s."""
    taken = startup("harbour-rain", rounds=3)
    assert taken.cold_cpu_s <= 20
    assert taken.slowest_kernel_s <= 3, taken.slowest_kernel
    assert taken.cached_cpu_s <= 2
    assert taken.kernels >= 8
