"""The pages a night has at hand, and the memory they lie in.

A page is 23 MB. Fresh memory for each would cost the machine more time than filling it with sound, so a
page that nobody looks at any more lends its memory to the next.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from lullaby.time import PAGE

Page = NDArray[np.float32]

KEPT = 2
"""Pages at hand: enough to go back and forth across an edge."""
_OURS = 3
"""References to a page's memory while it is let go: the page itself, the name it has here, and the question."""


class Pages:
    """The last few pages, by number; asked by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Page] = OrderedDict()
        self._spare: Page | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, number: int) -> Page | None:
        with self._lock:
            if number not in self._kept:
                return None
            self._kept.move_to_end(number)
            return self._kept[number]

    def blank(self) -> Page:
        """Memory for a page, with anything in it."""
        with self._lock:
            spare, self._spare = self._spare, None
        return np.empty((PAGE, 2), np.float32) if spare is None else spare

    def keep(self, number: int, page: Page) -> Page:
        """The page as it may be handed out: not to be written to."""
        shown = page.view()
        shown.flags.writeable = False
        with self._lock:
            self._kept[number] = shown
            while len(self._kept) > KEPT:
                _, old = self._kept.popitem(last=False)
                memory = old.base
                # nobody else holds the page, and nothing but the page holds its memory
                if sys.getrefcount(old) == 2 and isinstance(memory, np.ndarray) and sys.getrefcount(memory) == _OURS:
                    self._spare = memory
        return shown
