"""Segments encoded by the cores of this machine, side by side, and handed out in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from lullaby.export.encoding import encode
from lullaby.export.recipe import Recipe
from lullaby.export.segments import Encoded


def cores() -> int:
    """Cores this process may use, which may be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def on_threads(recipes: Iterable[Recipe], jobs: int) -> Iterator[Encoded]:
    """The segments of these recipes. Threads are enough: kernels and codecs work without Python's lock.

    Two segments more than there are threads are begun, and no more, so that memory stays flat.
    """
    recipes = iter(recipes)
    waiting: deque[Future[Encoded]] = deque()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="segment")
    try:
        while True:
            while len(waiting) < jobs + 2 and (recipe := next(recipes, None)) is not None:
                waiting.append(pool.submit(encode, recipe))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
