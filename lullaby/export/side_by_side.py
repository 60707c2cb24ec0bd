"""Parts made side by side by this machine's cores, and handed out in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from lullaby.export.making import made
from lullaby.export.parts import Made
from lullaby.export.recipe import Recipe


def cores() -> int:
    """Cores this process may use, which may be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(recipes: Iterable[Recipe], jobs: int) -> Iterator[Made]:
    """What these recipes make. Threads are enough: kernels and codecs work without Python's lock.

    A few parts are begun ahead of the one that is waited for, and no more, so that memory stays flat.
    """
    recipes = iter(recipes)
    waiting: deque[Future[Made]] = deque()
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="part")
    try:
        while True:
            while len(waiting) < jobs + 2 and (recipe := next(recipes, None)) is not None:
                waiting.append(pool.submit(made, recipe))
            if not waiting:
                return
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
