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

from lullaby.night.loudness import Loudness
from lullaby.night.pages import Frames, GrowingPage
from lullaby.night.parcel import unpacked
from lullaby.player import shared_memory
from lullaby.player.child_process import tell
from lullaby.player.maker import LONGEST, SIZE
from lullaby.time import Span
from lullaby.voices.speech.shelved import go_on_without

KEPT = 3
"""Pages that are at hand: the one that is heard, one that is made anew beside it, and one to spare."""
ALIVE = 1.0
"""Seconds after which it says that it is still at work."""


def main(words: list[str]) -> int:
    memory = np.frombuffer(shared_memory.opened(json.loads(words[0])["memory"], SIZE), np.float32).reshape(
        LONGEST, 2
    )
    go_on_without()
    pages: OrderedDict[int, GrowingPage] = OrderedDict()
    _tell({"alive": True})
    with _says_that_it_is_alive() as working:
        for line in sys.stdin:
            working.set()
            try:
                request = json.loads(line)
                answer: dict[str, Any] = {"done": True}
                if "of" in request and request["of"] not in pages:
                    answer = {"forgotten": True}
                else:
                    _do(request, pages, memory)
            except Exception as error:  # the player says it, and asks again
                answer = {"error": f"{type(error).__name__}: {error}"}
            working.clear()
            _tell(answer)
    return 0


def _do(request: dict[str, Any], pages: OrderedDict[int, GrowingPage], memory: Frames) -> None:
    if "page" in request:
        loudness = Loudness(**request["loudness"])
        pages[request["page"]] = GrowingPage(unpacked(request["plan"]), loudness, request["number"])
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
