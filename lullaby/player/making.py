"""The process that makes pages: it is sent plans, and asked for frames of them. See `lullaby.player.maker`.

python -m lullaby.player.making '{"memory": …}'
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np

from lullaby import heap
from lullaby.night.loudness import Loudness
from lullaby.night.pages import Frames, GrowingPage
from lullaby.night.parcel import unpacked
from lullaby.night.plan import Plan
from lullaby.player import shared_memory
from lullaby.player.child_process import tell
from lullaby.player.maker import LONGEST, SIZE
from lullaby.time import Span
from lullaby.voices.speech.shelved import go_on_without

KEPT = 3
"""Pages that are at hand: the one that is heard, one that is made anew beside it, and one to spare."""
ALIVE = 1.0
"""Seconds after which it says that it is still at work."""


class HeardPage(GrowingPage):
    """A page of which what was heard is not kept: a minute of sound takes 23 MB."""

    def __init__(self, plan: Plan, loudness: Loudness, number: int) -> None:
        super().__init__(plan, loudness, number)
        self.begins = self.span.start
        """The first frame that may still be asked for."""

    def forget(self, frame: int) -> None:
        super().forget(frame)
        self.begins = max(self.begins, frame)


Pages = OrderedDict[int, HeardPage]


def main(words: list[str]) -> int:
    memory = np.frombuffer(shared_memory.opened(json.loads(words[0])["memory"], SIZE), np.float32).reshape(
        LONGEST, 2
    )
    go_on_without()
    pages: Pages = OrderedDict()
    _tell({"alive": True})
    with _says_that_it_is_alive() as working:
        for line in sys.stdin:
            working.set()
            try:
                request = json.loads(line)
                answer: dict[str, Any] = {"done": True}
                if "of" in request and not _has(request, pages):
                    answer = {"forgotten": True}
                else:
                    _do(request, pages, memory)
            except Exception as error:  # the player says it, and asks again
                answer = {"error": f"{type(error).__name__}: {error}"}
            working.clear()
            _tell(answer)
            heap.give_back()
    return 0


def _has(request: dict[str, Any], pages: Pages) -> bool:
    """Is what is asked for at hand, or can it be made from what is?"""
    page = pages.get(request["of"])
    return page is not None and request.get("start", page.begins) >= page.begins


def _do(request: dict[str, Any], pages: Pages, memory: Frames) -> None:
    if "page" in request:
        loudness = Loudness(**request["loudness"])
        pages[request["page"]] = HeardPage(unpacked(request["plan"]), loudness, request["number"])
        while len(pages) > KEPT:
            pages.popitem(last=False)
        return
    page = pages[request["of"]]
    pages.move_to_end(request["of"])
    if "until" in request:
        page.make(request["until"])
        return
    wanted = Span(request["start"], request["stop"])
    memory[: len(wanted)] = page.sound(wanted)
    page.forget(wanted.start)  # it is heard in order; the same frames may be asked for again


_telling = threading.Lock()


def _tell(facts: dict[str, Any]) -> None:
    with _telling:
        tell(facts)


@contextlib.contextmanager
def _says_that_it_is_alive() -> Iterator[threading.Event]:
    """While the event is set, a line every second: kernels may have to be compiled."""
    working, ended = threading.Event(), threading.Event()

    def run() -> None:
        while not ended.wait(ALIVE):
            if working.is_set():
                _tell({"alive": True})

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield working
    finally:
        ended.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
