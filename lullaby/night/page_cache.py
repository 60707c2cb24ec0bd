"""The pages made last, kept at hand, and the memory they lie in.

A page is 23 MB. Fresh memory for each would cost the machine more time than filling it with sound, so a
page that nobody looks at any more lends its memory to the next.
"""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from lullaby.kernels.memory import blank
from lullaby.time import PAGE

Page = NDArray[np.float32]

KEPT = 1
"""Pages at hand: a listener asks for one second after the other, and mostly of the same minute."""
_OURS = 2
"""References to the memory of a page that nobody holds: the page's own, and the question."""


class PageCache:
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
            return _shown(self._kept[number])

    def blank(self) -> Page:
        """Memory for a page, with anything in it."""
        with self._lock:
            spare, self._spare = self._spare, None
        return blank((PAGE, 2)) if spare is None else spare

    def keep(self, number: int, page: Page) -> Page:
        """The page as it may be handed out: not to be written to."""
        shown = _shown(page)
        with self._lock:
            self._kept[number] = page
            while len(self._kept) > KEPT:
                _, old = self._kept.popitem(last=False)
                # whatever was handed out of a page, views and views of views, holds on to its memory
                if sys.getrefcount(old.base) == _OURS:
                    self._spare = old
        return shown


def _shown(page: Page) -> Page:
    view = page.view()
    view.flags.writeable = False
    return view
